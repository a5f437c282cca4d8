//! The bodies of Discord's responses, as far as the bot reads them.

use serde::Deserialize;
use serde_json::Value;

use crate::discord_api::{
    Message,
    response::read::{Identified, Snowflake, or_default},
};
use crate::domain::{ChannelId, MessageId};

/// A message of the bot's that Discord has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Posted {
    /// Its id.
    pub message: MessageId,
    /// The channel that it is in.
    pub channel: ChannelId,
    /// Whether only one person sees it.
    pub ephemeral: bool,
    /// Whether it is plain text, without an embed.
    pub bare: bool,
}

#[derive(Deserialize)]
pub(in crate::discord_api) struct PostedMessage {
    #[serde(flatten)]
    identified: Identified,
    #[serde(default, deserialize_with = "or_default")]
    channel_id: Option<Snowflake>,
    #[serde(default, deserialize_with = "or_default")]
    flags: u64,
    #[serde(default, deserialize_with = "or_default")]
    embeds: Option<Vec<Value>>,
}

#[derive(Deserialize)]
pub(in crate::discord_api) struct GuildBody {
    #[serde(flatten)]
    pub(in crate::discord_api) identified: Identified,
    pub(in crate::discord_api) name: String,
}

#[derive(Deserialize)]
pub(in crate::discord_api) struct MemberBody {
    #[serde(default, deserialize_with = "or_default")]
    pub(in crate::discord_api) nick: Option<String>,
    pub(in crate::discord_api) user: UserBody,
}

#[derive(Deserialize)]
pub(in crate::discord_api) struct UserBody {
    pub(in crate::discord_api) username: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(in crate::discord_api) global_name: Option<String>,
}

impl PostedMessage {
    /// `asked_in`: its channel if the response doesn't tell.
    pub(in crate::discord_api) fn posted(&self, asked_in: ChannelId) -> Posted {
        Posted {
            message: MessageId(self.identified.id.0),
            channel: self.channel_id.map_or(asked_in, |id| ChannelId(id.0)),
            ephemeral: Message::is_ephemeral(self.flags),
            bare: self.embeds.as_ref().is_some_and(Vec::is_empty),
        }
    }
}
