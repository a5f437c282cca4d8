//! Waiting longer after each failure.

use std::time::Duration;

/// Exponential backoff with full jitter: a random wait between nothing and a bound that doubles
/// with each failure, so that many who failed together don't return together.
#[derive(Clone, Debug)]
pub(crate) struct Backoff {
    base: Duration,
    most: Duration,
    failures: u32,
}

impl Backoff {
    pub(crate) const fn new(base: Duration, most: Duration) -> Self {
        Self { base, most, failures: 0 }
    }

    /// The wait after one more failure.
    pub(crate) fn next(&mut self) -> Duration {
        self.next_whole().mul_f64(fastrand::f64())
    }

    /// The same without any jitter: for one who waits alone.
    pub(crate) fn next_whole(&mut self) -> Duration {
        let bound = self.base.saturating_mul(2_u32.saturating_pow(self.failures)).min(self.most);
        self.failures = self.failures.saturating_add(1);
        bound
    }

    /// Starts over after a success.
    pub(crate) fn reset(&mut self) {
        self.failures = 0;
    }
}

/// A wait as the log tells it, to a tenth of a second: `2.3s`.
pub(crate) fn rounded(wait: Duration) -> Duration {
    Duration::from_millis(
        u64::try_from(wait.as_millis()).unwrap_or(u64::MAX).div_ceil(100).saturating_mul(100),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);
    const MINUTE: Duration = Duration::from_mins(1);

    #[test]
    fn a_wait_is_told_to_a_tenth_of_a_second() {
        for (wait, told) in [(29, "100ms"), (0, "0ns"), (2_301, "2.4s"), (3_600_000, "3600s")] {
            assert_eq!(format!("{:?}", rounded(Duration::from_millis(wait))), told);
        }
    }

    #[test]
    fn waits_grow_to_their_bound_and_start_over() {
        let mut backoff = Backoff::new(SECOND, MINUTE);
        for failures in 0..100 {
            let bound = Duration::from_secs(1 << failures.min(6)).min(MINUTE);
            assert!(backoff.next() <= bound);
        }
        backoff.reset();
        assert!(backoff.next() <= SECOND);
    }
}
