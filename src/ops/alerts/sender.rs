//! Brings alerts to the webhook. Nothing else waits for it: what the webhook does harms no song.

use std::{fmt, sync::Arc, time::Duration};

use reqwest::{Client, Method, StatusCode, header::CONTENT_TYPE, redirect, retry};
use tokio::sync::mpsc;
use tracing::{debug, info, warn};

use super::{alert::Alert, payload::AlertBody, signature::Signer};
use crate::{
    config::{AlertWebhook, WebhookUrl},
    http_client::{HttpClient, SendError},
    jobs::{Backoff, Jobs},
    network,
    proxy::Proxies,
};

/// How often an alert is tried, and how long is waited in between.
const TRIES: u32 = 8;
const FIRST_WAIT: Duration = Duration::from_secs(2);
const LONGEST_WAIT: Duration = Duration::from_mins(5);
/// How long the connection, and all of a try, may take.
const CONNECTION: Duration = Duration::from_secs(5);
const EXCHANGE: Duration = Duration::from_secs(10);

/// The client of the webhook.
#[derive(Debug)]
pub(super) struct AlertSender {
    http: HttpClient,
    url: WebhookUrl,
    signer: Option<Signer>,
}

/// Why a try failed.
#[derive(Debug)]
enum SendFailure {
    /// The webhook answered with this status.
    Status(StatusCode),
    /// It did not answer, for this cause.
    NoAnswer(String),
}

/// The HTTP client that webhooks are reached with.
///
/// # Errors
/// When TLS can't be set up.
pub(in crate::ops) fn client(proxies: &Proxies) -> reqwest::Result<Client> {
    proxies
        .client()
        .connect_timeout(CONNECTION)
        .timeout(EXCHANGE)
        // Nothing is sent to an address that nobody has set.
        .redirect(redirect::Policy::none())
        .retry(retry::never())
        .pool_max_idle_per_host(0)
        .user_agent(concat!("whisul-bot/", env!("CARGO_PKG_VERSION")))
        .build()
}

impl AlertSender {
    /// A client for this webhook.
    ///
    /// # Errors
    /// When TLS can't be set up.
    pub(super) fn new(webhook: AlertWebhook, proxies: &Proxies) -> reqwest::Result<Self> {
        let http = client(proxies)?.into();
        let signer = webhook.key.map(Signer::new);
        Ok(Self { http, url: webhook.url, signer })
    }

    /// Sends one alert after the other.
    pub(super) async fn run(&self, mut alerts: mpsc::Receiver<Alert>, jobs: &Arc<Jobs>) {
        let (host, signed) = (&self.url, self.signer.is_some());
        if signed {
            info!(%host, "alerts are sent to a webhook");
        } else {
            info!(%host, "alerts are sent to a webhook unsigned; ALERT_WEBHOOK_SECRET signs them");
        }
        while let Some(alert) = alerts.recv().await {
            let (cause, state) = (alert.cause.name(), alert.state.name());
            let delivered = self.deliver(alert, jobs).await;
            jobs.metrics().families().alerted(delivered.is_ok());
            match delivered {
                Ok(()) => info!(cause, state, "an alert was delivered"),
                Err(why) => warn!(cause, state, %why, "an alert could not be delivered"),
            }
        }
    }

    /// Tries until the webhook has taken the alert, or will not.
    async fn deliver(&self, alert: Alert, jobs: &Arc<Jobs>) -> Result<(), SendFailure> {
        // The same for all tries: a receiver that took one knows the next.
        let id = format!("msg_{:032x}", fastrand::u128(..));
        let body = serde_json::to_vec(&AlertBody::of(alert)).unwrap_or_default();
        let mut backoff = Backoff::new(FIRST_WAIT, LONGEST_WAIT);
        for _ in 1..TRIES {
            match self.attempt(&id, jobs.now().seconds(), &body).await {
                Err(why) if why.may_pass() => debug!(%why, "sending an alert failed, retrying"),
                done => return done,
            }
            tokio::time::sleep(backoff.next()).await;
        }
        self.attempt(&id, jobs.now().seconds(), &body).await
    }

    async fn attempt(&self, id: &str, timestamp: i64, body: &[u8]) -> Result<(), SendFailure> {
        let mut request = self
            .http
            .request(Method::POST, self.url.expose().clone())
            .header(CONTENT_TYPE, "application/json")
            .header("webhook-id", id)
            .header("webhook-timestamp", timestamp);
        if let Some(signer) = &self.signer {
            request = request.header("webhook-signature", signer.sign(id, timestamp, body));
        }
        // Of the answer only the status counts: its body is never read.
        let response = self.http.send(request.body(body.to_owned())).await;
        match response.map(|response| response.status()) {
            Ok(status) if status.is_success() => Ok(()),
            Ok(status) => Err(SendFailure::Status(status)),
            Err(SendError::Client(error)) => Err(SendFailure::NoAnswer(network::cause(error))),
            Err(SendError::Transport(error)) => Err(SendFailure::NoAnswer(error.to_string())),
        }
    }
}

impl SendFailure {
    /// Whether another try may go better.
    fn may_pass(&self) -> bool {
        match self {
            Self::NoAnswer(_) => true,
            Self::Status(status) => {
                let asks_to_wait = [StatusCode::REQUEST_TIMEOUT, StatusCode::TOO_MANY_REQUESTS];
                status.is_server_error() || asks_to_wait.contains(status)
            }
        }
    }
}

impl fmt::Display for SendFailure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status(status) => write!(formatter, "status {}", status.as_u16()),
            Self::NoAnswer(cause) => formatter.write_str(cause),
        }
    }
}
