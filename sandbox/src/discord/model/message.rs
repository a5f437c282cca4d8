//! Messages and their files.

use std::time::Instant;

use axum::body::Bytes;
use serde_json::Value;

use crate::discord::model::mentions::{Mentions, Ping};
use crate::discord::model::reaction::Reaction;

/// `EPHEMERAL`: only the person who used the interaction sees the message
/// (<https://docs.discord.com/developers/resources/message#message-object-message-flags>).
pub(crate) const EPHEMERAL: u64 = 1 << 6;
/// `LOADING`: the bot "is thinking…".
pub(crate) const LOADING: u64 = 1 << 7;
/// `SUPPRESS_EMBEDS`.
pub(crate) const SUPPRESS_EMBEDS: u64 = 1 << 2;
/// `IS_COMPONENTS_V2`: the message is made of components alone.
pub(crate) const COMPONENTS_V2: u64 = 1 << 15;
/// `SUPPRESS_NOTIFICATIONS`.
pub(crate) const SUPPRESS_NOTIFICATIONS: u64 = 1 << 12;

/// A message as it is kept.
#[derive(Debug)]
pub(crate) struct StoredMessage {
    pub(crate) id: u64,
    pub(crate) channel: u64,
    pub(crate) author: u64,
    /// The message type: 0 plain, 19 reply, 20 slash command, 23 menu command.
    pub(crate) kind: u8,
    pub(crate) content: String,
    pub(crate) embeds: Vec<Value>,
    pub(crate) components: Vec<Value>,
    /// Ids of its files.
    pub(crate) files: Vec<u64>,
    pub(crate) flags: u64,
    pub(crate) tts: bool,
    /// The message it replies to.
    pub(crate) reply_to: Option<u64>,
    pub(crate) nonce: Option<Value>,
    pub(crate) mentions: Mentions,
    /// Who was notified when it appeared.
    pub(crate) pings: Vec<Ping>,
    /// The interaction it answers.
    pub(crate) interaction: Option<u64>,
    /// The only person who sees it.
    pub(crate) only_for: Option<u64>,
    /// Milliseconds since 1970.
    pub(crate) edited: Option<u64>,
    /// The poll object, but for its results.
    pub(crate) poll: Option<Value>,
    pub(crate) reactions: Vec<Reaction>,
    /// When it was pinned, in milliseconds since 1970.
    pub(crate) pinned: Option<u64>,
    pub(crate) deleted: bool,
    pub(crate) created: Instant,
    /// Edits since the message counts as old.
    pub(crate) old_edits: usize,
    /// Each state that it had, the first one included.
    pub(crate) revisions: Vec<Revision>,
}

/// A state that a message had.
#[derive(Clone, Debug)]
pub struct Revision {
    /// When the message took this form.
    pub at: Instant,
    /// The message object as Discord's API shows it.
    pub json: Value,
}

/// A file of a message.
#[derive(Debug)]
pub(crate) struct StoredFile {
    pub(crate) id: u64,
    pub(crate) channel: u64,
    pub(crate) name: String,
    pub(crate) content_type: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) bytes: Bytes,
}

/// A nonce that must not create a second message.
#[derive(Debug)]
pub(crate) struct RememberedNonce {
    pub(crate) at: Instant,
    pub(crate) channel: u64,
    pub(crate) nonce: Value,
    pub(crate) message: u64,
}

/// An uploaded file.
#[derive(Clone, Debug)]
pub(crate) struct Upload {
    /// The number in `files[n]`, by which `attachments` describes it.
    pub(crate) number: u64,
    pub(crate) name: String,
    pub(crate) content_type: Option<String>,
    pub(crate) bytes: Bytes,
}
