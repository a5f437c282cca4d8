//! The application's own emojis
//! (<https://docs.discord.com/developers/resources/emoji#list-application-emojis>).

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

use crate::discord::api::error::ApiError;
use crate::discord::api::form::{Breaches, Form};
use crate::discord::model::emoji::Emoji;
use crate::discord::rest::extract::{Bot, Ids, Submission};
use crate::discord::shared::Shared;
use crate::discord::state::DiscordState;

const EMOJIS: &str = "/applications/{application}/emojis";

pub(super) fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route(EMOJIS, get(list).post(create))
        .route(&format!("{EMOJIS}/{{emoji}}"), get(read).patch(rename).delete(delete))
}

async fn list(
    State(shared): State<Arc<Shared>>,
    _: Bot,
    Ids(application): Ids<u64>,
) -> Result<Json<Value>, ApiError> {
    shared.read(|state| {
        state.own_application(application)?;
        let items = state.emojis.values().map(|emoji| state.emoji_json(emoji));
        Ok(Json(json!({ "items": items.collect::<Vec<_>>() })))
    })
}

async fn create(
    State(shared): State<Arc<Shared>>,
    _: Bot,
    Ids(application): Ids<u64>,
    body: Submission,
) -> Result<(StatusCode, Json<Value>), ApiError> {
    let mut breaches = Breaches::default();
    let mut form = Form::new(&body.json, &mut breaches);
    let name = read_name(&mut form);
    let image = form.text("image", usize::MAX).unwrap_or_default();
    let kind = image.strip_prefix("data:image/").and_then(|rest| rest.split_once(";base64,"));
    if kind.is_none() {
        form.breach("image", "BASE_TYPE_IMAGE_DATA", "Invalid image data");
    }
    let animated = kind.is_some_and(|(kind, _)| kind == "gif");
    let name = breaches.or(name)?;
    shared.change(|state| {
        state.own_application(application)?;
        let emoji = Emoji { id: state.clock.id(), name, animated };
        let json = state.emoji_json(&emoji);
        state.emojis.insert(emoji.id, emoji);
        Ok((StatusCode::CREATED, Json(json)))
    })
}

async fn read(
    State(shared): State<Arc<Shared>>,
    _: Bot,
    Ids((application, emoji)): Ids<(u64, u64)>,
) -> Result<Json<Value>, ApiError> {
    shared.read(|state| {
        state.own_application(application)?;
        let emoji = state.emojis.get(&emoji).ok_or(ApiError::UNKNOWN_EMOJI)?;
        Ok(Json(state.emoji_json(emoji)))
    })
}

async fn rename(
    State(shared): State<Arc<Shared>>,
    _: Bot,
    Ids((application, emoji)): Ids<(u64, u64)>,
    body: Submission,
) -> Result<Json<Value>, ApiError> {
    let mut breaches = Breaches::default();
    let name = read_name(&mut Form::new(&body.json, &mut breaches));
    let name = breaches.or(name)?;
    shared.change(|state| {
        state.own_application(application)?;
        state.emojis.get_mut(&emoji).ok_or(ApiError::UNKNOWN_EMOJI)?.name = name;
        Ok(Json(state.emojis.get(&emoji).map(|it| state.emoji_json(it)).unwrap_or_default()))
    })
}

async fn delete(
    State(shared): State<Arc<Shared>>,
    _: Bot,
    Ids((application, emoji)): Ids<(u64, u64)>,
) -> Result<StatusCode, ApiError> {
    shared.change(|state| {
        state.own_application(application)?;
        state.emojis.remove(&emoji).ok_or(ApiError::UNKNOWN_EMOJI)?;
        Ok(StatusCode::NO_CONTENT)
    })
}

/// Two to 32 letters, digits and underscores.
fn read_name(form: &mut Form<'_>) -> String {
    let name = form.required_text("name", 32);
    if !name.is_empty()
        && (name.len() < 2 || name.contains(|c: char| !c.is_ascii_alphanumeric() && c != '_'))
    {
        form.breach("name", "STRING_TYPE_REGEX", "String value did not match validation regex.");
    }
    name
}

impl DiscordState {
    fn own_application(&self, application: u64) -> Result<(), ApiError> {
        if application == self.application { Ok(()) } else { Err(ApiError::UNKNOWN_APPLICATION) }
    }
}
