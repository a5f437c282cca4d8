//! Reactions with the bot's token
//! (<https://docs.discord.com/developers/resources/message#create-reaction>).

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, put};
use axum::{Json, Router};
use serde_json::Value;

use crate::discord::error::ApiError;
use crate::discord::hub::Hub;
use crate::discord::model::permission::{ADD_REACTIONS, MANAGE_MESSAGES};
use crate::discord::submission::{Bot, Ids};
use crate::discord::world::World;

const REACTIONS: &str = "/channels/{channel}/messages/{message}/reactions";

pub(super) fn routes() -> Router<Arc<Hub>> {
    Router::new()
        .route(REACTIONS, axum::routing::delete(clear))
        .route(&format!("{REACTIONS}/{{emoji}}"), get(list).delete(clear_emoji))
        .route(&format!("{REACTIONS}/{{emoji}}/@me"), put(add).delete(remove_own))
        .route(&format!("{REACTIONS}/{{emoji}}/{{user}}"), axum::routing::delete(remove_of))
}

async fn add(
    State(hub): State<Arc<Hub>>,
    _: Bot,
    Ids((channel, message, emoji)): Ids<(u64, u64, String)>,
) -> Result<StatusCode, ApiError> {
    hub.change(|world| {
        world.visible_message(channel, message)?;
        world.require(channel, ADD_REACTIONS)?;
        world.react(message, &emoji, world.bot)?;
        Ok(StatusCode::NO_CONTENT)
    })
}

async fn list(
    State(hub): State<Arc<Hub>>,
    _: Bot,
    Ids((channel, message, emoji)): Ids<(u64, u64, String)>,
) -> Result<Json<Value>, ApiError> {
    hub.read(|world| {
        let emoji = world.reaction_emoji(&emoji)?;
        let message = world.visible_message(channel, message)?;
        let reaction = message.reactions.iter().find(|reaction| reaction.emoji == emoji);
        let users = reaction.into_iter().flat_map(|reaction| &reaction.users);
        Ok(Json(users.map(|user| world.user_json(*user)).collect()))
    })
}

async fn remove_own(
    State(hub): State<Arc<Hub>>,
    _: Bot,
    Ids((channel, message, emoji)): Ids<(u64, u64, String)>,
) -> Result<StatusCode, ApiError> {
    hub.change(|world| {
        world.visible_message(channel, message)?;
        world.take_reaction(message, &emoji, world.bot)?;
        Ok(StatusCode::NO_CONTENT)
    })
}

async fn remove_of(
    State(hub): State<Arc<Hub>>,
    _: Bot,
    Ids((channel, message, emoji, user)): Ids<(u64, u64, String, u64)>,
) -> Result<StatusCode, ApiError> {
    hub.change(|world| {
        world.visible_message(channel, message)?;
        if user != world.bot {
            world.require(channel, MANAGE_MESSAGES)?;
        }
        world.take_reaction(message, &emoji, user)?;
        Ok(StatusCode::NO_CONTENT)
    })
}

async fn clear(
    State(hub): State<Arc<Hub>>,
    _: Bot,
    Ids((channel, message)): Ids<(u64, u64)>,
) -> Result<StatusCode, ApiError> {
    hub.change(|world| world.clear_reactions(channel, message, None))
}

async fn clear_emoji(
    State(hub): State<Arc<Hub>>,
    _: Bot,
    Ids((channel, message, emoji)): Ids<(u64, u64, String)>,
) -> Result<StatusCode, ApiError> {
    hub.change(|world| world.clear_reactions(channel, message, Some(&emoji)))
}

impl World {
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
