//! Channels: a server's, direct messages, group direct messages.

use serde_json::{Value, json};

use super::permission;
use super::thread::Thread;
use crate::discord::error::ApiError;
use crate::discord::json::merged;
use crate::discord::state::DiscordState;

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

impl DiscordState {
    /// A channel that exists.
    pub(crate) fn channel(&self, id: u64) -> Result<&Channel, ApiError> {
        let channel = self.channels.get(&id).filter(|channel| !channel.deleted);
        channel.ok_or(ApiError::UNKNOWN_CHANNEL)
    }

    /// A channel that the bot's token may look at.
    pub(crate) fn visible_channel(&self, id: u64) -> Result<&Channel, ApiError> {
        let channel = self.channel(id)?;
        if self.bot_permissions(channel) & permission::VIEW_CHANNEL == 0 {
            return Err(ApiError::MISSING_ACCESS);
        }
        Ok(channel)
    }

    /// What the bot may do in a channel as its member.
    pub(crate) fn bot_permissions(&self, channel: &Channel) -> u64 {
        let granted = match &channel.place {
            Place::Guild(guild) => match self.guilds.get(guild) {
                Some(guild) if guild.has_bot => guild.permissions_of(self.bot),
                _ => 0,
            },
            Place::BotDm(_) => permission::MEMBER,
            Place::Private(_) => 0,
        };
        granted & !channel.denied_to_bot
    }

    /// Checks that the bot has a permission in a channel.
    pub(crate) fn require(&self, channel: u64, permission: u64) -> Result<(), ApiError> {
        let held = self.bot_permissions(self.visible_channel(channel)?);
        if held & permission == permission { Ok(()) } else { Err(ApiError::MISSING_PERMISSIONS) }
    }

    /// Whether a person can look at a channel.
    pub(crate) fn admits(&self, channel: &Channel, user: u64) -> bool {
        match &channel.place {
            Place::Guild(guild) => {
                self.guilds.get(guild).is_some_and(|guild| guild.members.contains_key(&user))
            }
            Place::BotDm(person) => *person == user,
            Place::Private(people) => people.contains(&user),
        }
    }

    /// The direct messages of a person and the bot, opened when they are not yet.
    pub(crate) fn open_dm(&mut self, person: u64) -> u64 {
        let place = Place::BotDm(person);
        if let Some(channel) = self.channels.values().find(|channel| channel.place == place) {
            return channel.id;
        }
        let id = self.clock.id();
        self.channels.insert(id, Channel::new(id, "", place));
        id
    }

    /// The channel object (<https://docs.discord.com/developers/resources/channel#channel-object>).
    pub(crate) fn channel_json(&self, channel: &Channel) -> Value {
        let users = |people: &[u64]| people.iter().map(|id| self.user_json(*id)).collect::<Value>();
        let json = json!({
            "id": channel.id.to_string(),
            "last_message_id": null,
            "last_pin_timestamp": null,
            "flags": 0,
        });
        if let Some(thread) = &channel.thread {
            return merged(json, self.thread_json(channel, thread));
        }
        let more = match &channel.place {
            Place::Guild(guild) => json!({
                "type": 0,
                "guild_id": guild.to_string(),
                "name": channel.name,
                "position": 0,
                "permission_overwrites": [],
                "topic": null,
                "nsfw": false,
                "rate_limit_per_user": 0,
                "parent_id": null,
            }),
            Place::BotDm(person) => json!({ "type": 1, "recipients": users(&[*person]) }),
            Place::Private(people) => json!({
                "type": 3,
                "name": channel.name,
                "icon": null,
                "owner_id": people.first().map(u64::to_string),
                "recipients": users(people),
            }),
        };
        merged(json, more)
    }

    /// The channels of a server.
    pub(crate) fn channels_json(&self, guild: u64) -> Value {
        let channels = self.channels.values();
        let own = channels.filter(|channel| {
            channel.guild() == Some(guild) && channel.thread.is_none() && !channel.deleted
        });
        own.map(|channel| self.channel_json(channel)).collect()
    }
}
