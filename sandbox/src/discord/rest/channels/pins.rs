//! Pins (<https://docs.discord.com/developers/resources/message#get-channel-pins>), on the paths of
//! today and on the older ones.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, put};
use axum::{Json, Router};
use serde_json::{Value, json};

use crate::discord::api::error::ApiError;
use crate::discord::api::snowflake::timestamp;
use crate::discord::gateway::protocol::{DIRECT_MESSAGES, GUILDS};
use crate::discord::gateway::sessions::Event;
use crate::discord::model::message::StoredMessage;
use crate::discord::model::permission::PIN_MESSAGES;
use crate::discord::rest::extract::{Bot, Ids};
use crate::discord::shared::Shared;
use crate::discord::state::DiscordState;

pub(crate) fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/channels/{channel}/messages/pins", get(list))
        .route("/channels/{channel}/messages/pins/{message}", put(pin).delete(unpin))
        .route("/channels/{channel}/pins", get(list_plain))
        .route("/channels/{channel}/pins/{message}", put(pin).delete(unpin))
}

async fn list(
    State(shared): State<Arc<Shared>>,
    _: Bot,
    Ids(channel): Ids<u64>,
) -> Result<Json<Value>, ApiError> {
    shared.read(|state| {
        let items = state.pins(channel)?.into_iter().map(|(at, message)| {
            json!({ "pinned_at": timestamp(at), "message": state.message_json(message) })
        });
        Ok(Json(json!({ "items": items.collect::<Vec<_>>(), "has_more": false })))
    })
}

async fn list_plain(
    State(shared): State<Arc<Shared>>,
    _: Bot,
    Ids(channel): Ids<u64>,
) -> Result<Json<Value>, ApiError> {
    shared.read(|state| {
        let pins = state.pins(channel)?.into_iter();
        Ok(Json(pins.map(|(_, message)| state.message_json(message)).collect()))
    })
}

async fn pin(
    State(shared): State<Arc<Shared>>,
    _: Bot,
    Ids((channel, message)): Ids<(u64, u64)>,
) -> Result<StatusCode, ApiError> {
    shared.change(|state| {
        let at = state.clock.now();
        state.set_pinned(channel, message, Some(at))
    })
}

async fn unpin(
    State(shared): State<Arc<Shared>>,
    _: Bot,
    Ids((channel, message)): Ids<(u64, u64)>,
) -> Result<StatusCode, ApiError> {
    shared.change(|state| state.set_pinned(channel, message, None))
}

impl DiscordState {
    /// The pinned messages of a channel with the times of pinning, the latest first.
    fn pins(&self, channel: u64) -> Result<Vec<(u64, &StoredMessage)>, ApiError> {
        self.visible_channel(channel)?;
        let own = self.messages.values().filter(|it| it.channel == channel && !it.deleted);
        let mut pins = own.filter_map(|it| Some((it.pinned?, it))).collect::<Vec<_>>();
        pins.sort_by_key(|(at, message)| std::cmp::Reverse((*at, message.id)));
        Ok(pins)
    }

    fn set_pinned(
        &mut self,
        channel: u64,
        message: u64,
        pinned: Option<u64>,
    ) -> Result<StatusCode, ApiError> {
        self.visible_message(channel, message)?;
        let guild = self.channel(channel)?.guild();
        if guild.is_some() {
            self.require(channel, PIN_MESSAGES)?;
        }
        if let Some(message) = self.messages.get_mut(&message) {
            message.pinned = pinned;
        }
        let data = json!({
            "guild_id": guild.map(|guild| guild.to_string()),
            "channel_id": channel.to_string(),
            "last_pin_timestamp": pinned.map(timestamp),
        });
        let intent = if guild.is_some() { GUILDS } else { DIRECT_MESSAGES };
        self.gateway.dispatch(&Event { name: "CHANNEL_PINS_UPDATE", data, guild, intent });
        self.dispatch_message("MESSAGE_UPDATE", message);
        Ok(StatusCode::NO_CONTENT)
    }
}
