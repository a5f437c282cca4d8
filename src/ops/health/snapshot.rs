//! Everything that is told of a running bot, at one moment.

use std::time::Duration;

use tracing::warn;

use super::{Health, Judgement, process::Process};
use crate::{domain::Obstacle, metrics::Activity};

/// Everything that the page and the metrics show of this moment.
#[derive(Debug)]
pub(super) struct Snapshot {
    pub(super) alive: Judgement,
    pub(super) ready: Judgement,
    /// How long ago each of these last happened, if it ever did.
    pub(super) ages: [(&'static str, Option<Duration>); 4],
    /// Unfinished jobs by state; `None` where the database does not say.
    pub(super) jobs: Option<Vec<(String, i64)>>,
    /// What keeps songs from Whisul.
    pub(super) obstacle: Option<Obstacle>,
    pub(super) process: Process,
}

impl Snapshot {
    pub(super) async fn of(health: &Health) -> Self {
        let jobs = match health.jobs.store().unfinished_by_state().await {
            Ok(jobs) => Some(jobs),
            Err(error) => {
                warn!(%error, "the jobs could not be counted");
                None
            }
        };
        let facts = health.facts();
        let last_seen = health.jobs.metrics().last_seen();
        let oldest = facts.heartbeats.iter().map(|heartbeat| heartbeat.age).max();
        Self {
            ages: [
                ("heartbeat_ack", oldest),
                ("interaction", last_seen.age(Activity::Interaction)),
                ("poll", last_seen.age(Activity::Poll)),
                ("delivery", last_seen.age(Activity::Delivery)),
            ],
            alive: facts.alive(),
            ready: facts.ready(),
            obstacle: facts.whisul.obstacle,
            jobs,
            process: Process::now(),
        }
    }
}
