//! What Discord answers, as far as the bot reads it.

use serde::Deserialize;
use serde_json::Value;

use super::{
    Message,
    read::{Identified, Snowflake, or_default},
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
pub(super) struct PostedMessage {
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
pub(super) struct GuildAnswer {
    #[serde(flatten)]
    pub(super) identified: Identified,
    pub(super) name: String,
}

#[derive(Deserialize)]
pub(super) struct MemberAnswer {
    #[serde(default, deserialize_with = "or_default")]
    pub(super) nick: Option<String>,
    pub(super) user: UserAnswer,
}

#[derive(Deserialize)]
pub(super) struct UserAnswer {
    pub(super) username: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) global_name: Option<String>,
}

impl PostedMessage {
    /// `asked_in`: where it stands if the answer doesn't tell.
    pub(super) fn posted(&self, asked_in: ChannelId) -> Posted {
        Posted {
            message: MessageId(self.identified.id.0),
            channel: self.channel_id.map_or(asked_in, |id| ChannelId(id.0)),
            ephemeral: Message::is_ephemeral(self.flags),
            bare: self.embeds.as_ref().is_some_and(Vec::is_empty),
        }
    }
}
