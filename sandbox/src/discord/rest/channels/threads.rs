//! Threads with the bot's token
//! (<https://docs.discord.com/developers/resources/channel#start-thread-from-message>).

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, patch, post, put};
use axum::{Json, Router};
use serde_json::{Value, json};

use crate::discord::api::error::ApiError;
use crate::discord::api::form::{Breaches, Form};
use crate::discord::model::channel::Channel;
use crate::discord::model::permission::{CREATE_PUBLIC_THREADS, MANAGE_THREADS};
use crate::discord::model::thread::Thread;
use crate::discord::rest::extract::{Bot, Ids, Submission};
use crate::discord::shared::Shared;
use crate::discord::state::DiscordState;

const PUBLIC: i64 = 11;
const PRIVATE: i64 = 12;
/// Minutes without a message after which a thread may be archived.
const DURATIONS: [i64; 4] = [60, 1440, 4320, 10_080];

pub(crate) fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/channels/{channel}", patch(change).delete(delete))
        .route("/channels/{channel}/threads", post(start))
        .route("/channels/{channel}/messages/{message}/threads", post(start_at))
        .route("/channels/{channel}/thread-members", get(members))
        .route("/channels/{channel}/thread-members/@me", put(join).delete(leave))
        .route("/guilds/{guild}/threads/active", get(active))
}

type Created = (StatusCode, Json<Value>);

async fn start(
    State(shared): State<Arc<Shared>>,
    _: Bot,
    Ids(channel): Ids<u64>,
    body: Submission,
) -> Result<Created, ApiError> {
    shared.change(|state| {
        let id = state.clock.id();
        state.start_thread(channel, id, &body.json, PRIVATE)
    })
}

async fn start_at(
    State(shared): State<Arc<Shared>>,
    _: Bot,
    Ids((channel, message)): Ids<(u64, u64)>,
    body: Submission,
) -> Result<Created, ApiError> {
    shared.change(|state| {
        state.visible_message(channel, message)?;
        if state.channels.contains_key(&message) {
            return Err(ApiError::THREAD_EXISTS);
        }
        let created = state.start_thread(channel, message, &body.json, PUBLIC)?;
        state.dispatch_message("MESSAGE_UPDATE", message);
        Ok(created)
    })
}

async fn change(
    State(shared): State<Arc<Shared>>,
    _: Bot,
    Ids(channel): Ids<u64>,
    body: Submission,
) -> Result<Json<Value>, ApiError> {
    let mut breaches = Breaches::default();
    let mut form = Form::new(&body.json, &mut breaches);
    let (name, archived, locked) =
        (form.text("name", 100), form.flag("archived"), form.flag("locked"));
    let duration = form.one_of("auto_archive_duration", &DURATIONS);
    breaches.or(())?;
    shared.change(|state| {
        state.own_thread(channel)?;
        if let Some(known) = state.channels.get_mut(&channel) {
            known.name = name.unwrap_or_else(|| known.name.clone());
            known.archived = archived.unwrap_or(known.archived);
            if let Some(thread) = &mut known.thread {
                thread.locked = locked.unwrap_or(thread.locked);
                thread.auto_archive_duration = duration.unwrap_or(thread.auto_archive_duration);
            }
        }
        state.dispatch_channel("THREAD_UPDATE", channel);
        Ok(Json(state.channel_json(state.channel(channel)?)))
    })
}

async fn delete(
    State(shared): State<Arc<Shared>>,
    _: Bot,
    Ids(channel): Ids<u64>,
) -> Result<Json<Value>, ApiError> {
    shared.change(|state| {
        state.own_thread(channel)?;
        state.require(channel, MANAGE_THREADS)?;
        let json = state.channel_json(state.channel(channel)?);
        state.dispatch_channel("THREAD_DELETE", channel);
        state.remove_channel(channel);
        Ok(Json(json))
    })
}

async fn members(
    State(shared): State<Arc<Shared>>,
    _: Bot,
    Ids(channel): Ids<u64>,
) -> Result<Json<Value>, ApiError> {
    shared.read(|state| {
        let thread = state.visible_channel(channel)?.thread.as_ref();
        let thread = thread.ok_or(ApiError::UNKNOWN_CHANNEL)?;
        let members = thread.members.iter();
        Ok(Json(members.map(|user| DiscordState::thread_member_json(channel, *user)).collect()))
    })
}

async fn join(
    State(shared): State<Arc<Shared>>,
    _: Bot,
    Ids(channel): Ids<u64>,
) -> Result<StatusCode, ApiError> {
    shared.change(|state| state.set_member(channel, true))
}

async fn leave(
    State(shared): State<Arc<Shared>>,
    _: Bot,
    Ids(channel): Ids<u64>,
) -> Result<StatusCode, ApiError> {
    shared.change(|state| state.set_member(channel, false))
}

async fn active(
    State(shared): State<Arc<Shared>>,
    _: Bot,
    Ids(guild): Ids<u64>,
) -> Result<Json<Value>, ApiError> {
    shared.read(|state| {
        let guild = state.joined_guild(guild)?.id;
        let threads = state.active_threads(guild).collect::<Vec<_>>();
        let joined = threads.iter().filter(|channel| {
            channel.thread.as_ref().is_some_and(|thread| thread.members.contains(&state.bot))
        });
        let members = joined.map(|channel| DiscordState::thread_member_json(channel.id, state.bot));
        Ok(Json(json!({
            "threads": threads.iter().map(|it| state.channel_json(it)).collect::<Vec<_>>(),
            "members": members.collect::<Vec<_>>(),
            "has_more": false,
        })))
    })
}

impl DiscordState {
    /// Starts a thread of a channel with the id that it shall have.
    fn start_thread(
        &mut self,
        parent: u64,
        id: u64,
        body: &Value,
        usual: i64,
    ) -> Result<Created, ApiError> {
        let mut breaches = Breaches::default();
        let mut form = Form::new(body, &mut breaches);
        let name = form.required_text("name", 100);
        let kind = form.one_of("type", &[PUBLIC, PRIVATE]).unwrap_or(usual);
        let duration = form.one_of("auto_archive_duration", &DURATIONS).unwrap_or(4320);
        breaches.or(())?;
        self.require(parent, CREATE_PUBLIC_THREADS)?;
        let place = self.channel(parent)?;
        if place.guild().is_none() || place.thread.is_some() {
            return Err(ApiError::WRONG_CHANNEL_TYPE);
        }
        let mut channel = Channel::new(id, &name, place.place.clone());
        channel.denied_to_bot = place.denied_to_bot;
        channel.thread = Some(Thread {
            parent,
            kind: u8::try_from(kind).unwrap_or(11),
            owner: self.bot,
            members: vec![self.bot],
            auto_archive_duration: duration,
            locked: false,
        });
        self.channels.insert(id, channel);
        self.dispatch_channel("THREAD_CREATE", id);
        Ok((StatusCode::CREATED, Json(self.channel_json(self.channel(id)?))))
    }

    /// Checks that a channel is a thread that the bot started, or may manage.
    fn own_thread(&self, channel: u64) -> Result<(), ApiError> {
        let owner = self.visible_channel(channel)?.thread.as_ref().map(|thread| thread.owner);
        if owner == Some(self.bot) {
            return Ok(());
        }
        // No role of a bot lets it manage channels here.
        let managed = owner.map(|_| self.require(channel, MANAGE_THREADS));
        managed.unwrap_or(Err(ApiError::MISSING_PERMISSIONS))
    }

    fn set_member(&mut self, channel: u64, member: bool) -> Result<StatusCode, ApiError> {
        self.visible_channel(channel)?;
        let bot = self.bot;
        let thread = self.channels.get_mut(&channel).and_then(|known| known.thread.as_mut());
        let thread = thread.ok_or(ApiError::WRONG_CHANNEL_TYPE)?;
        thread.members.retain(|known| *known != bot);
        thread.members.extend(member.then_some(bot));
        Ok(StatusCode::NO_CONTENT)
    }
}
