//! What Discord offers everybody: voice regions, sticker packs, sounds. There is little of it here.

use std::sync::Arc;

use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

use crate::discord::rest::extract::Bot;
use crate::discord::shared::Shared;

pub(super) fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/voice/regions", get(voice_regions))
        .route("/sticker-packs", get(sticker_packs))
        .route("/soundboard-default-sounds", get(default_sounds))
}

async fn voice_regions(_: Bot) -> Json<Value> {
    Json(json!([{
        "id": "rotterdam",
        "name": "Rotterdam",
        "custom": false,
        "deprecated": false,
        "optimal": true,
    }]))
}

async fn sticker_packs(_: Bot) -> Json<Value> {
    Json(json!({ "sticker_packs": [] }))
}

async fn default_sounds(_: Bot) -> Json<Value> {
    Json(json!([{
        "sound_id": "1",
        "name": "quack",
        "volume": 1.0,
        "emoji_id": null,
        "emoji_name": "🦆",
        "available": true,
    }]))
}
