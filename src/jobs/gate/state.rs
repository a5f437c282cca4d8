//! What the gate knows, and what follows from it.

use std::time::Duration;

use tokio::time::Instant;

use super::{Finding, News};
use crate::{delivery::Obstacle, domain::UserId, jobs::Backoff};

/// Waits between probes, and between prompts that find out what no probe can.
const FIRST_WAIT: Duration = Duration::from_secs(2);
const LONGEST_WAIT: Duration = Duration::from_mins(1);

/// So many prompts in a row whose fate is unknown are an outage that no probe sees.
const UNKNOWN_IN_A_ROW: u32 = 2;

#[derive(Debug)]
pub(super) struct State {
    /// What keeps everybody out, until a probe finds Whisul well.
    shut: Option<Shut>,
    /// For how long everybody was kept out before.
    shut_before: Duration,
    /// How often it was opened again: what was sent before and fails after that is no news.
    reopened: u64,
    probes: Backoff,
    /// What holds prompts back, until Whisul takes one.
    held: Option<Held>,
    trials: Backoff,
    unknown_in_a_row: u32,
    /// Whose prompts those were: of one requester alone, they may be the prompts' own fault.
    unknown_of: Option<UserId>,
    /// How many prompts Whisul took.
    pub(super) taken: u64,
    /// How many doubts were raised, and up to which they are settled.
    pub(super) doubts: u64,
    settled: u64,
}

#[derive(Clone, Copy, Debug)]
struct Shut {
    obstacle: Obstacle,
    since: Instant,
    /// When the next probe may go.
    until: Instant,
}

#[derive(Clone, Copy, Debug)]
struct Held {
    obstacle: Obstacle,
    since: Instant,
    /// When the next prompt may go.
    until: Instant,
    /// Whether one is on its way.
    is_tried: bool,
}

/// With what a request was let in.
#[derive(Debug)]
pub(super) struct Access {
    prompt_of: Option<UserId>,
    /// Whether it is the prompt that finds out whether Whisul takes prompts again.
    pub(super) is_trial: bool,
    reopened: u64,
}

impl State {
    pub(super) fn new() -> Self {
        let backoff = || Backoff::new(FIRST_WAIT, LONGEST_WAIT);
        Self {
            shut: None,
            shut_before: Duration::ZERO,
            reopened: 0,
            probes: backoff(),
            held: None,
            trials: backoff(),
            unknown_in_a_row: 0,
            unknown_of: None,
            taken: 0,
            // Whether Whisul is there and knows the key is found out at the start, for free.
            doubts: 1,
            settled: 0,
        }
    }

    pub(super) fn obstacle(&self, prompt_of: Option<UserId>, now: Instant) -> Option<Obstacle> {
        let holds = |held: &Held| held.is_tried || self.waits_until(held, prompt_of) > now;
        let held = self.held.filter(|held| prompt_of.is_some() && holds(held));
        self.shut.map(|shut| shut.obstacle).or(held.map(|held| held.obstacle))
    }

    /// Until when a requester's prompts are held back. Where all prompts that came to nothing were
    /// somebody else's, theirs is a trial that need not wait.
    fn waits_until(&self, held: &Held, prompt_of: Option<UserId>) -> Instant {
        let is_others = self.unknown_of.is_some() && self.unknown_of != prompt_of;
        if held.obstacle == Obstacle::Unreachable && is_others { held.since } else { held.until }
    }

    pub(super) fn shut_for(&self, now: Instant) -> Duration {
        let at_present = self.shut.map(|shut| now.saturating_duration_since(shut.since));
        self.shut_before + at_present.unwrap_or_default()
    }

    /// Lets a request in, or says when it may come in without any news.
    pub(super) fn admit(
        &mut self,
        prompt_of: Option<UserId>,
        now: Instant,
    ) -> Result<Access, Option<Instant>> {
        if self.shut.is_some() || (prompt_of.is_some() && self.in_doubt()) {
            return Err(None);
        }
        let access = Access { prompt_of, is_trial: false, reopened: self.reopened };
        let Some(held) = self.held.filter(|_| prompt_of.is_some()) else { return Ok(access) };
        if held.is_tried {
            return Err(None);
        }
        let until = self.waits_until(&held, prompt_of);
        if until > now {
            return Err(Some(until));
        }
        self.held = Some(Held { is_tried: true, ..held });
        Ok(Access { is_trial: true, ..access })
    }

    /// Whether a request may still be made that was let in before.
    pub(super) fn allows(&self, access: &Access) -> bool {
        let is_held = self.held.is_some() && !access.is_trial;
        self.shut.is_none() && !(access.prompt_of.is_some() && (self.in_doubt() || is_held))
    }

    /// Hears what came of a request. Returns an obstacle that is news.
    pub(super) fn hear(
        &mut self,
        access: &mut Access,
        news: News,
        now: Instant,
    ) -> Option<Obstacle> {
        let was_trial = std::mem::take(&mut access.is_trial);
        match news {
            News::Taken => {
                self.taken += 1;
                self.release();
                return None;
            }
            News::Unknown => {
                self.doubts += 1;
                let is_first = self.unknown_in_a_row == 0;
                let same = |of: &UserId| is_first || self.unknown_of == Some(*of);
                self.unknown_of = access.prompt_of.filter(same);
                self.unknown_in_a_row += 1;
                if was_trial || self.unknown_in_a_row >= UNKNOWN_IN_A_ROW {
                    return self.hold(Obstacle::Unreachable, None, was_trial, now);
                }
            }
            News::Busy(wait) => {
                return self.hold(Obstacle::Busy, wait, was_trial, now);
            }
            News::OutOfCredit => {
                return self.hold(Obstacle::OutOfCredit, None, was_trial, now);
            }
            // What was sent before the gate was opened again may be out of date.
            News::Unreachable if access.reopened == self.reopened => {
                let found = self.shut(Obstacle::Unreachable, None, false, now);
                if was_trial {
                    // Probes may get through where prompts don't: the next trial waits for longer.
                    self.hold(Obstacle::Unreachable, None, true, now);
                }
                return found;
            }
            News::Doubtful | News::Unreachable => self.doubts += 1,
            // An answer to a prompt that was not taken says nothing about credit.
            News::Fine if was_trial && !self.is_out_of_credit() => self.release(),
            News::Fine => {}
        }
        self.give_up_trial_of(was_trial, now);
        None
    }

    /// Nobody tries any more whether Whisul takes prompts: another one may.
    pub(super) fn give_up_trial(&mut self, now: Instant) {
        self.give_up_trial_of(true, now);
    }

    fn give_up_trial_of(&mut self, was_trial: bool, now: Instant) {
        if let Some(held) = self.held.as_mut().filter(|_| was_trial) {
            *held = Held { is_tried: false, until: now, ..*held };
        }
    }

    /// Whether Whisul is well, by a probe that was made after this doubt; `None` while that is open.
    pub(super) fn verdict(&self, doubt: u64) -> Option<bool> {
        if self.shut.is_some() {
            return Some(false);
        }
        (self.settled >= doubt).then_some(true)
    }

    /// The latest doubt that a probe would settle now, or when the next probe is due.
    pub(super) fn probe_due(&self, now: Instant) -> Result<u64, Option<Instant>> {
        match self.shut {
            Some(shut) if shut.until > now => Err(Some(shut.until)),
            None if !self.in_doubt() => Err(None),
            Some(_) | None => Ok(self.doubts),
        }
    }

    /// A probe has found this out. Returns an obstacle that is news.
    pub(super) fn settle(
        &mut self,
        doubt: u64,
        finding: Finding,
        now: Instant,
    ) -> Option<Obstacle> {
        self.settled = self.settled.max(doubt);
        match finding {
            Finding::Ill(obstacle, wait) => self.shut(obstacle, wait, true, now),
            Finding::Well => {
                if let Some(shut) = self.shut.take() {
                    self.shut_before += now.saturating_duration_since(shut.since);
                    self.reopened += 1;
                    self.probes.reset();
                    // That polls are answered does not say that prompts are: one goes first.
                    if shut.obstacle == Obstacle::Unreachable && self.held.is_none() {
                        let obstacle = shut.obstacle;
                        self.held =
                            Some(Held { obstacle, since: now, until: now, is_tried: false });
                    }
                }
                None
            }
        }
    }

    fn in_doubt(&self) -> bool {
        self.settled < self.doubts
    }

    fn is_out_of_credit(&self) -> bool {
        self.held.is_some_and(|held| held.obstacle == Obstacle::OutOfCredit)
    }

    /// Whisul takes prompts.
    fn release(&mut self) {
        self.held = None;
        (self.unknown_in_a_row, self.unknown_of) = (0, None);
        self.trials.reset();
    }

    /// Shuts the gate, or keeps it shut. Of requests that were under way together only the first,
    /// and probes, lengthen the wait: the others failed for the same cause.
    fn shut(
        &mut self,
        obstacle: Obstacle,
        asked: Option<Duration>,
        by_probe: bool,
        now: Instant,
    ) -> Option<Obstacle> {
        let asked = asked.unwrap_or_default();
        let before = self.shut;
        self.shut = Some(match before {
            Some(shut) if !by_probe => Shut { until: shut.until.max(now + asked), ..shut },
            _ => Shut {
                obstacle,
                since: before.map_or(now, |shut| shut.since),
                until: now + asked.max(self.probes.next()),
            },
        });
        let obstacle = self.shut.map(|shut| shut.obstacle);
        obstacle.filter(|_| before.map(|shut| shut.obstacle) != obstacle)
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
        let before = self.held;
        self.held = Some(match before {
            Some(held) if !by_trial => {
                Held { obstacle, until: held.until.max(now + asked), ..held }
            }
            _ => Held {
                obstacle,
                since: now,
                until: now + asked.max(self.trials.next()),
                is_tried: false,
            },
        });
        (before.map(|held| held.obstacle) != Some(obstacle)).then_some(obstacle)
    }
}
