//! A song: what Whisul made of a prompt.

use std::{fmt, time::Duration};

/// Whisul's result. Its documentation promises every field of a completed job, and then that they
/// are "only guaranteed when completed": each may be missing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Song {
    /// The title that Whisul gave it.
    pub title: Option<String>,
    /// Beats per minute, see [`Song::beats`].
    pub bpm: Option<f64>,
    /// How long the song plays.
    pub length: Option<SongLength>,
    /// Style, genre and instruments, one each.
    pub tags: Vec<String>,
    /// Where the audio file is: an absolute link, of any length.
    pub song_url: Option<String>,
    /// Where the cover picture is, the same.
    pub image_url: Option<String>,
}

impl Song {
    /// Beats per minute to one decimal place, which is what people are shown; `None` for what no
    /// music has.
    pub fn beats(bpm: f64) -> Option<f64> {
        let rounded = (bpm * 10.0).round() / 10.0;
        (1.0..1000.0).contains(&rounded).then_some(rounded)
    }
}

/// A playing time in whole seconds, less than a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SongLength(u32);

impl SongLength {
    const DAY: u32 = 24 * 60 * 60;

    /// From seconds; `None` for nothing or for a day and more, which no song takes.
    pub fn from_seconds(seconds: u32) -> Option<Self> {
        (1..Self::DAY).contains(&seconds).then_some(Self(seconds))
    }

    /// In seconds.
    pub fn seconds(self) -> u32 {
        self.0
    }

    /// As a duration.
    pub fn duration(self) -> Duration {
        Duration::from_secs(self.0.into())
    }
}

/// As `m:ss`, or `h:mm:ss` from an hour on.
impl fmt::Display for SongLength {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (hours, minutes, seconds) = (self.0 / 3600, self.0 / 60 % 60, self.0 % 60);
        match hours {
            0 => write!(formatter, "{minutes}:{seconds:02}"),
            _ => write!(formatter, "{hours}:{minutes:02}:{seconds:02}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beats_have_one_decimal_place_and_are_those_of_music() {
        for (bpm, beats) in [
            (119.96, Some(120.0)),
            (92.44, Some(92.4)),
            (0.96, Some(1.0)),
            (0.94, None),
            (999.94, Some(999.9)),
            (999.96, None),
            (-90.0, None),
            (f64::NAN, None),
        ] {
            assert_eq!(Song::beats(bpm), beats, "{bpm}");
        }
    }

    #[test]
    fn a_song_plays_for_a_second_at_least_and_less_than_a_day() {
        for (seconds, shown) in [
            (0, None),
            (7, Some("0:07")),
            (144, Some("2:24")),
            (3599, Some("59:59")),
            (3600, Some("1:00:00")),
            (86_399, Some("23:59:59")),
            (86_400, None),
        ] {
            let length = SongLength::from_seconds(seconds);
            assert_eq!(length.map(|length| length.to_string()).as_deref(), shown, "{seconds}");
            let plays = length.map(|length| (length.seconds(), length.duration()));
            let known = (seconds, Duration::from_secs(seconds.into()));
            assert_eq!(plays, shown.map(|_| known));
        }
    }
}
