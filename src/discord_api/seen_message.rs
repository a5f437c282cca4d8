//! A message as Discord shows it.

use serde::Deserialize;

use super::{
    Posted,
    response::bodies::PostedMessage,
    response::read::{Identified, or_default, readable},
};
use crate::domain::ChannelId;

/// A message that somebody posted, as far as it takes to recognise one of the bot's own.
#[derive(Deserialize)]
pub(crate) struct SeenMessage {
    #[serde(flatten)]
    posted: PostedMessage,
    author: Author,
    #[serde(default, deserialize_with = "or_default")]
    content: Option<String>,
    #[serde(default, deserialize_with = "readable")]
    components: Vec<SeenRow>,
    /// The interaction that it answers.
    interaction_metadata: Option<Identified>,
}

#[derive(Deserialize)]
struct Author {
    #[serde(default, deserialize_with = "or_default")]
    bot: bool,
}

/// A row of buttons, or of anything else.
#[derive(Deserialize)]
struct SeenRow {
    #[serde(default, deserialize_with = "readable")]
    components: Vec<SeenButton>,
}

#[derive(Deserialize)]
struct SeenButton {
    #[serde(default, deserialize_with = "or_default")]
    custom_id: Option<String>,
}

impl SeenMessage {
    /// Whether a bot wrote it.
    pub(crate) fn is_by_bot(&self) -> bool {
        self.author.bot
    }

    /// The id of the interaction that it answers.
    pub(crate) fn answered(&self) -> Option<u64> {
        self.interaction_metadata.map(|answered| answered.id.0)
    }

    /// Its text.
    pub(crate) fn content(&self) -> Option<&str> {
        self.content.as_deref()
    }

    /// The `custom_id`s of its buttons.
    pub(crate) fn custom_ids(&self) -> impl Iterator<Item = &str> {
        let buttons = self.components.iter().flat_map(|row| &row.components);
        buttons.filter_map(|button| button.custom_id.as_deref())
    }

    /// Its id and place. `asked_in`: the channel if the response doesn't tell.
    pub(crate) fn posted(&self, asked_in: ChannelId) -> Posted {
        self.posted.posted(asked_in)
    }
}
