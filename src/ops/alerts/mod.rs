//! Alerts: a webhook is told what the bot's owner should know, and when it is over.
//!
//! One task looks at the facts by which the bot's health is judged, and one brings what is due to the
//! webhook. What was sent is kept in memory only: after a restart a cause that lasts is told again.

mod alert;
mod cause;
mod payload;
mod schedule;
mod sender;
mod signature;
mod times;

use std::{sync::Arc, time::Duration};

use tokio::{
    sync::mpsc,
    time::{Instant, interval, timeout},
};
use tokio_util::sync::CancellationToken;
use tracing::{debug, error, warn};

use alert::Alert;
use cause::{AlertCause, AlertState, Observation};
use schedule::AlertSchedule;
use sender::AlertSender;
pub(in crate::ops) use sender::client;
pub use times::AlertTimes;

use super::health::Health;
use crate::{config::AlertWebhook, jobs::Jobs, metrics::Activity, network, proxy::Proxies};

/// How many alerts may wait for a webhook that is slow.
const WAITING: usize = 32;
/// How long the database may take to say how much of a quota is used.
const PATIENCE: Duration = Duration::from_secs(5);

/// Looks for causes of alerts.
pub(crate) struct AlertMonitor {
    jobs: Arc<Jobs>,
    health: Health,
    times: AlertTimes,
}

impl AlertMonitor {
    /// The alerts of a bot that does these jobs.
    pub(crate) fn of(jobs: &Arc<Jobs>, times: AlertTimes) -> Self {
        Self { jobs: Arc::clone(jobs), health: Health::of(jobs), times }
    }

    /// Sends alerts to a webhook until `stop`. What is not sent by then is not sent: a stop waits
    /// for no receiver.
    pub(crate) async fn send_to(
        self,
        webhook: AlertWebhook,
        proxies: Proxies,
        stop: CancellationToken,
    ) {
        match AlertSender::new(webhook, &proxies) {
            Ok(sender) => {
                let (to_sender, alerts) = mpsc::channel(WAITING);
                let working =
                    async { tokio::join!(self.watch(&to_sender), sender.run(alerts, &self.jobs)) };
                stop.run_until_cancelled(working).await;
            }
            Err(error) => error!(error = network::cause(error), "no alerts are sent"),
        }
    }

    /// Hands over what is due, for ever.
    async fn watch(&self, to_sender: &mpsc::Sender<Alert>) {
        if self.jobs.store().updated_from().is_some() {
            let (cause, state) = (AlertCause::SchemaUpdated, AlertState::Happened);
            self.hand_over(to_sender, Alert { cause, state, at: self.jobs.now() });
        }
        let mut schedule = AlertSchedule::new(self.times);
        let mut ticks = interval(self.times.check_every);
        loop {
            ticks.tick().await;
            let seen = self.observe().await;
            for cause in AlertCause::ALL {
                let Some(is_present) = cause.is_present(&seen, &self.times) else { continue };
                if let Some(state) = schedule.observe(cause, is_present, Instant::now()) {
                    self.hand_over(to_sender, Alert { cause, state, at: self.jobs.now() });
                }
            }
        }
    }

    async fn observe(&self) -> Observation {
        let used = match timeout(PATIENCE, self.jobs.global_quota_used()).await {
            Ok(Ok(used)) => Some(used.unwrap_or(0)),
            // The database's own alert tells of it.
            Ok(Err(error)) => {
                debug!(%error, "the use of GLOBAL_QUOTA is not known");
                None
            }
            Err(_late) => None,
        };
        Observation {
            facts: self.health.facts(),
            global_quota_used: used,
            other_process: self.jobs.metrics().last_seen().age(Activity::OtherProcess),
        }
    }

    fn hand_over(&self, to_sender: &mpsc::Sender<Alert>, alert: Alert) {
        if to_sender.try_send(alert).is_err() {
            self.jobs.metrics().families().alerted(false);
            warn!(
                cause = alert.cause.name(),
                "too many alerts wait for the webhook, one is left out"
            );
        }
    }
}
