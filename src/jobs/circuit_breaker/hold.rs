//! What holds prompts back, and the prompts that find out whether it still does.

use std::time::Duration;

use tokio::time::Instant;

use crate::domain::{Obstacle, UserId};

/// A trial that has no response after so long a time holds up its own requester alone: another one's
/// prompt may find out more. Whisul mostly answers a prompt within a second.
const TRIAL_PATIENCE: Duration = Duration::from_secs(5);

/// An obstacle that holds prompts back, with the trials that are under way.
#[derive(Debug)]
pub(super) struct Hold {
    pub(super) obstacle: Obstacle,
    since: Instant,
    /// When the next trial may go.
    pub(super) until: Instant,
    /// Two at most: if the first one hangs, it may be its own fault, but two are an outage.
    trials: Vec<Trial>,
}

/// A prompt that finds out whether Whisul takes prompts.
#[derive(Debug)]
struct Trial {
    number: u64,
    of: Option<UserId>,
    since: Instant,
}

impl Hold {
    pub(super) fn new(obstacle: Obstacle, since: Instant, until: Instant) -> Self {
        Self { obstacle, since, until, trials: Vec::new() }
    }

    /// When a requester's prompt may be a trial, unless there is news before. One that has no part in
    /// what holds prompts back need not wait.
    pub(super) fn trial_at(&self, of: Option<UserId>, waits: bool) -> Option<Instant> {
        match self.trials.as_slice() {
            [] => Some(if waits { self.until } else { self.since }),
            [other] if other.of != of => Some(self.until.max(other.since + TRIAL_PATIENCE)),
            _ => None,
        }
    }

    pub(super) fn begin_trial(&mut self, number: u64, of: Option<UserId>, now: Instant) {
        self.trials.push(Trial { number, of, since: now });
    }

    pub(super) fn has_trial(&self, number: u64) -> bool {
        self.trials.iter().any(|trial| trial.number == number)
    }

    /// A trial is over. Returns whether it was one of these.
    pub(super) fn end_trial(&mut self, number: u64) -> bool {
        let is_one = self.has_trial(number);
        self.trials.retain(|trial| trial.number != number);
        is_one
    }

    /// A trial found nothing out: the next one may go at once.
    pub(super) fn try_again(&mut self, now: Instant) {
        self.until = now;
    }

    /// A trial found that prompts are still held back.
    pub(super) fn renew(&mut self, obstacle: Obstacle, since: Instant, until: Instant) {
        (self.obstacle, self.since, self.until) = (obstacle, since, until);
    }

    /// A prompt that was under way before found the same, perhaps for another reason.
    pub(super) fn prolong(&mut self, obstacle: Obstacle, until: Instant) {
        (self.obstacle, self.until) = (obstacle, self.until.max(until));
    }
}
