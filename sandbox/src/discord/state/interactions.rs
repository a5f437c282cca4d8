//! Interactions as the gateway sends them and as messages show them.

use serde_json::{Value, json};

use crate::discord::api::json::{Fields as _, merged};
use crate::discord::model::channel::{Channel, Place};
use crate::discord::model::interaction::{Interaction, InteractionKind};
use crate::discord::model::permission;
use crate::discord::state::DiscordState;

impl DiscordState {
    /// The fields that all interactions share.
    pub(crate) fn interaction_json(&self, interaction: &Interaction, data: &Value) -> Value {
        let Some(channel) = self.channels.get(&interaction.channel) else { return Value::Null };
        let locale = self.users.get(&interaction.user).map(|user| user.locale.as_str());
        let mut json = json!({
            "id": interaction.id.to_string(),
            "application_id": self.application.to_string(),
            "type": interaction.kind as u8,
            "token": interaction.token,
            "version": 1,
            "data": data,
            "channel_id": channel.id.to_string(),
            "channel": self.channel_json(channel),
            "app_permissions": self.app_permissions(channel).to_string(),
            "locale": locale,
            "context": channel.context(),
            "authorizing_integration_owners": interaction.owners,
            "entitlements": [],
            "attachment_size_limit": self.rules.attachment_size_limit,
        });
        match channel.guild().and_then(|guild| self.guilds.get(&guild)) {
            Some(guild) => {
                let permissions = guild.permissions_of(interaction.user).to_string();
                let mut member = self.member_json(guild, interaction.user);
                member.set("permissions", permissions.as_str());
                let seen = json!({ "permissions": permissions });
                json.set("channel", merged(self.channel_json(channel), seen));
                json.set("member", member);
                json.set("guild_id", guild.id.to_string());
                json.set("guild_locale", "en-US");
                json.set(
                    "guild",
                    json!({ "id": guild.id.to_string(), "locale": "en-US", "features": [] }),
                );
            }
            None => json.set("user", self.user_json(interaction.user)),
        }
        if let Some(message) = interaction.on_message.and_then(|id| self.messages.get(&id))
            && matches!(interaction.kind, InteractionKind::Component | InteractionKind::ModalSubmit)
        {
            json.set("message", self.message_json(message));
        }
        json
    }

    /// The application's permissions in the channel of an interaction.
    fn app_permissions(&self, channel: &Channel) -> u64 {
        match &channel.place {
            Place::Guild(guild) if self.guilds.get(guild).is_some_and(|guild| guild.has_bot) => {
                self.bot_permissions(channel)
            }
            _ => permission::WITHOUT_MEMBERSHIP,
        }
    }

    /// `interaction_metadata` of a message.
    pub(crate) fn metadata_json(&self, interaction: &Interaction, message: u64) -> Value {
        let mut json = json!({
            "id": interaction.id.to_string(),
            "type": interaction.kind as u8,
            "user": self.user_json(interaction.user),
            "authorizing_integration_owners": interaction.owners,
        });
        match interaction.kind {
            InteractionKind::Command => {
                json.set("name", interaction.command.as_str());
                json.set("command_type", interaction.command_type());
                if let Some(target) = interaction.on_message {
                    json.set("target_message_id", target.to_string());
                }
                let target = interaction.event.at("data").at("target_id").as_str();
                let target = target.and_then(|id| self.users.get(&id.parse().ok()?));
                if let Some(target) = target {
                    json.set("target_user", target.json());
                }
            }
            InteractionKind::Component => {
                let clicked = interaction.on_message.unwrap_or_default();
                json.set("interacted_message_id", clicked.to_string());
            }
            InteractionKind::ModalSubmit => {
                let shown_by = interaction.shown_by.and_then(|id| self.interactions.get(&id));
                let metadata = shown_by.map(|shown_by| self.metadata_json(shown_by, message));
                json.set("triggering_interaction_metadata", metadata);
            }
            InteractionKind::Autocomplete => {}
        }
        if let Some(original) = interaction.original().filter(|original| *original != message) {
            json.set("original_response_message_id", original.to_string());
        }
        json
    }

    /// The older field `interaction` of a message.
    pub(crate) fn message_interaction_json(&self, interaction: &Interaction) -> Value {
        json!({
            "id": interaction.id.to_string(),
            "type": interaction.kind as u8,
            "name": interaction.command,
            "user": self.user_json(interaction.user),
        })
    }
}
