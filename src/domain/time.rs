//! Points in time.

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
    pub fn after(self, wait: Duration) -> Self {
        let millis = i64::try_from(wait.as_millis()).unwrap_or(i64::MAX);
        Self(self.0.saturating_add(millis))
    }
}

/// The units in which people write durations, largest first, in seconds.
const UNITS: [(char, u64); 5] =
    [('w', 7 * 24 * 3600), ('d', 24 * 3600), ('h', 3600), ('m', 60), ('s', 1)];

/// Reads a duration such as `30m`: a whole number and one of `s`, `m`, `h`, `d`, `w`. At most ten
/// years, so that it can be added to any time.
pub fn parse_duration(text: &str) -> Option<Duration> {
    const TEN_YEARS: u64 = 10 * 365 * 24 * 3600;
    let text = text.trim();
    let unit = text.chars().next_back()?;
    let (_, seconds) = UNITS.into_iter().find(|(name, _)| *name == unit)?;
    let number: u64 = text.strip_suffix(unit)?.parse().ok()?;
    let total = number.checked_mul(seconds).filter(|total| *total <= TEN_YEARS)?;
    Some(Duration::from_secs(total))
}

/// Writes a duration as [`parse_duration`] reads it, in the largest unit that divides it.
pub fn format_duration(duration: Duration) -> String {
    let total = duration.as_secs();
    let whole = |(_, seconds): &(char, u64)| total > 0 && total.is_multiple_of(*seconds);
    let (name, seconds) = UNITS.into_iter().find(whole).unwrap_or(('s', 1));
    format!("{}{name}", total / seconds)
}
