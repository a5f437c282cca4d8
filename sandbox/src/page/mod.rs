//! The sandbox as a page in a browser: a channel as Discord shows it, in which anyone can try a
//! bot and inject faults.
//!
//! The page is plain HTML, CSS and JavaScript from `sandbox/page`, and listens on loopback only.
//! Each browser tab chooses its person and channel.

mod routes;
mod state;

pub use state::environment::Environment;

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex},
    time::{Instant, SystemTime},
};

use tokio::{net::TcpListener, task::JoinHandle};

use crate::Changes;
use routes::router;
use state::{PageState, faults::FaultControls};

/// The port of the page, unless it is taken.
const FAVOURITE_PORT: u16 = 4417;

/// A page that is served. Dropping it ends that.
#[derive(Debug)]
pub struct Page {
    address: SocketAddr,
    serving: JoinHandle<()>,
}

impl Drop for Page {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Page {
    /// Serves a page on loopback: on port 4417 if that is free, and on any other one if not.
    ///
    /// # Errors
    /// When there is no port at all.
    pub async fn open(environment: Environment) -> io::Result<Self> {
        let favourite = TcpListener::bind((Ipv4Addr::LOCALHOST, FAVOURITE_PORT)).await;
        match favourite {
            Ok(listener) => Self::serve(environment, listener),
            Err(_) => Self::open_anywhere(environment).await,
        }
    }

    /// Serves a page on any free port of loopback.
    ///
    /// # Errors
    /// When there is none.
    pub async fn open_anywhere(environment: Environment) -> io::Result<Self> {
        Self::serve(environment, TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?)
    }

    fn serve(environment: Environment, listener: TcpListener) -> io::Result<Self> {
        let address = listener.local_addr()?;
        environment.discord.requests().keep_answers();
        environment.whisul.requests().keep_answers();
        let page = Arc::new(PageState {
            faults: Mutex::new(FaultControls::none(&environment)),
            scenario: Mutex::default(),
            dms: environment.people.iter().map(|(it, _)| (it.id(), it.dm().channel_id())).collect(),
            environment,
            changes: Changes::new(),
            address,
            opened: (Instant::now(), SystemTime::now()),
        });
        let router = router(&page);
        // If the listener fails for good, the page ends, which its visitors notice.
        let serving = tokio::spawn(async move { drop(axum::serve(listener, router).await) });
        Ok(Self { address, serving })
    }

    /// `http://127.0.0.1:PORT/`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}/", self.address)
    }
}
