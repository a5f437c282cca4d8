//! What is said in place of what Discord rejects.

use crate::domain::{JobId, UserId};

/// In place of a message that Discord would not take.
pub fn stripped(requester: UserId, has_song: bool) -> String {
    let news = if has_song { "is done" } else { "could not be made" };
    format!("<@{requester}>'s song {news}. Discord didn't let me show more than this.")
}

/// In place of a message that Discord would not take even then.
pub fn without_links(requester: UserId, has_song: bool) -> String {
    if has_song {
        format!(
            "<@{requester}>'s song is done, but Discord doesn't let me show its link. \
             `/my-data export` gives them the link in a file."
        )
    } else {
        stripped(requester, has_song)
    }
}

/// In place of a message that Discord rejects in every other form: without a mention, a link or
/// anything that somebody else wrote. It names the job's id, by which the message is found again.
pub fn bare(job: JobId, has_song: bool) -> String {
    let number = song_number(job);
    if has_song {
        format!(
            "{number} is done, but Discord doesn't let me show it here. `/my-data export` gives its \
             link in a file to the person who asked for it."
        )
    } else {
        format!("{number} could not be made. Discord doesn't let me show more than this.")
    }
}

fn song_number(job: JobId) -> String {
    format!("Song {job}")
}

/// In place of a reply whose content Discord rejects.
pub const REPLY_NOT_SHOWN: &str = "Discord didn't let me show that here. Try it in another channel, or in a direct message to me.";
