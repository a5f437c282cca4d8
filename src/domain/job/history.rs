//! How long settled jobs are remembered.

use std::time::Duration;

use crate::domain::Timestamp;

/// Remembered beyond the retention, so that an interaction that comes late is still judged by all
/// charges in its window. A later one than this is as good as none: its token is void.
const SLACK: Duration = Duration::from_hours(1);

/// The time before which settled jobs may be forgotten, with quotas whose windows are no longer
/// than `retention`.
///
/// Counts from the earlier of two times: what the clock shows, and when the `latest` job was asked
/// for by Discord's clock. So a clock that is fast forgets nothing too early.
pub fn forgotten_before(now: Timestamp, latest: Timestamp, retention: Duration) -> Timestamp {
    now.min(latest).saturating_sub(retention).saturating_sub(SLACK)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::Quota;

    const fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    proptest! {
        /// Whatever the clock shows: no quota decides otherwise because a charge was forgotten,
        /// not even about an interaction that is as late as can be.
        #[test]
        fn what_is_forgotten_counts_for_no_quota(
            now in any::<i64>(),
            latest in 0..i64::MAX / 2,
            retention in 1..1_000_000_000_u64,
            shorter in 0.0..1.0,
            age in 1..1_000_000_000_i64,
        ) {
            let retention = Duration::from_millis(retention);
            let charge = forgotten_before(at(now), at(latest), retention).millis();
            let charge = at(charge.saturating_sub(age));
            let quota = Quota::Limited { count: 1, window: retention.mul_f64(shorter) };
            let late = at(latest).saturating_sub(SLACK);
            prop_assert_eq!(quota.check(&vec![charge], late), Ok(()));
        }
    }

    #[test]
    fn a_clock_that_is_fast_forgets_nothing_early() {
        let day = Duration::from_hours(24);
        let latest = at(0).saturating_add(100 * day);
        let right = forgotten_before(latest, latest, 90 * day);
        assert_eq!(right, at(0).saturating_add(10 * day).saturating_sub(SLACK));
        assert_eq!(forgotten_before(latest.saturating_add(5000 * day), latest, 90 * day), right);
        assert!(forgotten_before(latest.saturating_sub(day), latest, 90 * day) < right);
    }
}
