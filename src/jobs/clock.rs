//! What time it is, by Discord's clock.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

use crate::domain::{JobId, Timestamp};

/// How far an interaction that was answered may lie back before that says that this clock is fast.
const TOLERANCE: Duration = Duration::from_mins(1);

/// A clock that starts from the machine's own, runs evenly however that one is set meanwhile, and
/// is put right by the interactions that come in: their ids carry Discord's time.
#[derive(Debug)]
pub struct Clock {
    /// A time, and when it was that time.
    anchor: Mutex<(Timestamp, Instant)>,
}

impl Clock {
    /// A clock that is believed to show this time now.
    pub fn starting_at(now: Timestamp) -> Self {
        Self { anchor: Mutex::new((now, Instant::now())) }
    }

    /// What time it is.
    pub fn now(&self) -> Timestamp {
        let (at, then) = *self.anchor.lock().unwrap_or_else(PoisonError::into_inner);
        at.after(then.elapsed())
    }

    /// Puts a clock right that is slow: this interaction has been made by now. It may be of long
    /// ago, since the gateway sends after a break what it could not send before.
    pub(super) fn hear(&self, interaction: JobId) {
        if interaction.created_at() > self.now() {
            self.set(interaction.created_at());
        }
    }

    /// Puts a clock right that is fast, too: Discord has just taken an answer to this interaction,
    /// which it does for three seconds.
    pub(super) fn hear_answered(&self, interaction: JobId) {
        if interaction.created_at().after(TOLERANCE) < self.now() {
            self.set(interaction.created_at());
        }
    }

    fn set(&self, now: Timestamp) {
        let mut anchor = self.anchor.lock().unwrap_or_else(PoisonError::into_inner);
        *anchor = (now, Instant::now());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An interaction made this many seconds after Discord's first moment.
    fn interaction(seconds: u64) -> JobId {
        JobId((seconds * 1000) << 22)
    }

    #[tokio::test(start_paused = true)]
    async fn it_runs_evenly_and_is_put_right_by_interactions() {
        let clock = Clock::starting_at(interaction(1_000_000).created_at());
        tokio::time::advance(Duration::from_secs(5)).await;
        assert_eq!(clock.now(), interaction(1_000_005).created_at());
        clock.hear(interaction(1_000_002));
        assert_eq!(clock.now(), interaction(1_000_005).created_at(), "a little late is no news");
        clock.hear(interaction(1_000_100));
        assert_eq!(clock.now(), interaction(1_000_100).created_at(), "it was slow");
        clock.hear(interaction(500_000));
        assert_eq!(clock.now(), interaction(1_000_100).created_at(), "it came late");
        clock.hear_answered(interaction(1_000_050));
        assert_eq!(clock.now(), interaction(1_000_100).created_at(), "a little late is no news");
        clock.hear_answered(interaction(500_000));
        assert_eq!(clock.now(), interaction(500_000).created_at(), "it was fast");
    }
}
