//! What a requester still gets once the outcome is shown.

use crate::domain::{ChannelId, MessageId};

/// Where an outcome is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shown {
    /// The message.
    pub message: MessageId,
    /// The channel that it is in: not the one of the command where it went to the requester
    /// directly.
    pub channel: ChannelId,
    /// Whether it is plain text, since Discord would not show the whole of it.
    pub bare: bool,
}

/// Which follow-ups the host allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FollowUpSettings {
    /// Word that it is ready.
    pub notice: bool,
    /// Its audio, as a file that plays inside Discord.
    pub audio: bool,
    /// Its cover, as a file that outlives Whisul's link.
    pub cover: bool,
}

/// The follow-ups that a job still needs. None is added later.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FollowUps {
    /// Word that the song is ready.
    pub notice: bool,
    /// The song's files.
    pub files: bool,
}

impl FollowUps {
    /// Whether none is left.
    pub fn is_empty(self) -> bool {
        self == Self::default()
    }
}
