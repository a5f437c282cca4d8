//! How long a song has been watched, and how its polls went.

use std::time::Duration;

use tokio::time::Instant;

use crate::{
    domain::{Job, Patience, State},
    jobs::Jobs,
};

/// So many failed polls of one job in a row each raise a doubt about Whisul; after that, they do so
/// once in a while.
const DOUBTS: u32 = 3;

const DOUBT_AGAIN: Duration = Duration::from_mins(1);

/// Since when a song has been watched by this run of the bot, and how its polls went.
pub(super) struct Watch {
    /// When watching began: at the submission, or at the start of the bot if that was later.
    since: Instant,
    /// Whether an earlier run of the bot submitted it, so that only the clock tells its age.
    is_resumed: bool,
    /// When it was polled last, or watching began.
    polled_at: Instant,
    /// When the next poll is due, once that is planned.
    pub(super) next_poll: Option<Instant>,
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
    /// Watches a song that Whisul has just taken.
    pub(super) fn new(jobs: &Jobs) -> Self {
        let now = Instant::now();
        Self {
            since: now,
            is_resumed: false,
            polled_at: now,
            next_poll: None,
            open_before: jobs.breaker.open_for(),
            patience: Patience::new(jobs.config.job_timeout, jobs.config.poll_interval),
            failures: 0,
            doubted_at: None,
            retry_after: Duration::ZERO,
        }
    }

    /// Watches a song that an earlier run of the bot may have submitted. When that run polled it
    /// last is not stored, so the first poll comes soon, but not at once.
    pub(super) fn resumed(jobs: &Jobs) -> Self {
        let watch = Self::new(jobs);
        let first = jobs.poll_plan().first_poll(fastrand::f64());
        Self { is_resumed: true, next_poll: Some(watch.since + first), ..watch }
    }

    /// How old the song was at its latest poll. A wrong clock may say that of a song of an earlier run
    /// wrongly, which shifts its polls within their bounds.
    pub(super) fn age_at_poll(&self, jobs: &Jobs, job: &Job) -> Duration {
        let watched = self.polled_at.duration_since(self.since);
        match job.state {
            State::Running { since, .. } if self.is_resumed => {
                watched.max(jobs.clock.now().since(since).saturating_sub(self.polled_at.elapsed()))
            }
            _ => watched,
        }
    }

    /// When the next poll is due: as planned, but not before Whisul's `Retry-After` is over.
    pub(super) fn next_poll_at(&mut self, jobs: &Jobs, job: &Job) -> Instant {
        let planned = || {
            let wait = jobs.poll_plan().next_poll(self.age_at_poll(jobs, job), fastrand::f64());
            self.polled_at + wait.max(self.retry_after)
        };
        let planned = self.next_poll.unwrap_or_else(planned);
        *self.next_poll.insert(planned)
    }

    /// This time, or a later one at which a poll may come.
    pub(super) fn not_too_soon(&self, jobs: &Jobs, at: Instant) -> Instant {
        at.max(self.polled_at + jobs.poll_plan().least_gap().max(self.retry_after))
    }

    /// From when on a poll is worth as much as others that wait for the rate limit.
    pub(super) fn worth_at(&self, jobs: &Jobs, job: &Job) -> Instant {
        self.polled_at + jobs.poll_plan().worth_after(self.age_at_poll(jobs, job))
    }

    /// A poll was over at this time, however it went.
    pub(super) fn polled(&mut self, at: Instant) {
        (self.polled_at, self.next_poll) = (at, None);
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
