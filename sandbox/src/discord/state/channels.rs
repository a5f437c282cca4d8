//! Channels and threads: who sees them, what the bot may do there, their JSON.

use serde_json::{Value, json};

use crate::discord::api::error::ApiError;
use crate::discord::api::json::merged;
use crate::discord::api::snowflake::{made_at, timestamp};
use crate::discord::model::channel::{Channel, Place};
use crate::discord::model::permission;
use crate::discord::model::thread::Thread;
use crate::discord::state::DiscordState;

impl DiscordState {
    /// A channel that exists.
    pub(crate) fn channel(&self, id: u64) -> Result<&Channel, ApiError> {
        let channel = self.channels.get(&id).filter(|channel| !channel.deleted);
        channel.ok_or(ApiError::UNKNOWN_CHANNEL)
    }

    /// A channel that the bot's token may see.
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

    /// Whether a person can see a channel.
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
                "permission_overwrites": self.overwrites_json(channel),
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

    /// What the bot may not do here, as an overwrite of its own
    /// (<https://docs.discord.com/developers/resources/channel#overwrite-object>).
    fn overwrites_json(&self, channel: &Channel) -> Value {
        if channel.denied_to_bot == 0 {
            return json!([]);
        }
        let (bot, denied) = (self.bot.to_string(), channel.denied_to_bot.to_string());
        json!([{ "id": bot, "type": 1, "allow": "0", "deny": denied }])
    }

    /// The channels of a server.
    pub(crate) fn channels_json(&self, guild: u64) -> Value {
        let channels = self.channels.values();
        let own = channels.filter(|channel| {
            channel.guild() == Some(guild) && channel.thread.is_none() && !channel.deleted
        });
        own.map(|channel| self.channel_json(channel)).collect()
    }

    /// Deletes a channel with its messages.
    pub(crate) fn remove_channel(&mut self, id: u64) {
        if let Some(channel) = self.channels.get_mut(&id) {
            channel.deleted = true;
        }
        let own = self.messages.values_mut().filter(|message| message.channel == id);
        own.for_each(|message| message.deleted = true);
    }
}

impl DiscordState {
    /// The fields of a thread's channel object.
    pub(crate) fn thread_json(&self, channel: &Channel, thread: &Thread) -> Value {
        let messages = self.messages.values();
        let count = messages.filter(|it| it.channel == channel.id && !it.deleted).count();
        json!({
            "type": thread.kind,
            "guild_id": channel.guild().map(|guild| guild.to_string()),
            "name": channel.name,
            "parent_id": thread.parent.to_string(),
            "owner_id": thread.owner.to_string(),
            "rate_limit_per_user": 0,
            "message_count": count,
            "member_count": thread.members.len(),
            "total_message_sent": count,
            "thread_metadata": {
                "archived": channel.archived,
                "archive_timestamp": timestamp(made_at(channel.id)),
                "auto_archive_duration": thread.auto_archive_duration,
                "locked": thread.locked,
                "create_timestamp": timestamp(made_at(channel.id)),
            },
        })
    }

    /// The thread member object.
    pub(crate) fn thread_member_json(thread: u64, user: u64) -> Value {
        json!({
            "id": thread.to_string(),
            "user_id": user.to_string(),
            "join_timestamp": timestamp(made_at(thread)),
            "flags": 0,
        })
    }

    /// The threads of a server that are not archived.
    pub(crate) fn active_threads(&self, guild: u64) -> impl Iterator<Item = &Channel> {
        self.channels.values().filter(move |channel| {
            channel.guild() == Some(guild)
                && channel.thread.is_some()
                && !channel.archived
                && !channel.deleted
        })
    }
}
