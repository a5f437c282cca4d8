//! One request to Discord: rate-limited, timed, and its response read by meaning.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime},
};

use reqwest::{
    Method, Response, header,
    multipart::{Form, Part},
};
use secrecy::{ExposeSecret, SecretString};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use tokio::{sync::Semaphore, time::Instant};
use tracing::debug;
use url::Url;

use super::{
    DiscordError,
    auth::Auth,
    limits::{
        invalid::InvalidResponses,
        limiter::{self, Limiter},
        priority::Priority,
    },
    response::raw_response::RawResponse,
};
use crate::{
    http_client::HttpClient,
    media::File,
    network::read_body,
    proxy::{Proxies, Proxy},
    retry_after,
};

/// How long connecting to Discord may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// How long Discord may take to respond.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);
/// The same with files, on a slow line.
const UPLOAD_TIMEOUT: Duration = Duration::from_mins(2);
/// The most bytes of a response that are read.
const RESPONSE_MAX: usize = 4 << 20;
/// How often a rate-limited request is tried.
const RATE_LIMIT_TRIES: u32 = 3;
/// The longest wait for which a rate-limited request is held.
const RATE_LIMIT_WAIT_MAX: Duration = Duration::from_secs(15);
/// How many requests may be under way at once, responses to interactions aside.
const MAX_CONCURRENT: usize = 32;
/// How many connections are kept for requests to come. Each holds on to what its largest response
/// took.
const MAX_IDLE_CONNECTIONS: usize = 8;

/// What is asked of Discord.
pub(super) struct Request<'a> {
    pub(super) method: Method,
    /// Below `/api/v10/`, without a leading slash.
    pub(super) path: String,
    pub(super) query: &'a str,
    pub(super) auth: Auth,
    pub(super) priority: Priority,
    pub(super) body: Option<&'a Value>,
}

/// Sends requests, one way for production, tests and proxies: nothing differs but the address.
#[derive(Debug)]
pub(super) struct Sender {
    pub(super) http: HttpClient,
    pub(super) base: String,
    /// The proxy through which Discord is reached.
    pub(super) proxy: Option<Proxy>,
    token: SecretString,
    limiter: Limiter,
    /// Room for requests under way, so that thousands of messages don't open thousands of
    /// connections.
    room: Semaphore,
    invalid: Mutex<InvalidResponses>,
    began: Instant,
}

impl Sender {
    /// A sender to the server at `address`, where the API is at `base`.
    pub(super) fn new(
        address: &Url,
        base: String,
        token: SecretString,
        proxies: &Proxies,
    ) -> Result<Self, DiscordError> {
        let http = proxies
            .client()
            .user_agent(concat!("DiscordBot (whisul-bot, ", env!("CARGO_PKG_VERSION"), ")"))
            .redirect(reqwest::redirect::Policy::none())
            // Only HTTP/1.1 can become a WebSocket.
            .http1_only()
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(REQUEST_TIMEOUT)
            .pool_max_idle_per_host(MAX_IDLE_CONNECTIONS)
            .build()
            .map_err(DiscordError::from_reqwest)?;
        let proxy = proxies.of(address).cloned();
        let sender = Self::with_http_client(http.into(), base, token);
        Ok(Self { proxy, ..sender })
    }

    /// A sender that sends with `http`.
    pub(super) fn with_http_client(http: HttpClient, base: String, token: SecretString) -> Self {
        let (room, invalid) = (Semaphore::new(MAX_CONCURRENT), Mutex::default());
        let (proxy, limiter, began) = (None, Limiter::new(), Instant::now());
        Self { http, base, proxy, token, limiter, room, invalid, began }
    }

    /// Sends a request under the rate limits, waiting out short 429s.
    pub(super) async fn send<A: DeserializeOwned>(
        &self,
        request: &Request<'_>,
    ) -> Result<A, DiscordError> {
        self.send_with(request, &[]).await
    }

    /// The same with files, to which the body refers by their numbers (Discord docs, Uploading
    /// Files).
    pub(super) async fn send_with<A: DeserializeOwned>(
        &self,
        request: &Request<'_>,
        files: &[&File],
    ) -> Result<A, DiscordError> {
        let needed = request.priority == Priority::High;
        if !needed && self.has_many_invalid_requests() {
            return Err(DiscordError::Shed);
        }
        let mut attempt = 1;
        loop {
            let permit =
                self.limiter.permit(&request.method, &request.path, request.priority).await;
            let permit = permit.ok_or(DiscordError::Shed)?;
            let room = match request.priority {
                Priority::High => self.room.acquire().await.ok(),
                Priority::Low => Some(self.room.try_acquire().or(Err(DiscordError::Shed))?),
            };
            let timeout = if files.is_empty() { REQUEST_TIMEOUT } else { UPLOAD_TIMEOUT };
            let response = self.dispatch(request, files, timeout).await?;
            let headers = response.headers().clone();
            let response = read(response, request.auth, !files.is_empty()).await;
            let wait = match &response {
                Err(DiscordError::RateLimited { after }) => Some(*after),
                _ => None,
            };
            drop(room);
            permit.complete(limiter::headers(&headers, wait));
            if let (Some(after), true) = (wait, limiter::is_global(&headers)) {
                self.limiter.hold(after);
            }
            match wait {
                Some(after)
                    if needed && attempt < RATE_LIMIT_TRIES && after <= RATE_LIMIT_WAIT_MAX =>
                {
                    attempt += 1;
                    debug!(?after, "Discord asks to wait; the request comes again then");
                    tokio::time::sleep(after).await;
                }
                _ => return response,
            }
        }
    }

    /// Sends a request that has no bucket to share and no time to wait: an interaction's response.
    pub(super) async fn send_at_once<A: DeserializeOwned>(
        &self,
        request: &Request<'_>,
        timeout: Duration,
    ) -> Result<A, DiscordError> {
        let response = self.dispatch(request, &[], timeout).await?;
        read(response, request.auth, false).await
    }

    /// Whether Discord is about to ban this machine for too many invalid requests.
    pub(super) fn has_many_invalid_requests(&self) -> bool {
        self.invalid().are_many(self.began.elapsed())
    }

    fn invalid(&self) -> MutexGuard<'_, InvalidResponses> {
        self.invalid.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn dispatch(
        &self,
        request: &Request<'_>,
        files: &[&File],
        timeout: Duration,
    ) -> Result<Response, DiscordError> {
        let address = format!("{}/{}{}", self.base, request.path, request.query);
        let mut builder = self.http.request(request.method.clone(), address).timeout(timeout);
        if request.auth == Auth::BotToken {
            let token = format!("Bot {}", self.token.expose_secret());
            let mut token =
                header::HeaderValue::from_str(&token).map_err(|_| DiscordError::BadToken)?;
            token.set_sensitive(true);
            builder = builder.header(header::AUTHORIZATION, token);
        }
        builder = match request.body {
            Some(body) if files.is_empty() => builder.json(body),
            Some(body) => builder.multipart(form(body, files)?),
            None => builder,
        };
        let failed = |error| DiscordError::of(error).through(self.proxy.as_ref());
        let response = self.http.send(builder).await.map_err(failed)?;
        self.invalid().note(response.status().as_u16(), self.began.elapsed());
        Ok(response)
    }
}

/// A body with files. The JSON carries their names, since headers can't hold every name.
fn form(body: &Value, files: &[&File]) -> Result<Form, DiscordError> {
    let json = "application/json";
    let payload =
        Part::text(body.to_string()).mime_str(json).map_err(DiscordError::from_reqwest)?;
    let mut form = Form::new().part("payload_json", payload);
    for (number, file) in files.iter().enumerate() {
        let size = file.bytes.len() as u64;
        // The bytes are shared, not copied.
        let part = Part::stream_with_length(file.bytes.clone(), size).file_name("file");
        let part = part.mime_str(file.media_type).map_err(DiscordError::from_reqwest)?;
        form = form.part(format!("files[{number}]"), part);
    }
    Ok(form)
}

/// Reads a response: its JSON, or the meaning of its error.
async fn read<A: DeserializeOwned>(
    mut response: Response,
    auth: Auth,
    to_files: bool,
) -> Result<A, DiscordError> {
    let status = response.status().as_u16();
    let retry_after = retry_after::read(response.headers(), SystemTime::now());
    let mut body = Vec::new();
    read_body(&mut response, &mut body, RESPONSE_MAX).await.map_err(DiscordError::from_reqwest)?;
    if body.len() > RESPONSE_MAX {
        return Err(DiscordError::UnknownOutcome { cause: "the response is too long".to_owned() });
    }
    RawResponse { status, retry_after, body: &body, to_files }.read(auth)
}

/// A body of any kind as JSON.
pub(super) fn body(content: &impl Serialize) -> Result<Value, DiscordError> {
    serde_json::to_value(content)
        .map_err(|error| DiscordError::NotSent { cause: error.to_string() })
}
