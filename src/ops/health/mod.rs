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

use std::{io, net::SocketAddr, sync::Arc, thread, time::Duration};

use tokio::{net::TcpListener, runtime, time::timeout};
use tokio_util::sync::CancellationToken;
use tracing::{Instrument, Span, debug, error, info, warn};

pub use client::healthcheck;
pub(in crate::ops) use judgement::Facts;
use judgement::Judgement;

use crate::{
    failpoint::{Moment, reach},
    jobs::Jobs,
    metrics::{Activity, WhisulHealth},
};

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
        if let Some(address) = address {
            self.clone().serve_on_own_thread(address, stop.clone());
        }
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
        stop.run_until_cancelled(checking).await;
        service_manager::stopping();
    }

    /// Serves health and metrics. A task that hangs blocks its thread, and may keep the whole runtime
    /// from its connections: that has to be told all the same.
    fn serve_on_own_thread(self, address: SocketAddr, stop: CancellationToken) {
        let span = Span::current();
        let serve = move || {
            let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
            let serving = stop.run_until_cancelled(self.serve_at(address).instrument(span));
            runtime.block_on(serving);
            Ok::<_, io::Error>(())
        };
        let log = |error: &io::Error| error!(%error, "health and metrics are not served");
        let thread = thread::Builder::new().name("health".to_owned());
        let started = thread.spawn(move || serve().inspect_err(log).unwrap_or_default());
        _ = started.inspect_err(log);
    }

    async fn serve_at(self, address: SocketAddr) {
        match TcpListener::bind(address).await {
            Ok(listener) => {
                let address = listener.local_addr().unwrap_or(address);
                info!(%address, "health and metrics are served");
                server::serve(listener, self).await;
            }
            Err(error) => error!(
                %address,
                %error,
                "health and metrics are not served; set HTTP_ADDR to a free address, or to off"
            ),
        }
    }

    /// Looks at what all work needs.
    async fn check(&self) -> Judgement {
        reach("check", Moment::Before);
        let last_seen = self.jobs.metrics().last_seen();
        match timeout(DATABASE_PATIENCE, self.jobs.store().check_writable()).await {
            Ok(Ok(())) => last_seen.record(Activity::Database),
            // The work's own lines tell of the trouble; this one is for a bot that has none to do.
            Ok(Err(error)) => debug!(%error, "the database can't be written"),
            Err(_) => debug!("the database does not answer"),
        }
        self.jobs.acquire_all_locks();
        last_seen.note_whisul(WhisulHealth {
            obstacle: self.jobs.obstacle(),
            is_away: self.jobs.is_whisul_away(),
        });
        last_seen.record(Activity::HealthCheck);
        let judgement = self.alive();
        if judgement.is_good() {
            service_manager::alive();
        }
        judgement
    }

    /// What is known. Nothing of it is behind a lock that a task of the work may hold for ever.
    pub(in crate::ops) fn facts(&self) -> Facts {
        let last_seen = self.jobs.metrics().last_seen();
        Facts {
            checked: last_seen.age(Activity::HealthCheck),
            database: last_seen.age(Activity::Database),
            heartbeats: last_seen.heartbeats(),
            are_commands_registered: last_seen.are_commands_registered(),
            is_key_accepted: last_seen.age(Activity::Key).is_some(),
            whisul: last_seen.whisul(),
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
