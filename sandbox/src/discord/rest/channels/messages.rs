//! Channel messages with the bot's token
//! (<https://docs.discord.com/developers/resources/message>).

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};

use crate::discord::api::error::ApiError;
use crate::discord::api::form::{Breaches, Form};
use crate::discord::limits::message::{Draft, Reply};
use crate::discord::model::channel::{Channel, Place};
use crate::discord::model::message::{EPHEMERAL, RememberedNonce, StoredMessage};
use crate::discord::model::permission::{ATTACH_FILES, SEND_MESSAGES};
use crate::discord::rest::extract::{Bot, Ids, Submission};
use crate::discord::shared::Shared;
use crate::discord::state::DiscordState;
use crate::discord::state::posting::MessageContext;

pub(crate) fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/channels/{channel}", get(channel))
        .route("/channels/{channel}/typing", post(typing))
        .route("/channels/{channel}/messages", get(list).post(create))
        .route("/channels/{channel}/messages/{message}", get(read).patch(edit).delete(delete))
}

async fn channel(
    State(shared): State<Arc<Shared>>,
    _: Bot,
    Ids(channel): Ids<u64>,
) -> Result<Json<Value>, ApiError> {
    shared.read(|state| Ok(Json(state.channel_json(state.visible_channel(channel)?))))
}

async fn typing(
    State(shared): State<Arc<Shared>>,
    _: Bot,
    Ids(channel): Ids<u64>,
) -> Result<StatusCode, ApiError> {
    shared.read(|state| state.writable_channel(channel).map(|_| StatusCode::NO_CONTENT))
}

async fn list(
    State(shared): State<Arc<Shared>>,
    _: Bot,
    Ids(channel): Ids<u64>,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Json<Value>, ApiError> {
    let query = query.into_iter().map(|(key, value)| (key, Value::String(value)));
    let query = Value::Object(query.collect());
    let mut breaches = Breaches::default();
    let mut form = Form::new(&query, &mut breaches);
    let limit = form.integer("limit", 1, 100).unwrap_or(50);
    let [before, after, around] = ["before", "after", "around"].map(|key| form.snowflake(key));
    let limit = breaches.or(usize::try_from(limit).unwrap_or(50))?;
    shared.read(|state| {
        state.visible_channel(channel)?;
        let seen = state.messages.values().filter(|message| {
            message.channel == channel && !message.deleted && message.only_for.is_none()
        });
        let all = seen.collect::<Vec<_>>();
        let page = page(&all, limit, before, after, around);
        Ok(Json(page.iter().rev().map(|message| state.message_json(message)).collect()))
    })
}

/// The messages that a question asks for, out of all of a channel, both the oldest first.
fn page<'a, 'b>(
    all: &'a [&'b StoredMessage],
    limit: usize,
    before: Option<u64>,
    after: Option<u64>,
    around: Option<u64>,
) -> &'a [&'b StoredMessage] {
    let place = |id: u64| all.partition_point(|message| message.id < id);
    let range = if let Some(around) = around {
        let start = place(around).saturating_sub(limit / 2);
        start..start + limit
    } else if let Some(after) = after {
        let start = all.partition_point(|message| message.id <= after);
        start..start + limit
    } else {
        let end = before.map_or(all.len(), place);
        end.saturating_sub(limit)..end
    };
    all.get(range.start.min(all.len())..range.end.min(all.len())).unwrap_or_default()
}

async fn read(
    State(shared): State<Arc<Shared>>,
    _: Bot,
    Ids((channel, message)): Ids<(u64, u64)>,
) -> Result<Json<Value>, ApiError> {
    shared.read(|state| Ok(Json(state.message_json(state.visible_message(channel, message)?))))
}

async fn create(
    State(shared): State<Arc<Shared>>,
    _: Bot,
    Ids(channel): Ids<u64>,
    body: Submission,
) -> Result<Json<Value>, ApiError> {
    shared.change(|state| {
        let draft = Draft::read(&body.json, body.uploads, state.rules.attachment_size_limit)?;
        state.check_uploads(channel, &draft)?;
        let id = state.create(channel, draft)?;
        let message = state.messages.get(&id).ok_or(ApiError::UNKNOWN_MESSAGE)?;
        Ok(Json(state.message_json(message)))
    })
}

async fn edit(
    State(shared): State<Arc<Shared>>,
    _: Bot,
    Ids((channel, message)): Ids<(u64, u64)>,
    body: Submission,
) -> Result<Json<Value>, ApiError> {
    shared.change(|state| {
        let flags = state.visible_message(channel, message)?.flags;
        let limit = state.rules.attachment_size_limit;
        let draft = Draft::read_edit(&body.json, body.uploads, limit, flags)?;
        if state.visible_message(channel, message)?.author != state.bot {
            return Err(ApiError::NOT_THE_AUTHOR);
        }
        if state.channel(channel)?.archived {
            return Err(ApiError::THREAD_ARCHIVED);
        }
        state.check_uploads(channel, &draft)?;
        state.edit(message, draft)?;
        Ok(Json(state.message_json(state.visible_message(channel, message)?)))
    })
}

async fn delete(
    State(shared): State<Arc<Shared>>,
    _: Bot,
    Ids((channel, message)): Ids<(u64, u64)>,
) -> Result<StatusCode, ApiError> {
    shared.change(|state| {
        if state.visible_message(channel, message)?.author != state.bot {
            return Err(ApiError::MISSING_PERMISSIONS);
        }
        if state.channel(channel)?.archived {
            return Err(ApiError::THREAD_ARCHIVED);
        }
        state.unpost(message);
        Ok(StatusCode::NO_CONTENT)
    })
}

impl DiscordState {
    /// A message that the bot's token may read, which excludes ephemeral ones.
    pub(crate) fn visible_message(
        &self,
        channel: u64,
        message: u64,
    ) -> Result<&StoredMessage, ApiError> {
        self.visible_channel(channel)?;
        let found = self.message(channel, message).filter(|found| found.only_for.is_none());
        found.ok_or(ApiError::UNKNOWN_MESSAGE)
    }

    /// A channel that the bot's token may write to.
    pub(crate) fn writable_channel(&self, channel: u64) -> Result<&Channel, ApiError> {
        let channel = self.visible_channel(channel)?;
        if self.bot_permissions(channel) & SEND_MESSAGES == 0 {
            return Err(ApiError::MISSING_PERMISSIONS);
        }
        if channel.archived && !channel.reopens() {
            return Err(ApiError::THREAD_ARCHIVED);
        }
        if let Place::BotDm(person) = channel.place
            && self.users.get(&person).is_none_or(|person| person.blocks_dms)
        {
            return Err(ApiError::DMS_CLOSED);
        }
        Ok(channel)
    }

    /// Whether the bot may attach the files of a draft.
    fn check_uploads(&self, channel: u64, draft: &Draft) -> Result<(), ApiError> {
        let channel = self.visible_channel(channel)?;
        let may = self.bot_permissions(channel) & ATTACH_FILES != 0;
        if may || draft.uploads.is_empty() { Ok(()) } else { Err(ApiError::MISSING_PERMISSIONS) }
    }

    /// Posts a message of the bot, or finds the one that its nonce has made already.
    fn create(&mut self, channel: u64, mut draft: Draft) -> Result<u64, ApiError> {
        self.writable_channel(channel)?;
        if let Some(known) = self.known_nonce(channel, &draft) {
            return Ok(known);
        }
        if let Some(reply) = draft.reply_to.take() {
            draft.reply_to = self.checked_reply(channel, reply)?;
        }
        if let Some(place) = self.channels.get_mut(&channel) {
            // A new message in an archived thread opens it.
            place.archived = false;
        }
        draft.flags = draft.flags.map(|flags| flags & !EPHEMERAL);
        let nonce = draft.nonce.clone();
        let context = MessageContext {
            channel,
            author: self.bot,
            kind: if draft.reply_to.is_some() { 19 } else { 0 },
            interaction: None,
            only_for: None,
            flags: 0,
        };
        let message = self.post(&context, draft)?;
        if let Some(nonce) = nonce {
            self.nonces.push_back(RememberedNonce { at: Instant::now(), channel, nonce, message });
        }
        Ok(message)
    }

    fn known_nonce(&mut self, channel: u64, draft: &Draft) -> Option<u64> {
        let memory = self.rules.nonce_memory;
        self.nonces.retain(|nonce| nonce.at.elapsed() < memory);
        let wanted = draft.nonce.as_ref().filter(|_| draft.enforce_nonce)?;
        let mut nonces = self.nonces.iter();
        let known = nonces.find(|known| known.channel == channel && known.nonce == *wanted)?;
        Some(known.message)
    }

    /// The reply if its target exists; `None` if a missing target is allowed.
    fn checked_reply(&self, channel: u64, reply: Reply) -> Result<Option<Reply>, ApiError> {
        if self.message(channel, reply.message).is_some() {
            return Ok(Some(reply));
        }
        if !reply.required {
            return Ok(None);
        }
        let breach =
            json!({ "code": "MESSAGE_REFERENCE_UNKNOWN_MESSAGE", "message": "Unknown message" });
        Err(ApiError::invalid_form(json!({ "message_reference": { "_errors": [breach] } })))
    }
}
