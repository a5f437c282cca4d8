//! Performs what a person does.

use std::{collections::BTreeMap, sync::Arc};

use axum::{Json, extract::State};
use serde_json::{Value, json};

use crate::{
    ChannelClient, ClientRefusal, FieldKind, Invocation, Modal, ModalChoice, NoAnswer,
    page::state::{
        PageState,
        action::{Action, PersonAction, Typed},
    },
};

/// `POST /action`: performs it and waits for the direct result.
pub(super) async fn action(
    State(page): State<Arc<PageState>>,
    Json(action): Json<PersonAction>,
) -> Json<Value> {
    let outcome = page.perform(action).await;
    Json(outcome.unwrap_or_else(|refusal| json!({ "is": "refused", "why": refusal.to_string() })))
}

impl PageState {
    /// Performs what a person does and waits for the direct result.
    pub(super) async fn perform(&self, action: PersonAction) -> Result<Value, ClientRefusal> {
        perform(
            &self.environment.discord.channel_client(action.person, action.channel),
            action.action,
        )
        .await
    }
}

async fn perform(client: &ChannelClient, action: Action) -> Result<Value, ClientRefusal> {
    let invocation = match action {
        Action::Command(Typed { name, options }) => client.command(&name, &list(&options)).await?,
        Action::MessageCommand { name, message } => client.message_command(&name, message).await?,
        Action::UserCommand { name, user } => client.user_command_on(&name, user).await?,
        Action::Click { message, custom_id } => client.click(message, &custom_id).await?,
        Action::Pick { message, custom_id, values } => {
            let values: Vec<_> = values.iter().map(String::as_str).collect();
            client.pick(message, &custom_id, &values).await?
        }
        Action::Submit { interaction, answers } => {
            let modal = client.shown_modal(interaction).ok_or(ClientRefusal::UnknownMessage)?;
            let each = answers.iter().flat_map(|(id, values)| {
                values.iter().map(move |value| (id.as_str(), value.as_str()))
            });
            let answers: Vec<_> = each.collect();
            client.submit_modal(&modal, &answers).await?
        }
        Action::Suggest { typed: Typed { name, options }, option } => {
            let choices = client.suggestions(&name, &option, &list(&options)).await?;
            return Ok(json!({ "is": "choices", "choices": choices }));
        }
        Action::Say { text } => {
            let said = client.say(&text);
            return said.map(|_| done()).ok_or(ClientRefusal::NoSuchChannel);
        }
        Action::Delete { message } => {
            let deleted = client.may_delete(message) && client.delete(message);
            return if deleted { Ok(done()) } else { Err(ClientRefusal::UnknownMessage) };
        }
    };
    answer(&invocation).await
}

fn done() -> Value {
    json!({ "is": "done" })
}

fn list(options: &BTreeMap<String, Value>) -> Vec<(&str, Value)> {
    options.iter().map(|(name, value)| (name.as_str(), value.clone())).collect()
}

/// The direct result of an interaction. Its message reaches the page like every message.
async fn answer(invocation: &Invocation) -> Result<Value, ClientRefusal> {
    match invocation.answer().await {
        Ok(_) => Ok(done()),
        Err(NoAnswer::DidNotRespond) => Err(ClientRefusal::DidNotRespond),
        Err(NoAnswer::Modal(modal)) => Ok(form(invocation.id, &modal)),
    }
}

/// What a field takes, in a word.
fn kind(kind: &FieldKind) -> &'static str {
    match kind {
        FieldKind::Text => "text",
        FieldKind::Choice(_) => "choice",
        FieldKind::Ids => "ids",
        FieldKind::Checkbox => "checkbox",
        FieldKind::Files => "files",
    }
}

fn options(kind: &FieldKind) -> Vec<Value> {
    let FieldKind::Choice(options) = kind else { return Vec::new() };
    let option = |option: &ModalChoice| json!({ "label": option.label, "value": option.value, "default": option.default });
    options.iter().map(option).collect()
}

fn form(interaction: u64, modal: &Modal) -> Value {
    let fields = modal.fields.iter().map(|field| {
        json!({
            "custom_id": field.custom_id,
            "label": field.label,
            "value": field.value,
            "placeholder": field.placeholder,
            "kind": kind(&field.kind),
            "options": options(&field.kind),
            "paragraph": field.paragraph,
            "required": field.required,
            "shortest": field.shortest,
            "longest": field.longest,
        })
    });
    json!({
        "is": "modal",
        "interaction": interaction.to_string(),
        "title": modal.title,
        "texts": modal.texts,
        "fields": fields.collect::<Vec<_>>(),
    })
}
