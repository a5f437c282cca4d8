//! Points in time, and durations.

mod rough;

pub use rough::{Rough, Unit};

use std::time::Duration;

/// The first millisecond of 2015, from which Discord's snowflakes count.
const DISCORD_EPOCH_MILLIS: i64 = 1_420_070_400_000;

/// A point in time, in milliseconds since 1970 (UTC).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// From milliseconds since 1970.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since 1970.
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// Whole seconds since 1970, as Discord's `<t:…>` markup takes them.
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// The time that a snowflake carries in its upper 42 bits.
    pub fn of_snowflake(snowflake: u64) -> Self {
        let millis = i64::try_from(snowflake >> 22).unwrap_or(i64::MAX);
        Self(millis.saturating_add(DISCORD_EPOCH_MILLIS))
    }

    /// How much later this is than `earlier`; nothing if it is not later.
    pub fn since(self, earlier: Self) -> Duration {
        let millis = self.0.saturating_sub(earlier.0);
        Duration::from_millis(u64::try_from(millis).unwrap_or(0))
    }

    /// This time and a while more.
    #[must_use]
    pub fn saturating_add(self, wait: Duration) -> Self {
        let millis = i64::try_from(wait.as_millis()).unwrap_or(i64::MAX);
        Self(self.0.saturating_add(millis))
    }

    /// This time and a while less.
    #[must_use]
    pub fn saturating_sub(self, wait: Duration) -> Self {
        let millis = i64::try_from(wait.as_millis()).unwrap_or(i64::MAX);
        Self(self.0.saturating_sub(millis))
    }
}

/// The units in which people write durations, largest first, in milliseconds.
const UNITS: [(&str, u128); 6] = [
    ("w", 7 * 24 * 3_600_000),
    ("d", 24 * 3_600_000),
    ("h", 3_600_000),
    ("m", 60_000),
    ("s", 1000),
    ("ms", 1),
];

/// Reads a duration such as `30m`: a whole number and one of `ms`, `s`, `m`, `h`, `d`, `w`. At most
/// ten years, so that it can be added to any time.
pub fn parse_duration(text: &str) -> Option<Duration> {
    const TEN_YEARS: u128 = 10 * 365 * 24 * 3_600_000;
    let text = text.trim();
    let unit = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let number: u64 = text.strip_suffix(unit)?.parse().ok()?;
    let (_, millis) = UNITS.into_iter().find(|(name, _)| name.eq_ignore_ascii_case(unit))?;
    let total = u128::from(number).checked_mul(millis).filter(|total| *total <= TEN_YEARS)?;
    Some(Duration::from_millis(u64::try_from(total).ok()?))
}

/// Reads `COUNT/WINDOW`, such as `5/1d`: a count that is yet to be read, and a window that is no
/// instant.
pub fn parse_count_per_window(text: &str) -> Option<(&str, Duration)> {
    let (count, window) = text.split_once('/')?;
    let window = parse_duration(window).filter(|window| !window.is_zero())?;
    Some((count.trim(), window))
}

/// Writes a duration as [`parse_duration`] reads it, in the largest unit that divides it.
pub fn format_duration(duration: Duration) -> String {
    let total = duration.as_millis();
    let whole = |(_, millis): &(&str, u128)| total > 0 && total.is_multiple_of(*millis);
    let (name, millis) = UNITS.into_iter().find(whole).unwrap_or(("s", 1000));
    format!("{}{name}", total / millis)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn durations_read_and_show_as_people_write_them() {
        for (text, millis) in [
            ("0s", 0),
            ("250ms", 250),
            ("1500ms", 1500),
            ("1s", 1000),
            ("90s", 90_000),
            ("30m", 1_800_000),
            ("12h", 43_200_000),
            ("1d", 86_400_000),
            ("1w", 604_800_000),
        ] {
            let duration = Duration::from_millis(millis);
            assert_eq!(parse_duration(text), Some(duration), "{text}");
            assert_eq!(format_duration(duration), text);
        }
        assert_eq!(parse_duration(" 7D "), parse_duration("1w"));
        for text in ["", "5", "s", "ms", "+5s", "-5s", "5 s", "1.5s", "5s5s", "5é", "522w"] {
            assert_eq!(parse_duration(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_duration_reads_back_as_it_was_written(millis in 0..315_360_000_000_u64) {
            let duration = Duration::from_millis(millis);
            prop_assert_eq!(parse_duration(&format_duration(duration)), Some(duration));
        }

        #[test]
        fn any_text_is_a_duration_or_none(text in any::<String>()) {
            if let Some(duration) = parse_duration(&text) {
                prop_assert_eq!(parse_duration(&format_duration(duration)), Some(duration));
            }
        }
    }
}
