//! The HTTP client: one request a call, in its limits of time and size.

use std::{
    fmt,
    sync::Arc,
    time::{Duration, SystemTime},
};

use reqwest::{
    ClientBuilder, Method, RequestBuilder,
    header::{ACCEPT, ACCEPT_ENCODING, AUTHORIZATION, HeaderMap, HeaderValue, LOCATION},
    redirect, retry,
};
use secrecy::{ExposeSecret, SecretString};
use tokio::time::Instant;
use tracing::debug;
use url::Url;

use super::{
    error::{ClientError, PollError, SubmitError, Trouble, causes},
    limiter::{Precedence, RateLimitSlot, RequestLimiter},
    limits::RateLimit,
    poll_url,
    response::{body::Bodies, meaning::WhisulResponse, wire::SubmissionBody},
    secrets::Secrets,
};
use crate::{
    domain::{Prompt, Report, WhisulJob},
    http_client::HttpClient,
    metrics::{Metrics, Service},
    proxy::Proxies,
    retry_after,
};

/// How many connections are kept for polls, and for how long without a poll. However many polls overlap,
/// few find none to use again.
const IDLE_POLLS: usize = 8;
const IDLE_FOR: Duration = Duration::from_secs(15);

/// How long a request may take.
#[derive(Clone, Copy)]
pub(super) struct TimeLimits {
    /// For the connection: name look-up, TCP and TLS.
    pub(super) connection: Duration,
    /// For everything, from the connection to the response's last byte.
    pub(super) exchange: Duration,
}

impl Default for TimeLimits {
    fn default() -> Self {
        Self { connection: Duration::from_secs(5), exchange: Duration::from_secs(30) }
    }
}

/// The client of the Whisul API. Clones share one rate limit and one set of connections.
#[derive(Clone)]
pub struct Whisul(Arc<ClientInner>);

struct ClientInner {
    base: Url,
    submissions: HttpClient,
    polls: HttpClient,
    limiter: RequestLimiter,
    bodies: Bodies,
    proxies: Proxies,
    /// What time the machine says it is.
    now: fn() -> SystemTime,
}

impl Whisul {
    /// A client for the API at `base`, an `http` or `https` address without user, query or
    /// fragment, to which paths such as `/generate` are appended. `now` is the machine's clock.
    /// It may be reached through a proxy. What Whisul says is passed on without the key, and without
    /// the bot's `token`.
    ///
    /// # Errors
    /// When the key can't stand in a header, or TLS can't be set up.
    pub fn new(
        base: Url,
        key: &SecretString,
        token: &SecretString,
        rate: RateLimit,
        now: fn() -> SystemTime,
        proxies: &Proxies,
    ) -> Result<Self, ClientError> {
        Self::with_time_limits(base, [key, token], rate, now, proxies, TimeLimits::default())
    }

    pub(super) fn with_time_limits(
        base: Url,
        [key, token]: [&SecretString; 2],
        rate: RateLimit,
        now: fn() -> SystemTime,
        proxies: &Proxies,
        limits: TimeLimits,
    ) -> Result<Self, ClientError> {
        let builder = || client_builder(key, proxies, limits);
        let build = |builder: ClientBuilder| {
            builder.build().map_err(|error| ClientError::Setup(causes(&error.without_url())))
        };
        // A kept connection may be closed by the server just while a prompt goes out on it, and
        // nobody could tell whether it was taken. So each submission has a connection of its own.
        let submissions = build(builder()?.pool_max_idle_per_host(0))?.into();
        // A poll without a connection to use again costs a TLS handshake and more round trips. One that
        // is kept holds on to a buffer as large as its largest response, so it closes soon.
        let polls = builder()?.pool_max_idle_per_host(IDLE_POLLS).pool_idle_timeout(IDLE_FOR);
        let polls = build(polls)?.into();
        let bodies = Bodies::new(Secrets::new(&[key, token]));
        let (limiter, proxies) = (RequestLimiter::new(rate), proxies.clone());
        Ok(Self(Arc::new(ClientInner { base, submissions, polls, limiter, bodies, proxies, now })))
    }

    /// A client for the API at `base` that sends its requests with `http`, without a key.
    pub fn with_http_client(
        base: Url,
        http: HttpClient,
        rate: RateLimit,
        now: fn() -> SystemTime,
    ) -> Self {
        Self(Arc::new(ClientInner {
            base,
            submissions: http.clone(),
            polls: http,
            limiter: RequestLimiter::new(rate),
            bodies: Bodies::new(Secrets::new(&[])),
            proxies: Proxies::default(),
            now,
        }))
    }

    /// Counts its requests.
    pub(crate) fn measure(&self, metrics: &Metrics) {
        self.0.submissions.measure(Service::Whisul, metrics);
        self.0.polls.measure(Service::Whisul, metrics);
    }

    /// Waits for a place in the rate limit, before all polls of songs that wait. Neither a wait nor
    /// a permit that is dropped uses anything up.
    pub async fn permit(&self) -> Permit<'_> {
        let place = self.0.limiter.slot(Precedence::BeforePolls).await;
        Permit { whisul: &self.0, place }
    }

    /// The same for a poll of a song. Of polls that wait, that one goes first which comes to be worth
    /// as much as others are first.
    pub async fn permit_to_poll(&self, worth_at: Instant) -> Permit<'_> {
        let place = self.0.limiter.slot(Precedence::Poll(worth_at)).await;
        Permit { whisul: &self.0, place }
    }
}

/// Shows neither the key nor the address, which may name a user.
impl fmt::Debug for Whisul {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Whisul").finish_non_exhaustive()
    }
}

/// The right to make one request to Whisul now.
#[must_use]
pub struct Permit<'whisul> {
    whisul: &'whisul ClientInner,
    place: RateLimitSlot<'whisul>,
}

impl<'whisul> Permit<'whisul> {
    /// Submits a prompt: `POST /generate`.
    ///
    /// Dropping the future while it runs leaves open whether Whisul took the prompt.
    ///
    /// # Errors
    /// By whether there may be a job all the same: see [`SubmitError`].
    pub async fn submit(self, prompt: &Prompt) -> Result<WhisulJob, SubmitError> {
        let url = poll_url::generate(&self.whisul.base);
        let body = SubmissionBody { prompt: prompt.as_str() };
        let http = &self.whisul.submissions;
        match self.exchange(http, http.request(Method::POST, url).json(&body)).await {
            Ok(response) => response.into_job(),
            Err(source @ Trouble::NoConnection(_)) => {
                Err(SubmitError::NotTaken { retry_after: None, source })
            }
            Err(source) => Err(SubmitError::UnknownOutcome { source }),
        }
    }

    /// Asks how a job stands: `GET /jobs/{id}`, or rather its poll URL. Where that leads nowhere, the
    /// job is asked for by its id at once, in a place of its own in the rate limit.
    ///
    /// # Errors
    /// See [`PollError`].
    pub async fn poll(self, job: &WhisulJob) -> Result<Report, PollError> {
        let whisul = self.whisul;
        let (followed, own) = poll_url::job(&whisul.base, job);
        let Some(followed) = followed else { return Box::pin(self.poll_at(own)).await };
        let response = Box::pin(self.get(followed)).await;
        match response {
            Ok(response) if response.is_misdirected(&whisul.base) => {
                debug!(
                    status = response.status,
                    "the poll URL leads nowhere; asking by the job's id"
                );
                drop(response);
                let place = whisul.limiter.slot(Precedence::BeforePolls).await;
                let permit = Permit { whisul, place };
                // Rarely needed, and large.
                Box::pin(permit.poll_at(own)).await
            }
            response => report_of(response, &whisul.base),
        }
    }

    async fn poll_at(self, url: Url) -> Result<Report, PollError> {
        let whisul = self.whisul;
        report_of(self.get(url).await, &whisul.base)
    }

    async fn get(self, url: Url) -> Result<WhisulResponse<'whisul>, Trouble> {
        let http = &self.whisul.polls;
        self.exchange(http, http.request(Method::GET, url)).await
    }

    async fn exchange(
        self,
        http: &HttpClient,
        request: RequestBuilder,
    ) -> Result<WhisulResponse<'whisul>, Trouble> {
        self.place.spend();
        let whisul = self.whisul;
        let failed = |error| Trouble::of(error).through(whisul.proxies.of(&whisul.base));
        let response = http.send(request).await.map_err(failed)?;
        let location = response.headers().get(LOCATION).and_then(|value| value.to_str().ok());
        Ok(WhisulResponse {
            location: location.map(str::to_owned),
            status: response.status().as_u16(),
            retry_after: retry_after::read(response.headers(), (self.whisul.now)()),
            body: self.whisul.bodies.read(response).await,
        })
    }
}

fn report_of(
    response: Result<WhisulResponse<'_>, Trouble>,
    base: &Url,
) -> Result<Report, PollError> {
    match response {
        Ok(response) => response.into_report(base),
        Err(source) => Err(PollError::Transient { source, retry_after: None }),
    }
}

/// What both clients have in common. No retries and no redirects: one call is one request, and a
/// 307 would carry prompt and key elsewhere.
fn client_builder(
    key: &SecretString,
    proxies: &Proxies,
    limits: TimeLimits,
) -> Result<ClientBuilder, ClientError> {
    let bearer = SecretString::new(format!("Bearer {}", key.expose_secret()));
    let mut authorization =
        HeaderValue::from_str(bearer.expose_secret()).map_err(|_| ClientError::Key)?;
    authorization.set_sensitive(true);
    Ok(proxies
        .client()
        .user_agent(concat!("whisul-bot/", env!("CARGO_PKG_VERSION")))
        .default_headers(HeaderMap::from_iter([
            (AUTHORIZATION, authorization),
            (ACCEPT, HeaderValue::from_static("application/json")),
            // Without this header a server may compress as it likes (RFC 9110, section 12.5.3).
            (ACCEPT_ENCODING, HeaderValue::from_static("identity")),
        ]))
        // Bodies are decompressed in `body.rs`, where a wrong header spoils nothing.
        .no_gzip()
        .no_deflate()
        .no_brotli()
        .no_zstd()
        .redirect(redirect::Policy::none())
        .retry(retry::never())
        .connect_timeout(limits.connection)
        .timeout(limits.exchange))
}
