//! What Discord answers, as far as the bot reads it.

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
    /// Where it stands.
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
pub(in crate::discord_api) struct GuildAnswer {
    #[serde(flatten)]
    pub(in crate::discord_api) identified: Identified,
    pub(in crate::discord_api) name: String,
}

#[derive(Deserialize)]
pub(in crate::discord_api) struct MemberAnswer {
    #[serde(default, deserialize_with = "or_default")]
    pub(in crate::discord_api) nick: Option<String>,
    pub(in crate::discord_api) user: UserAnswer,
}

#[derive(Deserialize)]
pub(in crate::discord_api) struct UserAnswer {
    pub(in crate::discord_api) username: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(in crate::discord_api) global_name: Option<String>,
}

impl PostedMessage {
    /// `asked_in`: where it stands if the answer doesn't tell.
    pub(in crate::discord_api) fn posted(&self, asked_in: ChannelId) -> Posted {
        Posted {
            message: MessageId(self.identified.id.0),
            channel: self.channel_id.map_or(asked_in, |id| ChannelId(id.0)),
            ephemeral: Message::is_ephemeral(self.flags),
            bare: self.embeds.as_ref().is_some_and(Vec::is_empty),
        }
    }
}
