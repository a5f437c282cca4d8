//! An interaction's messages by its token
//! (<https://docs.discord.com/developers/interactions/receiving-and-responding#followup-messages>).

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::Value;

use crate::discord::api::error::ApiError;
use crate::discord::limits::message::Draft;
use crate::discord::model::interaction::{AnswerState, Interaction};
use crate::discord::rest::extract::{Ids, Submission};
use crate::discord::shared::Shared;
use crate::discord::state::DiscordState;

/// Follow-ups where only the user installed the application.
const MOST_FOLLOWUPS: usize = 5;

pub(crate) fn routes() -> Router<Arc<Shared>> {
    Router::new().route("/webhooks/{application}/{token}", post(follow_up)).route(
        "/webhooks/{application}/{token}/messages/{message}",
        get(read).patch(edit).delete(delete),
    )
}

async fn follow_up(
    State(shared): State<Arc<Shared>>,
    Ids((application, token)): Ids<(u64, String)>,
    body: Submission,
) -> Result<Json<Value>, ApiError> {
    shared
        .change(|state| {
            let interaction = state.by_token(application, &token)?;
            let (id, answer) = (interaction.id, interaction.state.clone());
            let full = interaction.only_user_installed() && interaction.followups >= MOST_FOLLOWUPS;
            let draft = Draft::read(&body.json, body.uploads, state.rules.attachment_size_limit)?;
            // The first follow-up after a deferral takes the place of "thinking…".
            if let AnswerState::Message { id: message, pending: true, .. } = answer {
                return state.edit_reply(id, message, draft);
            }
            if full {
                return Err(ApiError::TOO_MANY_FOLLOWUPS);
            }
            let message = state.post_reply(id, draft, 0)?;
            if let Some(interaction) = state.interactions.get_mut(&id) {
                interaction.followups += 1;
            }
            Ok(state.messages.get(&message).map(|it| state.message_json(it)).unwrap_or_default())
        })
        .map(Json)
}

async fn read(
    State(shared): State<Arc<Shared>>,
    Ids((application, token, name)): Ids<(u64, String, String)>,
) -> Result<Json<Value>, ApiError> {
    shared.read(|state| {
        let interaction = state.by_token(application, &token)?;
        let message = state.reply(interaction, &name)?;
        let message = state.messages.get(&message).ok_or(ApiError::UNKNOWN_MESSAGE)?;
        Ok(Json(state.message_json(message)))
    })
}

async fn edit(
    State(shared): State<Arc<Shared>>,
    Ids((application, token, name)): Ids<(u64, String, String)>,
    body: Submission,
) -> Result<Json<Value>, ApiError> {
    shared
        .change(|state| {
            let interaction = state.by_token(application, &token)?;
            let (id, message) = (interaction.id, state.reply(interaction, &name)?);
            let flags = state.messages.get(&message).map_or(0, |message| message.flags);
            let limit = state.rules.attachment_size_limit;
            let draft = Draft::read_edit(&body.json, body.uploads, limit, flags)?;
            state.edit_reply(id, message, draft)
        })
        .map(Json)
}

async fn delete(
    State(shared): State<Arc<Shared>>,
    Ids((application, token, name)): Ids<(u64, String, String)>,
) -> Result<StatusCode, ApiError> {
    shared.change(|state| {
        let message = state.reply(state.by_token(application, &token)?, &name)?;
        state.unpost(message);
        Ok(StatusCode::NO_CONTENT)
    })
}

impl DiscordState {
    /// The interaction of a token that still lives.
    fn by_token(&self, application: u64, token: &str) -> Result<&Interaction, ApiError> {
        let found = self.interactions.values().find(|interaction| interaction.token == token);
        let interaction = found.filter(|_| application == self.application);
        let interaction = interaction.ok_or(ApiError::UNKNOWN_WEBHOOK)?;
        interaction.usable(self.rules.token_lifetime)?;
        Ok(interaction)
    }

    /// The message that `@original` or an id names, if the interaction made it and it exists.
    fn reply(&self, interaction: &Interaction, name: &str) -> Result<u64, ApiError> {
        let original = interaction.original();
        let id = if name == "@original" { original } else { name.parse().ok() };
        let message = id.and_then(|id| self.message(interaction.channel, id));
        let message = message.ok_or(ApiError::UNKNOWN_MESSAGE)?;
        let own = message.interaction == Some(interaction.id) || Some(message.id) == original;
        if own { Ok(message.id) } else { Err(ApiError::UNKNOWN_MESSAGE) }
    }

    fn edit_reply(&mut self, id: u64, message: u64, draft: Draft) -> Result<Value, ApiError> {
        let interaction = self.interactions.get(&id).ok_or(ApiError::UNKNOWN_WEBHOOK)?;
        if self.channel(interaction.channel)?.archived {
            return Err(ApiError::THREAD_ARCHIVED);
        }
        self.edit(message, draft)?;
        if let Some(AnswerState::Message { id: original, pending, .. }) =
            self.interactions.get_mut(&id).map(|interaction| &mut interaction.state)
            && *original == message
        {
            *pending = false;
        }
        let message = self.messages.get(&message).ok_or(ApiError::UNKNOWN_MESSAGE)?;
        Ok(self.message_json(message))
    }
}
