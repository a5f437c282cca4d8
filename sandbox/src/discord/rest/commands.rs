//! Registering commands
//! (<https://docs.discord.com/developers/interactions/application-commands#endpoints>).

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Map, Value};

use crate::discord::api::error::ApiError;
use crate::discord::limits::command;
use crate::discord::model::command::Command;
use crate::discord::rest::extract::{Bot, Ids, Submission};
use crate::discord::shared::Shared;
use crate::discord::state::DiscordState;

const GLOBAL: &str = "/applications/{application}/commands";
const GUILD: &str = "/applications/{application}/guilds/{guild}/commands";

pub(super) fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route(GLOBAL, get(list).post(create).put(replace))
        .route(&format!("{GLOBAL}/{{command}}"), get(read).patch(edit).delete(delete))
        .route(GUILD, get(list).post(create).put(replace))
        .route(&format!("{GUILD}/{{command}}"), get(read).patch(edit).delete(delete))
}

/// The ids of a path that may be a server's.
type Scope = Ids<HashMap<String, u64>>;

/// Whose commands a path is about.
fn scope(state: &DiscordState, Ids(ids): &Scope) -> Result<Option<u64>, ApiError> {
    if ids.get("application") != Some(&state.application) {
        return Err(ApiError::UNKNOWN_APPLICATION);
    }
    let Some(guild) = ids.get("guild").copied() else { return Ok(None) };
    state.joined_guild(guild).map_err(|_| ApiError::MISSING_ACCESS)?;
    Ok(Some(guild))
}

async fn list(
    State(shared): State<Arc<Shared>>,
    _: Bot,
    ids: Scope,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Json<Value>, ApiError> {
    let localized = query.get("with_localizations").is_some_and(|asked| asked == "true");
    shared.read(|state| {
        let commands = state.commands.of(scope(state, &ids)?).map(Command::json);
        let shown = commands.map(|command| if localized { command } else { unlocalized(command) });
        Ok(Json(shown.collect()))
    })
}

/// A command without its localizations, which Discord leaves out of lists unless asked.
fn unlocalized(mut command: Value) -> Value {
    if let Some(fields) = command.as_object_mut() {
        fields.retain(|key, _| !key.ends_with("_localizations"));
        let options = fields.get_mut("options").and_then(Value::as_array_mut);
        for option in options.into_iter().flatten() {
            *option = unlocalized(option.take());
        }
    }
    command
}

async fn read(
    State(shared): State<Arc<Shared>>,
    _: Bot,
    ids: Scope,
) -> Result<Json<Value>, ApiError> {
    shared.read(|state| Ok(Json(state.commands.get(scope(state, &ids)?, command_id(&ids))?.json())))
}

fn command_id(Ids(ids): &Scope) -> u64 {
    ids.get("command").copied().unwrap_or_default()
}

async fn create(
    State(shared): State<Arc<Shared>>,
    _: Bot,
    ids: Scope,
    body: Submission,
) -> Result<Response, ApiError> {
    shared.change(|state| {
        let scope = scope(state, &ids)?;
        let declared = command::read(&body.json, scope.is_none())?;
        let (command, new) = state.register(scope, declared)?;
        let status = if new { StatusCode::CREATED } else { StatusCode::OK };
        Ok((status, Json(command.json())).into_response())
    })
}

async fn replace(
    State(shared): State<Arc<Shared>>,
    _: Bot,
    ids: Scope,
    body: Submission,
) -> Result<Json<Value>, ApiError> {
    shared.change(|state| {
        let scope = scope(state, &ids)?;
        let all = command::read_all(&body.json, scope.is_none())?;
        let same = |command: &Command, declared: &Map<String, Value>| {
            let key = |fields: &Map<String, Value>| {
                (fields.get("type").cloned(), fields.get("name").cloned())
            };
            key(&command.declared) == key(declared)
        };
        let kept = |command: &Command| all.iter().any(|declared| same(command, declared));
        state.commands.retain(scope, kept);
        let mut answered = Vec::with_capacity(all.len());
        for declared in all {
            answered.push(state.register(scope, declared)?.0.json());
        }
        Ok(Json(answered.into()))
    })
}

async fn edit(
    State(shared): State<Arc<Shared>>,
    _: Bot,
    ids: Scope,
    body: Submission,
) -> Result<Json<Value>, ApiError> {
    shared.change(|state| {
        let (scope, id) = (scope(state, &ids)?, command_id(&ids));
        let mut whole = state.commands.get(scope, id)?.declared.clone();
        whole.extend(body.json.as_object().cloned().unwrap_or_default());
        let declared = command::read(&Value::Object(whole), scope.is_none())?;
        let DiscordState { commands, clock, .. } = state;
        Ok(Json(commands.change(clock, scope, id, declared)?.json()))
    })
}

async fn delete(
    State(shared): State<Arc<Shared>>,
    _: Bot,
    ids: Scope,
) -> Result<StatusCode, ApiError> {
    shared.change(|state| {
        let (scope, id) = (scope(state, &ids)?, command_id(&ids));
        state.commands.get(scope, id)?;
        state.commands.retain(scope, |command| command.id != id);
        Ok(StatusCode::NO_CONTENT)
    })
}

impl DiscordState {
    fn register(
        &mut self,
        scope: Option<u64>,
        declared: Map<String, Value>,
    ) -> Result<(Command, bool), ApiError> {
        let kinds = self.commands.of(scope).map(|command| {
            let same = command.declared.get("name") == declared.get("name")
                && command.declared.get("type") == declared.get("type");
            (same, command.kind().cast_signed())
        });
        let others = kinds.filter(|(same, _)| !same).map(|(_, kind)| kind);
        let new = declared.get("type").and_then(Value::as_i64).unwrap_or(1);
        command::fits(others.chain([new]))?;
        let application = self.application;
        self.commands.register(&mut self.clock, application, scope, declared)
    }
}

impl DiscordState {
    /// Registers a command that the bot knows nothing of.
    pub(in crate::discord) fn leave_command(&mut self, guild: Option<u64>, command: &Value) {
        let registered = command::read(command, guild.is_none())
            .and_then(|declared| self.register(guild, declared));
        assert!(registered.is_ok(), "Discord would not register {command}");
    }
}
