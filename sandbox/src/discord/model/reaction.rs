//! Reactions (<https://docs.discord.com/developers/resources/message#reaction-object>).

use serde_json::{Value, json};

/// An emoji below a message and who put it there.
#[derive(Clone, Debug)]
pub(crate) struct Reaction {
    pub(crate) emoji: ReactionEmoji,
    pub(crate) users: Vec<u64>,
}

/// An emoji of Unicode, or one of the application's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ReactionEmoji {
    pub(crate) id: Option<u64>,
    pub(crate) name: String,
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
