//! The least and the longest time between two polls of a song.

use std::time::Duration;

/// The least time between two polls of a song (Whisul's polling guide).
pub(super) const LEAST: Duration = Duration::from_secs(5);

/// Before a song can be finished, polls are at most so many times the least time apart (30 s). They
/// find failures, and songs of a Whisul that has suddenly become faster.
pub(super) const RARE: u32 = 6;

/// Within how many seconds polls of one song follow each other.
#[derive(Clone, Copy, Debug)]
pub(super) struct Gaps {
    pub(super) least: f64,
    /// Once the song can be finished.
    pub(super) longest: f64,
    /// Before that.
    pub(super) rare: f64,
}

impl Gaps {
    /// With the host's choice of the longest gap. It is below five seconds only where Whisul is a
    /// server on this machine; then everything is as much faster.
    pub(super) fn new(longest: Duration) -> Self {
        let least = LEAST.min(longest);
        let rare = (least * RARE).max(longest);
        let [least, longest, rare] = [least, longest, rare].map(|gap| gap.as_secs_f64());
        Self { least, longest, rare }
    }

    /// The seconds within which a poll has to follow one at this age of the song.
    pub(super) fn limit(&self, age: f64, earliest: f64) -> f64 {
        (age.max(earliest) - age + self.longest).min(self.rare).max(self.least)
    }
}
