//! All randomness of a simulation, from its seed.

use std::{ops::Range, time::Duration};

use fastrand::Rng;

pub(crate) struct Chance(Rng);

impl Chance {
    pub(crate) fn of_seed(seed: u64) -> Self {
        Self(Rng::with_seed(seed))
    }

    /// Whether something with this probability happens.
    pub(crate) fn of(&mut self, probability: f64) -> bool {
        probability > 0.0 && self.0.f64() < probability
    }

    pub(crate) fn number(&mut self, range: Range<u32>) -> u32 {
        self.0.u32(range)
    }

    /// An index into something of this length.
    pub(crate) fn index(&mut self, length: usize) -> usize {
        self.0.usize(..length)
    }

    /// A while, at least and at most so many milliseconds.
    pub(crate) fn millis(&mut self, range: Range<u64>) -> Duration {
        Duration::from_millis(self.0.u64(range))
    }

    /// A while, at least and at most so many seconds.
    pub(crate) fn seconds(&mut self, range: Range<u64>) -> Duration {
        self.millis(range.start * 1000..range.end * 1000)
    }

    /// Nothing in half of all worlds, and up to `most` in the others: what never happens leaves
    /// room for what else does.
    pub(crate) fn rate(&mut self, most: f64) -> f64 {
        if self.of(0.5) { 0.0 } else { self.0.f64() * most }
    }
}
