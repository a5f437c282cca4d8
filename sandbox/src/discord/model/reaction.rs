//! Reactions (<https://docs.discord.com/developers/resources/message#reaction-object>).

use serde_json::{Value, json};

use crate::discord::error::ApiError;
use crate::discord::state::DiscordState;

/// An emoji below a message and who put it there.
#[derive(Clone, Debug)]
pub(crate) struct Reaction {
    pub(crate) emoji: ReactionEmoji,
    pub(crate) users: Vec<u64>,
}

/// An emoji of Unicode, or one of the application's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ReactionEmoji {
    id: Option<u64>,
    name: String,
}

impl Reaction {
    /// The reaction object, as `me` sees it.
    pub(crate) fn json(&self, me: u64) -> Value {
        let count = self.users.len();
        json!({
            "emoji": self.emoji.json(),
            "count": count,
            "count_details": { "burst": 0, "normal": count },
            "burst_colors": [],
            "me_burst": false,
            "me": self.users.contains(&me),
        })
    }
}

impl ReactionEmoji {
    /// The part of an emoji object that events and reactions have.
    pub(crate) fn json(&self) -> Value {
        json!({ "id": self.id.map(|id| id.to_string()), "name": self.name })
    }
}

impl DiscordState {
    /// The emoji that a path or a person names: itself, or `name:id`.
    ///
    /// # Errors
    /// 10014 for one that is none.
    pub(crate) fn reaction_emoji(&self, text: &str) -> Result<ReactionEmoji, ApiError> {
        let id = text.rsplit_once(':').and_then(|(_, id)| id.parse::<u64>().ok());
        match id.map(|id| (id, self.emojis.get(&id))) {
            Some((id, Some(emoji))) => Ok(ReactionEmoji { id: Some(id), name: emoji.name.clone() }),
            None if !text.is_empty() && !text.is_ascii() => {
                Ok(ReactionEmoji { id: None, name: text.to_owned() })
            }
            _ => Err(ApiError::UNKNOWN_EMOJI),
        }
    }
}
