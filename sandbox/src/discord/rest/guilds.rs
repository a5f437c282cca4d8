//! Servers with the bot's token (<https://docs.discord.com/developers/resources/guild>).

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::routing::get;
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::Value;

use crate::discord::api::error::ApiError;
use crate::discord::model::guild::Guild;
use crate::discord::rest::extract::{Bot, Ids};
use crate::discord::shared::Shared;
use crate::discord::state::DiscordState;

pub(super) fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/guilds/{guild}", get(guild))
        .route("/guilds/{guild}/channels", get(channels))
        .route("/guilds/{guild}/roles", get(roles))
        .route("/guilds/{guild}/members", get(members))
        .route("/guilds/{guild}/members/search", get(search))
        .route("/guilds/{guild}/members/{user}", get(member))
}

async fn guild(
    State(shared): State<Arc<Shared>>,
    _: Bot,
    Ids(guild): Ids<u64>,
) -> Result<Json<Value>, ApiError> {
    shared.read(|state| Ok(Json(DiscordState::guild_json(state.joined_guild(guild)?))))
}

async fn channels(
    State(shared): State<Arc<Shared>>,
    _: Bot,
    Ids(guild): Ids<u64>,
) -> Result<Json<Value>, ApiError> {
    shared.read(|state| Ok(Json(state.channels_json(state.joined_guild(guild)?.id))))
}

async fn roles(
    State(shared): State<Arc<Shared>>,
    _: Bot,
    Ids(guild): Ids<u64>,
) -> Result<Json<Value>, ApiError> {
    shared.read(|state| Ok(Json(DiscordState::roles_json(state.joined_guild(guild)?))))
}

async fn member(
    State(shared): State<Arc<Shared>>,
    _: Bot,
    Ids((guild, user)): Ids<(u64, u64)>,
) -> Result<Json<Value>, ApiError> {
    shared.read(|state| {
        let guild = state.joined_guild(guild)?;
        if !guild.members.contains_key(&user) {
            return Err(ApiError::UNKNOWN_MEMBER);
        }
        Ok(Json(state.member_json(guild, user)))
    })
}

/// Which members are wanted.
#[derive(Deserialize)]
struct Wanted {
    query: Option<String>,
    limit: Option<usize>,
    after: Option<u64>,
}

async fn members(
    State(shared): State<Arc<Shared>>,
    _: Bot,
    Ids(guild): Ids<u64>,
    Query(wanted): Query<Wanted>,
) -> Result<Json<Value>, ApiError> {
    shared.read(|state| {
        let guild = state.joined_guild(guild)?;
        // All members are for applications with the intent that the developer portal grants.
        if !state.rules.privileged_intents {
            return Err(ApiError::MISSING_ACCESS);
        }
        let (limit, after) = (wanted.limit.unwrap_or(1).clamp(1, 1000), wanted.after.unwrap_or(0));
        let later = guild.members.range(after.saturating_add(1)..).take(limit);
        Ok(Json(later.map(|(user, _)| state.member_json(guild, *user)).collect()))
    })
}

async fn search(
    State(shared): State<Arc<Shared>>,
    _: Bot,
    Ids(guild): Ids<u64>,
    Query(wanted): Query<Wanted>,
) -> Result<Json<Value>, ApiError> {
    shared.read(|state| {
        let guild = state.joined_guild(guild)?;
        let query = wanted.query.unwrap_or_default();
        let limit = wanted.limit.unwrap_or(1).clamp(1, 1000);
        let found = state.members_named(guild, &query).take(limit);
        Ok(Json(found.map(|user| state.member_json(guild, user)).collect()))
    })
}

impl DiscordState {
    /// A server that the bot is a member of.
    pub(in crate::discord) fn joined_guild(&self, guild: u64) -> Result<&Guild, ApiError> {
        let found = self.guilds.get(&guild).filter(|guild| guild.has_bot);
        found.ok_or(ApiError::UNKNOWN_GUILD)
    }
}
