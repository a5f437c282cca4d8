//! A song: what Whisul made of a prompt.

use std::{fmt, time::Duration};

/// Whisul's result. Its documentation promises every field of a completed job, and then that they
/// are "only guaranteed when completed": each may be missing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Song {
    /// The title that Whisul gave it.
    pub title: Option<String>,
    /// Beats per minute, possibly fractional; always finite and positive.
    pub bpm: Option<f64>,
    /// How long the song plays.
    pub length: Option<SongLength>,
    /// Style, genre and instruments, one each.
    pub tags: Vec<String>,
    /// Where the audio file is. Not yet known to be a link that may be shown.
    pub song_url: Option<String>,
    /// Where the cover picture is. Not yet known to be a link that may be shown.
    pub image_url: Option<String>,
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
