//! Users: people and the bot.

use serde_json::{Value, json};

use crate::discord::api::json::Fields as _;

/// A user of this Discord.
#[derive(Debug)]
pub(crate) struct User {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) bot: bool,
    /// The language of this person's client.
    pub(crate) locale: String,
    /// Takes no direct messages from the bot.
    pub(crate) blocks_dms: bool,
    /// Has added the application to the own account.
    pub(crate) installed_app: bool,
}

impl User {
    /// A user with Discord's default locale, American English.
    pub(crate) fn new(id: u64, name: &str, bot: bool) -> Self {
        let locale = "en-US".to_owned();
        Self { id, name: name.to_owned(), bot, locale, blocks_dms: false, installed_app: false }
    }

    /// The user object (<https://docs.discord.com/developers/resources/user#user-object>).
    pub(crate) fn json(&self) -> Value {
        json!({
            "id": self.id.to_string(),
            "username": self.name,
            "discriminator": "0",
            "global_name": if self.bot { None } else { Some(&self.name) },
            "avatar": null,
            "avatar_decoration_data": null,
            "banner": null,
            "accent_color": null,
            "bot": self.bot,
            "system": false,
            "public_flags": 0,
            "flags": 0,
            "primary_guild": null,
            "collectibles": null,
        })
    }

    /// What a user learns about itself: the user object and what others do not see.
    pub(crate) fn own_json(&self) -> Value {
        let mut own = self.json();
        own.set("mfa_enabled", false);
        own.set("locale", self.locale.as_str());
        own.set("verified", true);
        own.set("email", Value::Null);
        own.set("premium_type", 0);
        own
    }
}
