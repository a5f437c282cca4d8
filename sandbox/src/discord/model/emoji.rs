//! The application's own emojis (<https://docs.discord.com/developers/resources/emoji>).

use serde_json::{Value, json};

use crate::discord::state::DiscordState;

/// An emoji that the application has uploaded.
#[derive(Clone, Debug)]
pub(crate) struct Emoji {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) animated: bool,
}

impl DiscordState {
    /// The emoji object.
    pub(crate) fn emoji_json(&self, emoji: &Emoji) -> Value {
        json!({
            "id": emoji.id.to_string(),
            "name": emoji.name,
            "roles": [],
            "user": self.user_json(self.bot),
            "require_colons": true,
            "managed": false,
            "animated": emoji.animated,
            "available": true,
        })
    }
}
