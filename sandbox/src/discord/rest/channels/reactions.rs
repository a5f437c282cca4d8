//! Reactions with the bot's token
//! (<https://docs.discord.com/developers/resources/message#create-reaction>).

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, put};
use axum::{Json, Router};
use serde_json::Value;

use crate::discord::api::error::ApiError;
use crate::discord::model::permission::{ADD_REACTIONS, MANAGE_MESSAGES};
use crate::discord::rest::extract::{Bot, Ids};
use crate::discord::shared::Shared;
use crate::discord::state::DiscordState;

const REACTIONS: &str = "/channels/{channel}/messages/{message}/reactions";

pub(crate) fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route(REACTIONS, axum::routing::delete(clear))
        .route(&format!("{REACTIONS}/{{emoji}}"), get(list).delete(clear_emoji))
        .route(&format!("{REACTIONS}/{{emoji}}/@me"), put(add).delete(remove_own))
        .route(&format!("{REACTIONS}/{{emoji}}/{{user}}"), axum::routing::delete(remove_of))
}

async fn add(
    State(shared): State<Arc<Shared>>,
    _: Bot,
    Ids((channel, message, emoji)): Ids<(u64, u64, String)>,
) -> Result<StatusCode, ApiError> {
    shared.change(|state| {
        state.visible_message(channel, message)?;
        state.require(channel, ADD_REACTIONS)?;
        state.react(message, &emoji, state.bot)?;
        Ok(StatusCode::NO_CONTENT)
    })
}

async fn list(
    State(shared): State<Arc<Shared>>,
    _: Bot,
    Ids((channel, message, emoji)): Ids<(u64, u64, String)>,
) -> Result<Json<Value>, ApiError> {
    shared.read(|state| {
        let emoji = state.reaction_emoji(&emoji)?;
        let message = state.visible_message(channel, message)?;
        let reaction = message.reactions.iter().find(|reaction| reaction.emoji == emoji);
        let users = reaction.into_iter().flat_map(|reaction| &reaction.users);
        Ok(Json(users.map(|user| state.user_json(*user)).collect()))
    })
}

async fn remove_own(
    State(shared): State<Arc<Shared>>,
    _: Bot,
    Ids((channel, message, emoji)): Ids<(u64, u64, String)>,
) -> Result<StatusCode, ApiError> {
    shared.change(|state| {
        state.visible_message(channel, message)?;
        state.take_reaction(message, &emoji, state.bot)?;
        Ok(StatusCode::NO_CONTENT)
    })
}

async fn remove_of(
    State(shared): State<Arc<Shared>>,
    _: Bot,
    Ids((channel, message, emoji, user)): Ids<(u64, u64, String, u64)>,
) -> Result<StatusCode, ApiError> {
    shared.change(|state| {
        state.visible_message(channel, message)?;
        if user != state.bot {
            state.require(channel, MANAGE_MESSAGES)?;
        }
        state.take_reaction(message, &emoji, user)?;
        Ok(StatusCode::NO_CONTENT)
    })
}

async fn clear(
    State(shared): State<Arc<Shared>>,
    _: Bot,
    Ids((channel, message)): Ids<(u64, u64)>,
) -> Result<StatusCode, ApiError> {
    shared.change(|state| state.clear_reactions(channel, message, None))
}

async fn clear_emoji(
    State(shared): State<Arc<Shared>>,
    _: Bot,
    Ids((channel, message, emoji)): Ids<(u64, u64, String)>,
) -> Result<StatusCode, ApiError> {
    shared.change(|state| state.clear_reactions(channel, message, Some(&emoji)))
}

impl DiscordState {
    fn clear_reactions(
        &mut self,
        channel: u64,
        message: u64,
        emoji: Option<&str>,
    ) -> Result<StatusCode, ApiError> {
        self.visible_message(channel, message)?;
        self.require(channel, MANAGE_MESSAGES)?;
        self.take_all_reactions(message, emoji)?;
        Ok(StatusCode::NO_CONTENT)
    }
}
