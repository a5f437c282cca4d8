//! The one way by which requests to Discord, to Whisul and for files leave the bot. The simulation
//! puts a network of its own in place of reqwest's.

use std::{
    fmt,
    pin::Pin,
    sync::{Arc, OnceLock},
};

use reqwest::{Client, IntoUrl, Method, Request, RequestBuilder, Response};
use tokio::time::Instant;

use crate::metrics::{Metrics, Service};

/// What brings a request to its server, and the response back.
pub trait Transport: fmt::Debug + Send + Sync {
    /// Sends one request. Dropping the future leaves open whether the server received it.
    fn send(&self, request: Request) -> Exchange<'_>;
}

/// A request on its way, and its response.
pub type Exchange<'a> = Pin<Box<dyn Future<Output = Result<Response, TransportError>> + Send + 'a>>;

/// Why a transport brought no response.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TransportError {
    /// No connection came about, so that nothing was sent.
    #[error("no connection")]
    NotConnected,
    /// The server may have received the request, but did not answer in time.
    #[error("no response in time")]
    TimedOut,
    /// The connection broke off after the request, or a part of it, was sent.
    #[error("the connection broke off")]
    BrokenOff,
}

/// Why a request has no response.
#[derive(Debug)]
pub(crate) enum SendError {
    /// As reqwest says.
    Client(reqwest::Error),
    /// As the transport says that is in its place.
    Transport(TransportError),
}

/// An HTTP client. Clones share its connections.
#[derive(Clone, Debug)]
pub struct HttpClient {
    client: Client,
    transport: Option<Arc<dyn Transport>>,
    /// Where its requests are counted.
    meter: Arc<OnceLock<(Service, Metrics)>>,
}

impl HttpClient {
    /// A client whose requests go through this transport. Of `client`, only what builds requests is
    /// used.
    pub fn over(client: Client, transport: Arc<dyn Transport>) -> Self {
        Self { transport: Some(transport), ..client.into() }
    }

    /// A request, to be completed and sent.
    pub(crate) fn request(&self, method: Method, url: impl IntoUrl) -> RequestBuilder {
        self.client.request(method, url)
    }

    /// Counts all requests from now on as those to one service. Only the first call counts.
    pub(crate) fn measure(&self, service: Service, metrics: &Metrics) {
        _ = self.meter.set((service, metrics.clone()));
    }

    /// Sends a request that this client built.
    pub(crate) async fn send(&self, request: RequestBuilder) -> Result<Response, SendError> {
        let began = Instant::now();
        let sent = self.send_unmeasured(request).await;
        if let Some((service, metrics)) = self.meter.get() {
            let status = sent.as_ref().ok().map(|response| response.status().as_u16());
            metrics.families().requested(*service, status, began.elapsed());
        }
        sent
    }

    async fn send_unmeasured(&self, request: RequestBuilder) -> Result<Response, SendError> {
        let Some(transport) = &self.transport else {
            return request.send().await.map_err(SendError::Client);
        };
        let request = request.build().map_err(SendError::Client)?;
        transport.send(request).await.map_err(SendError::Transport)
    }

    /// reqwest's own client, for what is no plain request.
    pub(crate) fn reqwest(&self) -> Client {
        self.client.clone()
    }
}

impl From<Client> for HttpClient {
    fn from(client: Client) -> Self {
        Self { client, transport: None, meter: Arc::default() }
    }
}
