//! Interactions: what a person did with the application, and what became of it.

use std::time::Instant;

use serde_json::Value;

use crate::discord::api::error::ApiError;
use crate::discord::api::json::Fields as _;
use crate::discord::model::modal::Modal;

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
    /// When its event was handed to the socket.
    pub(crate) sent: Option<Instant>,
    /// When the last byte of the first response had arrived.
    pub(crate) answered: Option<Instant>,
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

impl Interaction {
    /// 1 for a slash command, 2 and 3 for menu commands.
    pub(crate) fn command_type(&self) -> u64 {
        self.event.at("data").at("type").as_u64().unwrap_or(1)
    }
}
