//! Who cancelled a song that was still in the queue, and why.

use crate::domain::UserId;

/// A waiting song is cancelled: by whom, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cancellation {
    /// By whom.
    pub by: Canceller,
    /// The reason that they gave, in their own words.
    pub reason: Option<String>,
}

/// Who cancels a song.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Canceller {
    /// The person who asked for it.
    Requester,
    /// A moderator of the server where it was asked for.
    Moderator(UserId),
    /// The bot's owner.
    Owner,
    /// Somebody deleted its message; Discord does not say who.
    Deletion,
}

impl Cancellation {
    /// One without a reason.
    pub fn by(by: Canceller) -> Self {
        Self { by, reason: None }
    }
}
