//! The circuit breaker that every request to Whisul passes. It is the one place that decides whether
//! a failure belongs to one job or to Whisul.
//!
//! A failed request of one job opens nothing. It raises a doubt, and a probe settles that: a request
//! for a job that nobody has (`probe.rs`). If the probe fails, too, the breaker opens for everybody,
//! and further probes close it again. What no probe can tell, since it concerns prompts alone, holds
//! back prompts alone: they go one at a time, with growing waits, until Whisul takes one.

mod hold;
mod key_rejections;
mod outcome;
pub(super) mod probe;
mod state;
mod unknown_streak;

#[cfg(test)]
mod tests;

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{sync::Notify, time::Instant};

use crate::domain::{Obstacle, UserId};
pub(super) use key_rejections::KEY_REJECTION_TRIES;
pub(super) use outcome::{CallOutcome, ProbeResult, Tally};
use state::{BreakerState, CallAccess};

/// Keeps requests from a Whisul that can't serve them.
#[derive(Debug)]
pub(super) struct CircuitBreaker {
    state: Mutex<BreakerState>,
    changed: Notify,
}

/// A doubt, by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Doubt(u64);

/// A permit for one request. Dropping it without a report lets another request go.
#[derive(Debug)]
pub(super) struct CallPermit<'a> {
    breaker: &'a CircuitBreaker,
    access: CallAccess,
}

/// A probe that is to be made now.
#[derive(Debug)]
pub(super) struct Probe<'a> {
    breaker: &'a CircuitBreaker,
    /// The latest doubt that it settles.
    settles: u64,
}

impl CircuitBreaker {
    pub(super) fn new() -> Self {
        Self { state: Mutex::new(BreakerState::new()), changed: Notify::new() }
    }

    /// What holds up polls, or the prompts of a requester, at present.
    pub(super) fn obstacle(&self, prompt_of: Option<UserId>) -> Option<Obstacle> {
        self.state().obstacle(prompt_of, Instant::now())
    }

    /// What holds back everybody's prompts, while polls go on.
    pub(super) fn prompt_obstacle(&self) -> Option<Obstacle> {
        self.state().held_by()
    }

    /// For how long it has been open, all in all.
    pub(super) fn open_for(&self) -> Duration {
        self.state().open_for(Instant::now())
    }

    /// How long it takes until a probe or a trial may go.
    pub(super) fn next_attempt_in(&self) -> Duration {
        self.state().next_attempt_in(Instant::now())
    }

    /// How many prompts Whisul has taken so far, and for how many it has asked for fewer.
    pub(super) fn tally(&self) -> Tally {
        self.state().tally
    }

    /// Waits until a poll, or a requester's prompt, may be sent.
    pub(super) async fn permit(&self, prompt_of: Option<UserId>) -> CallPermit<'_> {
        let access = self.until(|state, now| state.admit(prompt_of, now)).await;
        CallPermit { breaker: self, access }
    }

    /// Waits until a requester's prompt would be let in.
    pub(super) async fn wait_until_allowed(&self, prompt_of: Option<UserId>) {
        self.until(|state, now| state.admits(prompt_of, now).map(|_| ())).await;
    }

    /// Whether a requester's prompts may be to blame for what holds prompts back.
    pub(super) fn suspects(&self, requester: UserId) -> bool {
        self.state().suspects(requester)
    }

    /// Whether Whisul rejects prompts as if the key were wrong, no matter who wrote them.
    pub(super) fn blames_key(&self) -> bool {
        self.state().is_held_by(Obstacle::BadKey)
    }

    /// Waits until a doubt is settled: whether Whisul is well, so that the failure was the job's own.
    pub(super) async fn verdict(&self, doubt: Doubt) -> bool {
        self.until(|state, _| state.verdict(doubt.0).ok_or(None)).await
    }

    /// Waits until a probe is to be made.
    pub(super) async fn probe_due(&self) -> Probe<'_> {
        let settles = self.until(|state, now| state.probe_due(now)).await;
        Probe { breaker: self, settles }
    }

    /// Waits until a condition of the state holds. `look` returns when to check again if nothing
    /// changes.
    async fn until<T>(
        &self,
        mut look: impl FnMut(&mut BreakerState, Instant) -> Result<T, Option<Instant>>,
    ) -> T {
        loop {
            let changed = self.changed.notified();
            tokio::pin!(changed);
            changed.as_mut().enable();
            let looked = look(&mut self.state(), Instant::now());
            match looked {
                Ok(found) => return found,
                Err(None) => changed.await,
                // Both lead to another look; a fixed order keeps the simulation deterministic.
                Err(Some(at)) => tokio::select! {
                    biased;
                    () = changed => {}
                    () = tokio::time::sleep_until(at) => {}
                },
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, BreakerState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl CallPermit<'_> {
    /// Whether the request may still be made: what holds it up may have come since.
    pub(super) fn is_still_valid(&self) -> bool {
        self.breaker.state().is_valid(&self.access)
    }

    /// Reports the outcome of the request. Returns an obstacle that is news to everybody, and the doubt
    /// that the request has raised, if it has.
    pub(super) fn report(mut self, outcome: CallOutcome) -> (Option<Obstacle>, Doubt) {
        let told = {
            let mut state = self.breaker.state();
            let found = state.record(&mut self.access, outcome, Instant::now());
            (found, Doubt(state.doubts))
        };
        self.breaker.changed.notify_waiters();
        told
    }
}

impl Drop for CallPermit<'_> {
    fn drop(&mut self) {
        if let Some(trial) = self.access.trial.take() {
            self.breaker.state().give_up_trial(trial, Instant::now());
            self.breaker.changed.notify_waiters();
        }
    }
}

impl Probe<'_> {
    /// Reports what the probe found. Returns an obstacle that is news to everybody.
    pub(super) fn report(self, result: ProbeResult) -> Option<Obstacle> {
        let found = self.breaker.state().settle(self.settles, result, Instant::now());
        self.breaker.changed.notify_waiters();
        found
    }
}
