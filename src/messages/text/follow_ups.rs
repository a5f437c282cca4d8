//! What is said once a song is there.

use crate::domain::UserId;

/// What is to be seen on a song's cover, for those who can't see.
pub fn cover_of(title: Option<&str>) -> String {
    match title {
        Some(title) => format!("The cover of the song {title}"),
        None => "The cover of the song".to_owned(),
    }
}

/// To the person who waited for a song and may have looked away.
pub fn ready(requester: UserId) -> String {
    format!("🎵 <@{requester}>, your song is ready.")
}

/// They will be told when a song is ready.
pub const NOTICES_ON: &str =
    "Done: when a song of yours took more than a minute, I tell you that it is ready.";
/// They won't.
pub const NOTICES_OFF: &str =
    "Done: I don't tell you when a song is ready. Its message shows it as always.";
/// Nobody will, whatever they choose.
pub const NOTICES_OFF_HERE: &str = "I've noted that. At present this bot tells nobody when songs \
                                    are ready: its owner decides that.";
