//! Interactions: what a person did with the application, and what became of it.

use std::time::Instant;

use serde_json::{Value, json};

use super::channel::{Channel, Place};
use super::permission;
use crate::discord::error::ApiError;
use crate::discord::json::{Fields as _, merged};
use crate::discord::modal::Modal;
use crate::discord::state::DiscordState;

/// An interaction.
#[derive(Debug)]
pub(crate) struct Interaction {
    pub(crate) id: u64,
    pub(crate) token: String,
    pub(crate) kind: InteractionKind,
    pub(crate) user: u64,
    pub(crate) channel: u64,
    /// The name of the command that it, or the message it happened on, stems from.
    pub(crate) command: String,
    /// Where the application is installed that answers: `authorizing_integration_owners`.
    pub(crate) owners: Value,
    /// The message it happened on: the one with the button, or the target of a message command.
    pub(crate) on_message: Option<u64>,
    /// The interaction that showed the modal it fills in.
    pub(crate) shown_by: Option<u64>,
    pub(crate) issued: Instant,
    pub(crate) state: AnswerState,
    /// Follow-up messages so far.
    pub(crate) followups: usize,
    /// What the gateway sent.
    pub(crate) event: Value,
}

/// The number of an interaction's type
/// (<https://docs.discord.com/developers/interactions/receiving-and-responding#interaction-object-interaction-type>).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum InteractionKind {
    /// A slash or menu command.
    Command = 2,
    /// A button or menu of a message.
    Component = 3,
    /// Half-typed text that wants suggestions.
    Autocomplete = 4,
    /// A modal that was filled in.
    ModalSubmit = 5,
}

/// What became of an interaction.
#[derive(Clone, Debug)]
pub(crate) enum AnswerState {
    /// Nothing yet.
    Waiting,
    /// A message answers it: a new one, or the one with the button, in the form of that many
    /// revisions. `pending` while that message is still to come ("thinking").
    Message { id: u64, revisions: usize, pending: bool },
    /// A modal was shown.
    Modal(Modal),
    /// Suggestions were given.
    Choices(Vec<Value>),
}

impl Interaction {
    /// Whether a slash or menu command began it.
    pub(crate) fn is_command(&self) -> bool {
        self.kind == InteractionKind::Command
    }

    /// Whether it works only because its user installed the application.
    pub(crate) fn only_user_installed(&self) -> bool {
        self.owners.get("0").is_none()
    }

    /// The message that `@original` names.
    pub(crate) fn original(&self) -> Option<u64> {
        match self.state {
            AnswerState::Message { id, .. } => Some(id),
            AnswerState::Waiting | AnswerState::Modal(_) | AnswerState::Choices(_) => None,
        }
    }

    /// Whether its token lets messages be read and written.
    ///
    /// # Errors
    /// 10015 before the first response, which makes the webhook; 50027 once the token's life is
    /// over.
    pub(crate) fn usable(&self, lifetime: std::time::Duration) -> Result<(), ApiError> {
        if matches!(self.state, AnswerState::Waiting | AnswerState::Choices(_)) {
            return Err(ApiError::UNKNOWN_WEBHOOK);
        }
        if self.issued.elapsed() >= lifetime {
            return Err(ApiError::INVALID_WEBHOOK_TOKEN);
        }
        Ok(())
    }
}

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

    /// What the application may do in a channel where somebody uses it.
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

impl Interaction {
    /// 1 for a slash command, 2 and 3 for menu commands.
    pub(crate) fn command_type(&self) -> u64 {
        self.event.at("data").at("type").as_u64().unwrap_or(1)
    }
}
