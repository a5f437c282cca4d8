//! How long a song has been watched, and how its polls went.

use std::time::Duration;

use tokio::time::Instant;

use crate::{domain::Patience, jobs::Jobs};

/// So many failed polls of one job in a row each raise a doubt about Whisul; after that, they do so
/// once in a while.
const DOUBTS: u32 = 3;

const DOUBT_AGAIN: Duration = Duration::from_mins(1);

/// Since when a song has been watched by this run of the bot, and how its polls went.
pub(super) struct Watch {
    /// When watching began: at the submission, or at the start of the bot if that was later.
    since: Instant,
    /// How long the breaker had been open by then; outages don't count.
    open_before: Duration,
    pub(super) patience: Patience,
    /// How many polls have failed in a row.
    pub(super) failures: u32,
    /// When one of them last raised a doubt.
    pub(super) doubted_at: Option<Instant>,
    /// How long Whisul asked to wait with the next poll.
    pub(super) retry_after: Duration,
}

impl Watch {
    pub(super) fn new(jobs: &Jobs) -> Self {
        Self {
            since: Instant::now(),
            open_before: jobs.breaker.open_for(),
            patience: Patience::new(jobs.config.job_timeout, jobs.config.poll_interval),
            failures: 0,
            doubted_at: None,
            retry_after: Duration::ZERO,
        }
    }

    /// For how long it has been watched while Whisul was well.
    pub(super) fn watched(&self, jobs: &Jobs) -> Duration {
        let open = jobs.breaker.open_for().saturating_sub(self.open_before);
        self.since.elapsed().saturating_sub(open)
    }

    /// Whether a failure now raises a doubt about Whisul: not again and again for one bad song.
    pub(super) fn may_doubt(&self) -> bool {
        let rested = self.doubted_at.is_none_or(|at| at.elapsed() >= DOUBT_AGAIN);
        self.failures < DOUBTS || rested
    }
}
