//! The state of the circuit breaker.

use std::time::Duration;

use tokio::time::Instant;

use super::{
    hold::Hold,
    key_rejections::KeyRejections,
    outcome::{CallOutcome, ProbeResult, Tally},
    unknown_streak::UnknownStreak,
};
use crate::{
    domain::{Obstacle, UserId},
    jobs::Backoff,
};

/// Waits between probes, and between prompts that find out what no probe can.
const FIRST_WAIT: Duration = Duration::from_secs(2);
const LONGEST_WAIT: Duration = Duration::from_mins(1);

#[derive(Debug)]
pub(super) struct BreakerState {
    /// What keeps everybody out, until a probe finds Whisul well.
    open: Option<Open>,
    /// For how long everybody was kept out before.
    open_before: Duration,
    /// How often it was closed again: a failure of a request of an earlier generation is no news.
    generation: u64,
    probe_backoff: Backoff,
    /// What holds prompts back, until Whisul takes one.
    held: Option<Hold>,
    /// How many trials have begun.
    trials_begun: u64,
    trial_backoff: Backoff,
    unknown: UnknownStreak,
    key_rejections: KeyRejections,
    pub(super) tally: Tally,
    /// How many doubts were raised.
    pub(super) doubts: u64,
    /// Up to which of them they are settled.
    doubts_settled: u64,
}

#[derive(Clone, Copy, Debug)]
struct Open {
    obstacle: Obstacle,
    since: Instant,
    /// When the next probe may go.
    until: Instant,
}

/// With what a request was let in.
#[derive(Debug)]
pub(super) struct CallAccess {
    prompt_of: Option<UserId>,
    /// Its number, if it is a prompt that finds out whether Whisul takes prompts again.
    pub(super) trial: Option<u64>,
    generation: u64,
}

impl BreakerState {
    pub(super) fn new() -> Self {
        let backoff = || Backoff::new(FIRST_WAIT, LONGEST_WAIT);
        Self {
            open: None,
            open_before: Duration::ZERO,
            generation: 0,
            probe_backoff: backoff(),
            held: None,
            trials_begun: 0,
            trial_backoff: backoff(),
            unknown: UnknownStreak::default(),
            key_rejections: KeyRejections::default(),
            tally: Tally::default(),
            // Whether Whisul is there and knows the key is found out at the start, for free.
            doubts: 1,
            doubts_settled: 0,
        }
    }

    pub(super) fn obstacle(&self, prompt_of: Option<UserId>, now: Instant) -> Option<Obstacle> {
        let holds = |held: &&Hold| self.trial_at(held, prompt_of).is_none_or(|at| at > now);
        let held = self.held.as_ref().filter(|_| prompt_of.is_some()).filter(holds);
        self.open.map(|open| open.obstacle).or(held.map(|held| held.obstacle))
    }

    /// When a requester's prompt may be a trial, unless there is news before.
    fn trial_at(&self, held: &Hold, prompt_of: Option<UserId>) -> Option<Instant> {
        let is_no_suspect = match (held.obstacle, prompt_of) {
            // Where all prompts that came to nothing were somebody else's.
            (Obstacle::Unreachable, Some(of)) => self.unknown.is_only_of_others_than(of),
            // A prompt that is turned away costs nothing, so that everybody may try.
            (Obstacle::BadKey, Some(of)) => !self.key_rejections.concern(of),
            _ => false,
        };
        held.trial_at(prompt_of, !is_no_suspect)
    }

    /// Whether this requester's prompts are among those that may have caused what holds prompts back.
    pub(super) fn suspects(&self, requester: UserId) -> bool {
        self.held.as_ref().is_some_and(|held| match held.obstacle {
            Obstacle::Unreachable => self.unknown.is_of(requester),
            Obstacle::BadKey => self.key_rejections.concern(requester),
            Obstacle::Busy | Obstacle::OutOfCredit => false,
        })
    }

    pub(super) fn held_by(&self) -> Option<Obstacle> {
        self.held.as_ref().map(|held| held.obstacle)
    }

    pub(super) fn is_held_by(&self, obstacle: Obstacle) -> bool {
        self.held.as_ref().is_some_and(|held| held.obstacle == obstacle)
    }

    pub(super) fn open_for(&self, now: Instant) -> Duration {
        let at_present = self.open.map(|open| now.saturating_duration_since(open.since));
        self.open_before + at_present.unwrap_or_default()
    }

    pub(super) fn next_attempt_in(&self, now: Instant) -> Duration {
        let held = self.held.as_ref().map(|held| held.until);
        let until = self.open.map(|open| open.until).or(held);
        until.map(|until| until.saturating_duration_since(now)).unwrap_or_default()
    }

    /// Whether a request may go now, and whether it would be a trial. Otherwise, when to ask again if
    /// nothing changes before.
    pub(super) fn admits(
        &self,
        prompt_of: Option<UserId>,
        now: Instant,
    ) -> Result<bool, Option<Instant>> {
        if self.open.is_some() || (prompt_of.is_some() && self.in_doubt()) {
            return Err(None);
        }
        let Some(held) = self.held.as_ref().filter(|_| prompt_of.is_some()) else {
            return Ok(false);
        };
        let at = self.trial_at(held, prompt_of).ok_or(None)?;
        if at > now { Err(Some(at)) } else { Ok(true) }
    }

    /// Lets a request in, or says when it may come in without any news.
    pub(super) fn admit(
        &mut self,
        prompt_of: Option<UserId>,
        now: Instant,
    ) -> Result<CallAccess, Option<Instant>> {
        let is_trial = self.admits(prompt_of, now)?;
        let trial = self.held.as_mut().filter(|_| is_trial).map(|held| {
            self.trials_begun += 1;
            held.begin_trial(self.trials_begun, prompt_of, now);
            self.trials_begun
        });
        Ok(CallAccess { prompt_of, trial, generation: self.generation })
    }

    /// Whether a request may still be made that was let in before.
    pub(super) fn is_valid(&self, access: &CallAccess) -> bool {
        let is_held = self.held.is_some() && access.trial.is_none();
        self.open.is_none() && !(access.prompt_of.is_some() && (self.in_doubt() || is_held))
    }

    /// Records the outcome of a request. Returns an obstacle that is news.
    pub(super) fn record(
        &mut self,
        access: &mut CallAccess,
        outcome: CallOutcome,
        now: Instant,
    ) -> Option<Obstacle> {
        // A trial that ends only once another prompt was taken is a request like any other.
        let trial = access.trial.take();
        let was_trial =
            trial.is_some_and(|trial| self.held.as_mut().is_some_and(|held| held.end_trial(trial)));
        match outcome {
            CallOutcome::Taken => {
                self.tally.taken += 1;
                self.release();
                return None;
            }
            CallOutcome::Unknown => {
                self.doubts += 1;
                self.unknown.add(access.prompt_of);
                if was_trial || self.unknown.is_outage() {
                    return self.hold(Obstacle::Unreachable, None, was_trial, now);
                }
            }
            CallOutcome::Busy(wait) => {
                self.tally.busy += 1;
                return self.hold(Obstacle::Busy, wait, was_trial, now);
            }
            CallOutcome::OutOfCredit => {
                return self.hold(Obstacle::OutOfCredit, None, was_trial, now);
            }
            // What was sent before the breaker was closed again may be out of date.
            CallOutcome::Unreachable if access.generation == self.generation => {
                let found = self.open(Obstacle::Unreachable, None, false, now);
                if was_trial {
                    // Probes may get through where prompts don't: the next trial waits for longer.
                    self.hold(Obstacle::Unreachable, None, true, now);
                }
                return found;
            }
            CallOutcome::KeyRejected => {
                self.doubts += 1;
                self.key_rejections.suspect(self.doubts, access.prompt_of);
                if was_trial && self.is_held_by(Obstacle::BadKey) {
                    return self.hold(Obstacle::BadKey, None, true, now);
                }
            }
            CallOutcome::Doubtful | CallOutcome::Unreachable => self.doubts += 1,
            // A response to a prompt that was not taken says nothing about credit or the key's rights.
            CallOutcome::Success if was_trial && self.is_held_by(Obstacle::Unreachable) => {
                self.release();
            }
            CallOutcome::Success if was_trial && self.is_held_by(Obstacle::Busy) => self.release(),
            CallOutcome::Success => {}
        }
        if let Some(held) = self.held.as_mut().filter(|_| was_trial) {
            held.try_again(now);
        }
        None
    }

    /// A prompt was not sent after all that was to find out whether Whisul takes prompts: another one
    /// may.
    pub(super) fn give_up_trial(&mut self, trial: u64, now: Instant) {
        if let Some(held) = self.held.as_mut().filter(|held| held.has_trial(trial)) {
            held.end_trial(trial);
            held.try_again(now);
        }
    }

    /// Whether Whisul is well, by a probe that was made after this doubt; `None` while that is open.
    pub(super) fn verdict(&self, doubt: u64) -> Option<bool> {
        if self.open.is_some() {
            return Some(false);
        }
        (self.doubts_settled >= doubt).then_some(true)
    }

    /// The latest doubt that a probe would settle now, or when the next probe is due.
    pub(super) fn probe_due(&self, now: Instant) -> Result<u64, Option<Instant>> {
        match self.open {
            Some(open) if open.until > now => Err(Some(open.until)),
            None if !self.in_doubt() => Err(None),
            Some(_) | None => Ok(self.doubts),
        }
    }

    /// A probe has found this out. Returns an obstacle that is news.
    pub(super) fn settle(
        &mut self,
        doubt: u64,
        result: ProbeResult,
        now: Instant,
    ) -> Option<Obstacle> {
        self.doubts_settled = self.doubts_settled.max(doubt);
        match result {
            ProbeResult::Unhealthy(obstacle, wait) => {
                self.key_rejections.explain(doubt);
                self.open(obstacle, wait, true, now)
            }
            ProbeResult::Healthy => {
                if let Some(open) = self.open.take() {
                    self.open_before += now.saturating_duration_since(open.since);
                    self.generation += 1;
                    self.probe_backoff.reset();
                    // That polls are answered does not say that prompts are: one goes first.
                    if open.obstacle == Obstacle::Unreachable && self.held.is_none() {
                        self.held = Some(Hold::new(open.obstacle, now, now));
                    }
                }
                let are_more = self.key_rejections.confirm(doubt);
                let is_the_key = are_more && self.key_rejections.blame_the_key();
                // A trial that failed has already lengthened the wait.
                let is_known = self.is_held_by(Obstacle::BadKey);
                (is_the_key && !is_known).then(|| self.hold(Obstacle::BadKey, None, false, now))?
            }
        }
    }

    fn in_doubt(&self) -> bool {
        self.doubts_settled < self.doubts
    }

    /// Whisul takes prompts.
    fn release(&mut self) {
        self.held = None;
        self.unknown = UnknownStreak::default();
        self.key_rejections = KeyRejections::default();
        self.trial_backoff.reset();
    }

    /// Opens the breaker, or keeps it open. Of requests that were under way together only the first,
    /// and probes, lengthen the wait: the others failed for the same cause.
    fn open(
        &mut self,
        obstacle: Obstacle,
        asked: Option<Duration>,
        by_probe: bool,
        now: Instant,
    ) -> Option<Obstacle> {
        let asked = asked.unwrap_or_default();
        let before = self.open;
        self.open = Some(match before {
            Some(open) if !by_probe => Open { until: open.until.max(now + asked), ..open },
            _ => Open {
                obstacle,
                since: before.map_or(now, |open| open.since),
                until: now + asked.max(self.probe_backoff.next()),
            },
        });
        let obstacle = self.open.map(|open| open.obstacle);
        obstacle.filter(|_| before.map(|open| open.obstacle) != obstacle)
    }

    /// Holds prompts back, or keeps them held back.
    fn hold(
        &mut self,
        obstacle: Obstacle,
        asked: Option<Duration>,
        by_trial: bool,
        now: Instant,
    ) -> Option<Obstacle> {
        let asked = asked.unwrap_or_default();
        let is_news = !self.is_held_by(obstacle);
        match &mut self.held {
            Some(held) if !by_trial => held.prolong(obstacle, now + asked),
            Some(held) => held.renew(obstacle, now, now + asked.max(self.trial_backoff.next())),
            None => {
                self.held =
                    Some(Hold::new(obstacle, now, now + asked.max(self.trial_backoff.next())));
            }
        }
        is_news.then_some(obstacle)
    }
}
