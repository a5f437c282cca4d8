//! Percentiles of durations.

use std::time::Duration;

use sandbox::Invocation;

/// What a command without any answer counts as: so long does Discord wait for one.
const UNANSWERED: Duration = Duration::from_secs(3);

/// Durations in order.
pub(crate) struct Latencies(Vec<Duration>);

impl Latencies {
    /// From event to callback: see [`Invocation::latency`].
    pub(crate) fn of(commands: &[Invocation]) -> Self {
        commands.iter().map(|command| command.latency().unwrap_or(UNANSWERED)).collect()
    }

    /// The nearest-rank percentile in milliseconds; 0 of nothing.
    pub(crate) fn percentile(&self, percent: usize) -> f64 {
        let rank = (self.0.len() * percent).div_ceil(100).max(1);
        self.0.get(rank - 1).map_or(0.0, |latency| millis(*latency))
    }
}

impl FromIterator<Duration> for Latencies {
    fn from_iter<I: IntoIterator<Item = Duration>>(durations: I) -> Self {
        let mut all: Vec<Duration> = durations.into_iter().collect();
        all.sort_unstable();
        Self(all)
    }
}

/// A duration in milliseconds.
pub(crate) fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}
