//! Channels: a server's, direct messages, group direct messages.

use crate::discord::model::thread::Thread;

/// A channel.
#[derive(Debug)]
pub(crate) struct Channel {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) place: Place,
    /// What the bot may not do here, in permission bits.
    pub(crate) denied_to_bot: u64,
    /// A thread that was archived and locked.
    pub(crate) archived: bool,
    pub(crate) deleted: bool,
    /// What it is besides, if it is a thread.
    pub(crate) thread: Option<Thread>,
}

/// Whose channel it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// A text channel of this server.
    Guild(u64),
    /// The direct messages of this person and the bot.
    BotDm(u64),
    /// Direct messages among people, the bot not being one of them.
    Private(Vec<u64>),
}

impl Channel {
    /// A channel that everybody concerned may use.
    pub(crate) fn new(id: u64, name: &str, place: Place) -> Self {
        let name = name.to_owned();
        Self { id, name, place, denied_to_bot: 0, archived: false, deleted: false, thread: None }
    }

    /// Whether a new message opens it although it is archived.
    pub(crate) fn reopens(&self) -> bool {
        self.thread.as_ref().is_some_and(|thread| !thread.locked)
    }

    /// The server it belongs to.
    pub(crate) fn guild(&self) -> Option<u64> {
        match self.place {
            Place::Guild(guild) => Some(guild),
            Place::BotDm(_) | Place::Private(_) => None,
        }
    }

    /// The number of the interaction context
    /// (<https://docs.discord.com/developers/interactions/receiving-and-responding#interaction-object-interaction-context-types>).
    pub(crate) fn context(&self) -> u8 {
        match self.place {
            Place::Guild(_) => 0,
            Place::BotDm(_) => 1,
            Place::Private(_) => 2,
        }
    }
}
