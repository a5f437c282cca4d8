//! Whether the bot works: watched by a loop of its own, and told over HTTP, to the service manager and
//! to `whisul-bot healthcheck`.

mod client;
mod exposition;
mod judgement;
mod page;
mod process;
mod server;
mod service_manager;
mod snapshot;

use std::{net::SocketAddr, sync::Arc, time::Duration};

use tokio::{net::TcpListener, time::timeout};
use tokio_util::sync::CancellationToken;
use tracing::{debug, error, info, warn};

pub use client::healthcheck;
pub(in crate::ops) use judgement::Facts;
use judgement::Judgement;

use crate::{jobs::Jobs, metrics::Activity};

/// How often the bot is looked at.
const CHECK_INTERVAL: Duration = Duration::from_secs(5);
/// How long the database may take to answer.
const DATABASE_PATIENCE: Duration = Duration::from_secs(10);

/// The health of a running bot.
#[derive(Clone)]
pub(crate) struct Health {
    jobs: Arc<Jobs>,
}

impl Health {
    /// The health of a bot that does these jobs.
    pub(crate) fn of(jobs: &Arc<Jobs>) -> Self {
        Self { jobs: Arc::clone(jobs) }
    }

    /// Watches the bot until `stop`, tells the service manager, and answers at `address` if there is
    /// one. An address that can't be used keeps no song from anybody: the log says so.
    pub(crate) async fn watch(self, address: Option<SocketAddr>, stop: CancellationToken) {
        let answering = async {
            let Some(address) = address else { return };
            match TcpListener::bind(address).await {
                Ok(listener) => {
                    let address = listener.local_addr().unwrap_or(address);
                    info!(%address, "health and metrics are served");
                    server::serve(listener, self.clone()).await;
                }
                Err(error) => error!(
                    %address,
                    %error,
                    "health and metrics are not served; set HTTP_ADDR to a free address, or to off"
                ),
            }
        };
        let checking = async {
            service_manager::ready();
            let mut ticks = tokio::time::interval(CHECK_INTERVAL);
            let mut was_good = true;
            loop {
                ticks.tick().await;
                let judgement = self.check().await;
                if was_good != judgement.is_good() {
                    was_good = !was_good;
                    log_change(&judgement);
                }
            }
        };
        let watching = async { tokio::join!(answering, checking) };
        stop.run_until_cancelled(watching).await;
        service_manager::stopping();
    }

    /// Looks at what all work needs.
    async fn check(&self) -> Judgement {
        let last_seen = self.jobs.metrics().last_seen();
        match timeout(DATABASE_PATIENCE, self.jobs.store().check_writable()).await {
            Ok(Ok(())) => last_seen.record(Activity::Database),
            // The work's own lines tell of the trouble; this one is for a bot that has none to do.
            Ok(Err(error)) => debug!(%error, "the database can't be written"),
            Err(_) => debug!("the database does not answer"),
        }
        self.jobs.acquire_all_locks();
        last_seen.record(Activity::HealthCheck);
        let judgement = self.alive();
        if judgement.is_good() {
            service_manager::alive();
        }
        judgement
    }

    /// What is known at this moment.
    pub(in crate::ops) fn facts(&self) -> Facts {
        let last_seen = self.jobs.metrics().last_seen();
        Facts {
            checked: last_seen.age(Activity::HealthCheck),
            database: last_seen.age(Activity::Database),
            heartbeats: last_seen.heartbeats(),
            are_commands_registered: last_seen.are_commands_registered(),
            is_key_accepted: last_seen.age(Activity::Key).is_some(),
            obstacle: self.jobs.obstacle(),
        }
    }

    /// Whether the process does its work. Nothing that a restart can't mend makes it fail.
    fn alive(&self) -> Judgement {
        self.facts().alive()
    }

    /// Whether people get songs.
    fn ready(&self) -> Judgement {
        self.facts().ready()
    }
}

/// Tells once that the bot has stopped working, or works again.
fn log_change(Judgement(wrong): &Judgement) {
    if let Some(reason) = wrong.first() {
        warn!(cause = reason.reason, "the bot is not healthy");
    } else {
        info!("the bot is healthy again");
    }
}
