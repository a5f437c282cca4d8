//! How much of everything is measured, in full and in the short form.

use std::{ops::RangeInclusive, time::Duration};

/// So many commands at this pace.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Burst {
    pub(crate) commands: usize,
    pub(crate) per_second: u32,
}

/// How much of everything is measured.
#[derive(Clone, Debug)]
pub(crate) struct Sizes {
    /// How long a bot idles before its memory is read.
    pub(crate) idle: Duration,
    /// How often a song is polled, and how often songs are while very many are under way.
    pub(crate) poll: Duration,
    pub(crate) slow_poll: Duration,
    /// Commands one by one.
    pub(crate) calm: Burst,
    /// Songs that are then under way.
    pub(crate) fill: Burst,
    /// Commands beside them.
    pub(crate) busy: Burst,
    /// For how long CPU time and polls are counted.
    pub(crate) window: Duration,
    /// Songs from which the bot learns how long they take.
    pub(crate) taught: Burst,
    /// More than a bot of this kind ever meets.
    pub(crate) flood: Burst,
    /// The songs of which is measured when they are seen to be finished, and how long they take in
    /// milliseconds.
    pub(crate) noticed: Burst,
    pub(crate) song_millis: RangeInclusive<u64>,
    /// Numbers of past and of unfinished jobs on disk at a start.
    pub(crate) past_jobs: &'static [u64],
    pub(crate) unfinished_jobs: &'static [u64],
    /// Commands answered beside past jobs.
    pub(crate) beside_past: Burst,
    /// For how long writes are counted.
    pub(crate) quiet: Duration,
}

impl Sizes {
    /// Those of the table.
    pub(crate) fn full() -> Self {
        Self {
            idle: Duration::from_secs(5),
            poll: Duration::from_secs(6),
            slow_poll: Duration::from_secs(10),
            calm: Burst { commands: 60, per_second: 5 },
            fill: Burst { commands: 1000, per_second: 100 },
            busy: Burst { commands: 1000, per_second: 50 },
            window: Duration::from_secs(18),
            taught: Burst { commands: 40, per_second: 20 },
            flood: Burst { commands: 20_000, per_second: 500 },
            noticed: Burst { commands: 200, per_second: 20 },
            song_millis: 40_000..=100_000,
            past_jobs: &[0, 1000, 10_000, 100_000, 1_000_000],
            unfinished_jobs: &[0, 1000, 10_000, 100_000],
            beside_past: Burst { commands: 30, per_second: 5 },
            quiet: Duration::from_mins(1),
        }
    }

    /// Those of the test: everything happens, in half a minute and with a debug build.
    pub(crate) fn short() -> Self {
        Self {
            idle: Duration::from_millis(500),
            poll: Duration::from_secs(1),
            slow_poll: Duration::from_secs(1),
            calm: Burst { commands: 5, per_second: 5 },
            fill: Burst { commands: 20, per_second: 40 },
            busy: Burst { commands: 20, per_second: 20 },
            window: Duration::from_secs(3),
            taught: Burst { commands: 5, per_second: 20 },
            flood: Burst { commands: 60, per_second: 60 },
            noticed: Burst { commands: 5, per_second: 20 },
            song_millis: 300..=900,
            past_jobs: &[0, 500],
            unfinished_jobs: &[0, 50],
            beside_past: Burst { commands: 5, per_second: 20 },
            quiet: Duration::from_secs(2),
        }
    }
}
