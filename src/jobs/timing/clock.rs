//! What time it is, by Discord's clock.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

use crate::domain::{InteractionId, Timestamp};

/// How far an interaction that was answered may lie back before that says that this clock is fast.
const TOLERANCE: Duration = Duration::from_mins(1);

/// A clock that starts from the machine's own, runs evenly however that one is set meanwhile, and
/// is put right by the interactions that come in: their ids carry Discord's time.
#[derive(Debug)]
pub struct Clock {
    reading: Mutex<ClockReading>,
}

#[derive(Debug)]
struct ClockReading {
    /// A time, and when it was that time.
    anchor: (Timestamp, Instant),
    /// When the latest of all interactions was made: it can't be earlier than that.
    latest: Timestamp,
    /// Whether Discord has confirmed the time.
    is_sure: bool,
}

impl Clock {
    /// A clock that is believed to show this time now.
    pub fn starting_at(now: Timestamp) -> Self {
        let (anchor, latest) = ((now, Instant::now()), Timestamp::from_millis(i64::MIN));
        Self { reading: Mutex::new(ClockReading { anchor, latest, is_sure: false }) }
    }

    /// What time it is.
    pub fn now(&self) -> Timestamp {
        self.reading().now()
    }

    /// What time it is, if Discord has confirmed that: the machine's clock may be wrong.
    pub(in crate::jobs) fn surely(&self) -> Option<Timestamp> {
        let reading = self.reading();
        reading.is_sure.then(|| reading.now())
    }

    /// Puts a clock right that is slow: this interaction has been made by now. It may be of long
    /// ago, since the gateway sends after a break what it could not send before.
    pub(in crate::jobs) fn observe(&self, interaction: InteractionId) {
        let mut reading = self.reading();
        reading.latest = reading.latest.max(interaction.created_at());
        if reading.latest > reading.now() {
            reading.anchor = (reading.latest, Instant::now());
        }
    }

    /// Puts a clock right that is fast, too: Discord has just accepted a response to this interaction,
    /// which it does for three seconds.
    pub(in crate::jobs) fn observe_response(&self, interaction: InteractionId) {
        self.observe(interaction);
        let mut reading = self.reading();
        reading.is_sure = true;
        if reading.latest.saturating_add(TOLERANCE) < reading.now() {
            reading.anchor = (reading.latest, Instant::now());
        }
    }

    fn reading(&self) -> MutexGuard<'_, ClockReading> {
        self.reading.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ClockReading {
    fn now(&self) -> Timestamp {
        let (at, then) = self.anchor;
        at.saturating_add(then.elapsed())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An interaction made this many seconds after Discord's first moment.
    fn interaction(seconds: u64) -> InteractionId {
        InteractionId((seconds * 1000) << 22)
    }

    #[tokio::test(start_paused = true)]
    async fn it_runs_evenly_and_is_put_right_by_interactions() {
        let clock = Clock::starting_at(interaction(1_000_000).created_at());
        tokio::time::advance(Duration::from_secs(5)).await;
        assert_eq!(clock.now(), interaction(1_000_005).created_at());
        clock.observe(interaction(1_000_002));
        assert_eq!(clock.now(), interaction(1_000_005).created_at(), "a little late is no news");
        clock.observe(interaction(1_000_100));
        assert_eq!(clock.now(), interaction(1_000_100).created_at(), "it was slow");
        clock.observe(interaction(500_000));
        assert_eq!(clock.now(), interaction(1_000_100).created_at(), "it came late");
        clock.observe_response(interaction(1_000_099));
        assert_eq!(clock.now(), interaction(1_000_100).created_at(), "another one was later");
    }

    #[tokio::test(start_paused = true)]
    async fn only_an_interaction_that_was_answered_tells_that_it_is_fast() {
        let clock = Clock::starting_at(interaction(1_000_000).created_at());
        clock.observe(interaction(500_000));
        assert_eq!(clock.now(), interaction(1_000_000).created_at());
        assert_eq!(clock.surely(), None);
        clock.observe_response(interaction(999_950));
        assert_eq!(clock.now(), interaction(1_000_000).created_at(), "a little late is no news");
        let clock = Clock::starting_at(interaction(1_000_000).created_at());
        clock.observe_response(interaction(500_000));
        assert_eq!(clock.now(), interaction(500_000).created_at());
        assert_eq!(clock.surely(), Some(clock.now()));
    }
}
