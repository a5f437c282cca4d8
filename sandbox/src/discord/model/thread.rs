//! Threads (<https://docs.discord.com/developers/topics/threads>).

use serde_json::{Value, json};

use super::channel::Channel;
use crate::discord::snowflake::{made_at, timestamp};
use crate::discord::state::DiscordState;

/// What a channel is that is a thread of another.
#[derive(Clone, Debug)]
pub(crate) struct Thread {
    pub(crate) parent: u64,
    /// 11 public, 12 private.
    pub(crate) kind: u8,
    pub(crate) owner: u64,
    pub(crate) members: Vec<u64>,
    /// Minutes without a message after which it is archived; here it never is by itself.
    pub(crate) auto_archive_duration: i64,
    /// Whether an archived thread is not opened by a new message.
    pub(crate) locked: bool,
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
