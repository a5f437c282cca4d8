//! Whisul: takes prompts, and makes of each what it pleases.

use std::time::Duration;

use whisul_bot::domain::{Report, Song, Submission, WhisulJob, WhisulJobId};

use super::{agenda::Moment, chance::Chance};

/// All that Whisul has ever taken.
#[derive(Default)]
pub(crate) struct Whisul {
    songs: Vec<WhisulSong>,
}

struct WhisulSong {
    /// For which job of the bot's.
    index: usize,
    taken_at: Moment,
    ends_at: Moment,
    end: End,
}

/// What becomes of a song.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    Completed,
    Failed,
    /// Whisul forgets it.
    Lost,
    /// It runs for ever.
    Never,
    /// What it says about it is of no use.
    Unreadable,
}

impl Whisul {
    /// Takes a prompt, or doesn't.
    pub(crate) fn submit(&mut self, index: usize, now: Moment, chance: &mut Chance) -> Submission {
        match chance.number(0..40) {
            0 => return Submission::Rejected { reason: None },
            1 => return Submission::Refused,
            _ => {}
        }
        let takes =
            if chance.of(0.1) { chance.seconds(600..2400) } else { chance.seconds(20..240) };
        let end = match chance.number(0..20) {
            0 => End::Failed,
            1 => End::Lost,
            2 => End::Never,
            3 => End::Unreadable,
            _ => End::Completed,
        };
        let id = WhisulJobId::parse(&self.songs.len().to_string()).unwrap();
        self.songs.push(WhisulSong { index, taken_at: now, ends_at: now.after(takes), end });
        Submission::Taken(WhisulJob { id, poll_url: None })
    }

    /// Whether it never takes this prompt, nor says why.
    pub(crate) fn dislikes(index: usize) -> bool {
        index % 29 == 28
    }

    /// How the song of this number stands, unless nobody can read that.
    pub(crate) fn report(&self, number: usize, now: Moment) -> Option<Report> {
        let song = &self.songs[number];
        Some(match song.end {
            _ if now < song.ends_at => Report::Running,
            End::Completed => {
                let took = song.ends_at.since(song.taken_at);
                let song_url = Some("https://whisul.example/1.mp3".to_owned());
                Report::Completed { song: Song { song_url, ..Song::default() }, took: Some(took) }
            }
            End::Failed => Report::Failed { reason: None },
            End::Lost => Report::Vanished,
            End::Never => Report::Running,
            End::Unreadable => return None,
        })
    }

    /// How often it took a job's prompt.
    pub(crate) fn times_taken(&self, index: usize) -> usize {
        self.songs.iter().filter(|song| song.index == index).count()
    }

    /// What became of a job's song, if it was taken and has ended by now.
    pub(crate) fn end(&self, index: usize, now: Moment) -> Option<End> {
        let song = self.songs.iter().find(|song| song.index == index)?;
        (now >= song.ends_at).then_some(song.end)
    }

    /// For how long Whisul has had a job's song.
    pub(crate) fn age(&self, index: usize, now: Moment) -> Option<Duration> {
        let song = self.songs.iter().find(|song| song.index == index)?;
        Some(now.since(song.taken_at))
    }
}
