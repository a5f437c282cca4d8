//! Durations as people say them.

use std::time::Duration;

/// A unit of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// A second.
    Second,
    /// A minute.
    Minute,
    /// An hour.
    Hour,
}

/// A duration without false precision: 20 seconds, 4 minutes, 2 hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rough {
    /// How many units.
    pub count: u64,
    /// Of which.
    pub unit: Unit,
}

/// The durations that people say, in seconds. Longer ones are whole hours.
const STEPS: [u64; 34] = [
    5, 10, 15, 20, 30, 40, 50, 60, 90, 120, 180, 240, 300, 360, 420, 480, 540, 600, 720, 900, 1200,
    1500, 1800, 2400, 3000, 3600, 5400, 7200, 10_800, 14_400, 18_000, 21_600, 25_200, 28_800,
];
const HOUR: u64 = 3600;

impl Rough {
    /// The nearest one.
    pub fn nearest(duration: Duration) -> Self {
        let (below, above) = around(duration);
        let wanted = duration.as_secs_f64() * 2.0;
        let middle = Duration::from_secs(below.saturating_add(above)).as_secs_f64();
        Self::of(if wanted < middle { below } else { above })
    }

    /// The next one that is no shorter.
    pub fn at_least(duration: Duration) -> Self {
        Self::of(around(duration).1)
    }

    fn of(seconds: u64) -> Self {
        let (unit, length) = match seconds {
            0..60 | 90 => (Unit::Second, 1),
            60..HOUR | 5400 => (Unit::Minute, 60),
            _ => (Unit::Hour, HOUR),
        };
        Self { count: seconds / length, unit }
    }
}

/// The steps, in seconds, between which a duration lies, or at one of which it is.
fn around(duration: Duration) -> (u64, u64) {
    let seconds = duration.as_secs().saturating_add(u64::from(duration.subsec_nanos() > 0));
    let above = STEPS.partition_point(|step| *step < seconds);
    if let Some(step) = STEPS.get(above) {
        let below = above.checked_sub(1).and_then(|at| STEPS.get(at));
        return (*below.unwrap_or(step), *step);
    }
    let hours = seconds.div_ceil(HOUR);
    ((hours - 1).saturating_mul(HOUR), hours.saturating_mul(HOUR))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    impl Rough {
        fn duration(self) -> Duration {
            let seconds = match self.unit {
                Unit::Second => 1,
                Unit::Minute => 60,
                Unit::Hour => HOUR,
            };
            Duration::from_secs(self.count * seconds)
        }
    }

    #[test]
    fn durations_are_rounded_as_people_say_them() {
        use Unit::{Hour, Minute, Second};
        for (seconds, nearest, at_least) in [
            (0, (5, Second), (5, Second)),
            (7, (5, Second), (10, Second)),
            (8, (10, Second), (10, Second)),
            (10, (10, Second), (10, Second)),
            (52, (50, Second), (1, Minute)),
            (55, (1, Minute), (1, Minute)),
            (61, (1, Minute), (90, Second)),
            (80, (90, Second), (90, Second)),
            (110, (2, Minute), (2, Minute)),
            (260, (4, Minute), (5, Minute)),
            (3400, (1, Hour), (1, Hour)),
            (5000, (90, Minute), (90, Minute)),
            (9 * 3600 + 1, (9, Hour), (10, Hour)),
        ] {
            let duration = Duration::from_secs(seconds);
            let rough = |(count, unit)| Rough { count, unit };
            assert_eq!(Rough::nearest(duration), rough(nearest), "{seconds} s");
            assert_eq!(Rough::at_least(duration), rough(at_least), "{seconds} s");
        }
        assert_eq!(Rough::at_least(Duration::from_millis(10_001)).count, 15);
    }

    proptest! {
        #[test]
        fn a_bound_is_no_shorter_and_not_much_longer(millis in 1_000..2_000_000_000_u64) {
            let duration = Duration::from_millis(millis);
            let bound = Rough::at_least(duration).duration();
            prop_assert!(duration <= bound);
            prop_assert!(bound <= Duration::from_secs(5).max(duration * 2));
            let nearest = Rough::nearest(duration).duration();
            prop_assert!(nearest <= bound);
            prop_assert!(nearest.abs_diff(duration) <= bound.abs_diff(duration) || millis < 5000);
        }
    }
}
