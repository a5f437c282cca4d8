//! The first response to an interaction
//! (<https://docs.discord.com/developers/interactions/receiving-and-responding#create-interaction-response>).

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use serde_json::{Value, json};

use crate::discord::api::error::ApiError;
use crate::discord::api::form::{Breaches, Form};
use crate::discord::api::json::Fields as _;
use crate::discord::limits::message::Draft;
use crate::discord::limits::{choices, modal};
use crate::discord::model::interaction::{AnswerState, Interaction, InteractionKind};
use crate::discord::model::message::{EPHEMERAL, LOADING, Upload};
use crate::discord::model::permission::USE_EXTERNAL_APPS;
use crate::discord::rest::extract::{Ids, Submission};
use crate::discord::shared::Shared;
use crate::discord::state::DiscordState;
use crate::discord::state::posting::MessageContext;
use crate::record::ReceivedAt;

const PONG: i64 = 1;
const MESSAGE: i64 = 4;
const DEFERRED_MESSAGE: i64 = 5;
const DEFERRED_UPDATE: i64 = 6;
const UPDATE: i64 = 7;
const CHOICES: i64 = 8;
const MODAL: i64 = 9;

pub(crate) async fn callback(
    State(shared): State<Arc<Shared>>,
    Ids((interaction, token)): Ids<(u64, String)>,
    Query(query): Query<HashMap<String, String>>,
    Extension(received): Extension<ReceivedAt>,
    body: Submission,
) -> Result<Response, ApiError> {
    let with_response = query
        .get("with_response")
        .is_some_and(|asked| matches!(asked.as_str(), "true" | "True" | "1"));
    let response = shared.change(|state| state.respond(interaction, &token, body, received))?;
    if with_response {
        return Ok(Json(response).into_response());
    }
    Ok(StatusCode::NO_CONTENT.into_response())
}

impl DiscordState {
    /// Takes the first response.
    fn respond(
        &mut self,
        id: u64,
        token: &str,
        body: Submission,
        ReceivedAt(received): ReceivedAt,
    ) -> Result<Value, ApiError> {
        let found = self.interactions.get(&id).filter(|known| known.token == token);
        let interaction = found.ok_or(ApiError::UNKNOWN_INTERACTION)?;
        if !matches!(interaction.state, AnswerState::Waiting) {
            return Err(ApiError::ALREADY_ACKNOWLEDGED);
        }
        if interaction.issued.elapsed() >= self.rules.answer_within {
            return Err(ApiError::UNKNOWN_INTERACTION);
        }
        let kind = response_type(&body.json, interaction)?;
        let data = body.json.get("data").cloned().unwrap_or(Value::Null);
        let state = self.answer(id, kind, &data, body.uploads)?;
        if let Some(interaction) = self.interactions.get_mut(&id) {
            interaction.state = state;
            interaction.answered = Some(received);
        }
        // The message shows the interaction, which has just been answered.
        Ok(self.response_json(id, kind))
    }

    fn answer(
        &mut self,
        id: u64,
        kind: i64,
        data: &Value,
        uploads: Vec<Upload>,
    ) -> Result<AnswerState, ApiError> {
        let interaction = self.interactions.get(&id).ok_or(ApiError::UNKNOWN_INTERACTION)?;
        let on_message = interaction.on_message.unwrap_or_default();
        Ok(match kind {
            CHOICES => AnswerState::Choices(choices::read(data)?),
            MODAL => {
                let mut modal = modal::read(data)?;
                modal.interaction = id;
                modal.shown = Some(Instant::now());
                AnswerState::Modal(modal)
            }
            DEFERRED_UPDATE => self.answered_by(on_message, false),
            UPDATE => {
                let flags = self.messages.get(&on_message).map_or(0, |message| message.flags);
                let limit = self.rules.attachment_size_limit;
                let draft = Draft::read_edit(data, uploads, limit, flags)?;
                self.edit(on_message, draft)?;
                self.answered_by(on_message, false)
            }
            DEFERRED_MESSAGE => {
                let flags = data.at("flags").as_u64().unwrap_or(0);
                let draft = Draft { flags: Some(flags & EPHEMERAL), ..Draft::default() };
                let message = self.post_reply(id, draft, LOADING)?;
                self.answered_by(message, true)
            }
            _ => {
                let data = if data.is_null() { &json!({}) } else { data };
                let draft = Draft::read(data, uploads, self.rules.attachment_size_limit)?;
                let message = self.post_reply(id, draft, 0)?;
                self.answered_by(message, false)
            }
        })
    }

    /// The response that is a message in its present form.
    fn answered_by(&self, id: u64, pending: bool) -> AnswerState {
        let revisions = self.messages.get(&id).map_or(0, |message| message.revisions.len());
        AnswerState::Message { id, revisions, pending }
    }

    /// Posts a message that answers an interaction.
    ///
    /// # Errors
    /// Those of [`DiscordState::post`], 10003 when the channel is deleted.
    pub(crate) fn post_reply(
        &mut self,
        id: u64,
        draft: Draft,
        flags: u64,
    ) -> Result<u64, ApiError> {
        let interaction = self.interactions.get(&id).ok_or(ApiError::UNKNOWN_INTERACTION)?;
        let channel = self.channel(interaction.channel)?;
        if channel.archived {
            return Err(ApiError::THREAD_ARCHIVED);
        }
        // Only the member sees the response where external apps are denied.
        let guild = channel.guild().and_then(|guild| self.guilds.get(&guild));
        let muffled = interaction.only_user_installed()
            && guild.is_some_and(|it| it.permissions_of(interaction.user) & USE_EXTERNAL_APPS == 0);
        let ephemeral = muffled || draft.flags.unwrap_or(0) & EPHEMERAL != 0;
        let kind = match (interaction.is_command(), interaction.command_type()) {
            (true, 1) => 20,
            (true, _) => 23,
            (false, _) => 0,
        };
        let context = MessageContext {
            channel: channel.id,
            author: self.bot,
            kind,
            interaction: Some(id),
            only_for: ephemeral.then_some(interaction.user),
            flags: flags | if ephemeral { EPHEMERAL } else { 0 },
        };
        self.post(&context, draft)
    }

    /// The interaction callback response object.
    fn response_json(&self, id: u64, kind: i64) -> Value {
        let Some(interaction) = self.interactions.get(&id) else { return Value::Null };
        let message = interaction.original().and_then(|id| self.messages.get(&id));
        let mut about = json!({ "id": id.to_string(), "type": interaction.kind as u8 });
        // A deferred message is one already; what makes or changes none has no resource.
        let kind = if kind == DEFERRED_MESSAGE { MESSAGE } else { kind };
        let (Some(message), MESSAGE | UPDATE) = (message, kind) else {
            return json!({ "interaction": about });
        };
        about.set("response_message_id", message.id.to_string());
        about.set("response_message_loading", message.flags & LOADING != 0);
        about.set("response_message_ephemeral", message.flags & EPHEMERAL != 0);
        let resource = json!({ "type": kind, "message": self.message_json(message) });
        json!({ "interaction": about, "resource": resource })
    }
}

/// The response's type, if the interaction takes such a response.
fn response_type(body: &Value, interaction: &Interaction) -> Result<i64, ApiError> {
    let on_message = interaction.on_message.is_some();
    let allowed: &[i64] = match interaction.kind {
        InteractionKind::Autocomplete => &[CHOICES],
        InteractionKind::Command => &[MESSAGE, DEFERRED_MESSAGE, MODAL],
        InteractionKind::Component => &[MESSAGE, DEFERRED_MESSAGE, DEFERRED_UPDATE, UPDATE, MODAL],
        InteractionKind::ModalSubmit if on_message => {
            &[MESSAGE, DEFERRED_MESSAGE, DEFERRED_UPDATE, UPDATE]
        }
        // Without a message to update, that only closes the modal.
        InteractionKind::ModalSubmit => &[MESSAGE, DEFERRED_MESSAGE, DEFERRED_UPDATE],
    };
    let mut breaches = Breaches::default();
    let mut form = Form::new(body, &mut breaches);
    let kind = form.one_of("type", allowed);
    if form.raw("type").is_null() {
        form.missing("type");
    }
    // A PONG answers a PING, which only an HTTP endpoint is sent.
    if form.raw("type") == PONG {
        form.breach("type", "BASE_TYPE_CHOICES", "Nobody said PING.");
    }
    breaches.or(kind.unwrap_or_default())
}
