//! Numbers about many songs.

use std::time::Duration;

use crate::domain::UserId;

/// What became of the songs of some time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// How many were made.
    pub songs: u64,
    /// How many failed.
    pub failures: u64,
    /// How long half of them took at most.
    pub median: Option<Duration>,
    /// How long nine of ten took at most.
    pub ninetieth: Option<Duration>,
    /// Who had the most songs made, and how many: the most first.
    pub top: Vec<(UserId, u64)>,
}

/// How many of `count` values, sorted upwards, stand before the one at a percentile: the smallest
/// value that at least so many percent do not exceed (the nearest rank). `None` without values.
pub fn rank_before(count: u64, percent: u64) -> Option<u64> {
    let rank = count.checked_mul(percent.min(100))?.div_ceil(100);
    (count > 0).then(|| rank.saturating_sub(1))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn percentiles_of_a_few_values() {
        assert_eq!(rank_before(0, 50), None);
        assert_eq!(rank_before(1, 90), Some(0));
        assert_eq!(rank_before(4, 50), Some(1));
        assert_eq!(rank_before(5, 50), Some(2));
        assert_eq!(rank_before(10, 90), Some(8));
    }

    proptest! {
        #[test]
        fn a_percentile_is_the_smallest_value_that_is_enough(
            mut values in prop::collection::vec(0..50_u32, 1..60),
            percent in 1..=100_u64,
        ) {
            values.sort_unstable();
            let count = values.len() as u64;
            let before = rank_before(count, percent).unwrap();
            let value = values[usize::try_from(before).unwrap()];
            let up_to = |limit: u32| values.iter().filter(|value| **value <= limit).count() as u64;
            prop_assert!(up_to(value) * 100 >= count * percent);
            prop_assert!(value == values[0] || up_to(value - 1) * 100 < count * percent);
        }
    }
}
