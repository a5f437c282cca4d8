//! Discord's ids and its clock.
//!
//! An id holds the millisecond of its making, counted from 2015, above 22 bits that keep ids of
//! one millisecond apart (<https://docs.discord.com/developers/reference#snowflakes>).

use std::time::{SystemTime, UNIX_EPOCH};

use time::{Duration, OffsetDateTime};

/// The first second of 2015, in milliseconds since 1970.
const DISCORD_EPOCH: u64 = 1_420_070_400_000;

/// The clock that ids and timestamps are taken from.
#[derive(Debug, Default)]
pub(crate) struct Clock {
    /// How far Discord's clock is ahead of this machine's, in milliseconds.
    pub(crate) ahead: i64,
    made: u64,
}

impl Clock {
    /// Now, in milliseconds since 1970.
    pub(crate) fn now(&self) -> u64 {
        let here = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
        u64::try_from(here).unwrap_or(u64::MAX).saturating_add_signed(self.ahead)
    }

    /// A new id.
    pub(crate) fn id(&mut self) -> u64 {
        self.made += 1;
        (self.now().saturating_sub(DISCORD_EPOCH) << 22) | (self.made & 0x3F_FFFF)
    }
}

/// When an id was made, in milliseconds since 1970.
pub(crate) fn made_at(id: u64) -> u64 {
    (id >> 22) + DISCORD_EPOCH
}

/// Milliseconds since 1970 as Discord writes a time: `2026-08-01T12:30:00.123000+00:00`.
pub(crate) fn timestamp(milliseconds: u64) -> String {
    let at = OffsetDateTime::UNIX_EPOCH + Duration::milliseconds(milliseconds.cast_signed());
    format!("{}T{}.{:03}000+00:00", at.date(), clock(at), at.millisecond())
}

fn clock(at: OffsetDateTime) -> String {
    let (hour, minute, second) = at.to_hms();
    format!("{hour:02}:{minute:02}:{second:02}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timestamp_is_the_civil_date() {
        assert_eq!(timestamp(1_709_210_096_007), "2024-02-29T12:34:56.007000+00:00");
        assert_eq!(timestamp(DISCORD_EPOCH), "2015-01-01T00:00:00.000000+00:00");
    }

    #[test]
    fn an_id_tells_when_it_was_made() {
        let mut clock = Clock { ahead: 3_600_000, made: 0 };
        let (before, id, after) = (clock.now(), clock.id(), clock.now());
        assert!((before..=after).contains(&made_at(id)));
        assert!(clock.id() > id);
    }
}
