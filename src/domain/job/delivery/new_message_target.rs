//! Where an outcome is posted as a new message.

/// A new message in place of one that can't be edited: where it is posted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NewMessageTarget {
    /// In the channel where the song was asked for.
    InChannel,
    /// To its requester directly.
    Direct,
}
