//! Servers with the bot's token (<https://docs.discord.com/developers/resources/guild>).

use std::sync::Arc;

use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use serde_json::Value;

use crate::discord::error::ApiError;
use crate::discord::hub::Hub;
use crate::discord::model::guild::Guild;
use crate::discord::submission::{Bot, Ids};
use crate::discord::world::World;

pub(super) fn routes() -> Router<Arc<Hub>> {
    Router::new()
        .route("/guilds/{guild}", get(guild))
        .route("/guilds/{guild}/channels", get(channels))
        .route("/guilds/{guild}/roles", get(roles))
        .route("/guilds/{guild}/members/{user}", get(member))
}

async fn guild(
    State(hub): State<Arc<Hub>>,
    _: Bot,
    Ids(guild): Ids<u64>,
) -> Result<Json<Value>, ApiError> {
    hub.read(|world| Ok(Json(World::guild_json(world.joined_guild(guild)?))))
}

async fn channels(
    State(hub): State<Arc<Hub>>,
    _: Bot,
    Ids(guild): Ids<u64>,
) -> Result<Json<Value>, ApiError> {
    hub.read(|world| Ok(Json(world.channels_json(world.joined_guild(guild)?.id))))
}

async fn roles(
    State(hub): State<Arc<Hub>>,
    _: Bot,
    Ids(guild): Ids<u64>,
) -> Result<Json<Value>, ApiError> {
    hub.read(|world| Ok(Json(World::roles_json(world.joined_guild(guild)?))))
}

async fn member(
    State(hub): State<Arc<Hub>>,
    _: Bot,
    Ids((guild, user)): Ids<(u64, u64)>,
) -> Result<Json<Value>, ApiError> {
    hub.read(|world| {
        let guild = world.joined_guild(guild)?;
        if !guild.members.contains_key(&user) {
            return Err(ApiError::UNKNOWN_MEMBER);
        }
        Ok(Json(world.member_json(guild, user)))
    })
}

impl World {
    /// A server that the bot is a member of.
    pub(in crate::discord) fn joined_guild(&self, guild: u64) -> Result<&Guild, ApiError> {
        let found = self.guilds.get(&guild).filter(|guild| guild.has_bot);
        found.ok_or(ApiError::UNKNOWN_GUILD)
    }
}
