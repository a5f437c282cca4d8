//! Servers, which Discord's API calls guilds.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::discord::model::permission;

/// A server.
#[derive(Debug)]
pub(crate) struct Guild {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) owner: u64,
    /// Whether the bot is a member.
    pub(crate) has_bot: bool,
    pub(crate) roles: Vec<Role>,
    /// Members and the roles of each.
    pub(crate) members: BTreeMap<u64, Vec<u64>>,
    /// Texts that `AutoMod` blocks, in lower case.
    pub(crate) blocked_words: Vec<String>,
    /// Whether "Use External Apps" is denied to members.
    pub(crate) external_apps_denied: bool,
}

/// A role of a server.
#[derive(Debug)]
pub(crate) struct Role {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) permissions: u64,
    pub(crate) mentionable: bool,
}

impl Role {
    /// The role object (<https://docs.discord.com/developers/topics/permissions#role-object>).
    pub(crate) fn json(&self, position: usize) -> Value {
        json!({
            "id": self.id.to_string(),
            "name": self.name,
            "color": 0,
            "colors": { "primary_color": 0, "secondary_color": null, "tertiary_color": null },
            "hoist": false,
            "icon": null,
            "unicode_emoji": null,
            "position": position,
            "permissions": self.permissions.to_string(),
            "managed": false,
            "mentionable": self.mentionable,
            "flags": 0,
        })
    }
}

impl Guild {
    /// A server whose only member is its owner.
    pub(crate) fn new(id: u64, name: &str, owner: u64, has_bot: bool) -> Self {
        let everyone = Role {
            id,
            name: "@everyone".to_owned(),
            permissions: permission::MEMBER,
            mentionable: false,
        };
        Self {
            id,
            name: name.to_owned(),
            owner,
            has_bot,
            roles: vec![everyone],
            members: BTreeMap::from([(owner, Vec::new())]),
            blocked_words: Vec::new(),
            external_apps_denied: false,
        }
    }

    /// What a member may do, channels aside.
    pub(crate) fn permissions_of(&self, user: u64) -> u64 {
        if user == self.owner {
            return permission::EVERYTHING;
        }
        let held = self.members.get(&user).map_or(&[][..], Vec::as_slice);
        let roles = self.roles.iter().filter(|role| role.id == self.id || held.contains(&role.id));
        let granted = roles.fold(0, |granted, role| granted | role.permissions);
        if granted & permission::ADMINISTRATOR != 0 {
            return permission::EVERYTHING;
        }
        let denied = if self.external_apps_denied { permission::USE_EXTERNAL_APPS } else { 0 };
        granted & !denied
    }

    /// Whether `AutoMod` blocks a text.
    pub(crate) fn blocks(&self, text: &str) -> bool {
        let text = text.to_lowercase();
        self.blocked_words.iter().any(|word| text.contains(word.as_str()))
    }
}
