//! What a person does.

use std::{collections::BTreeMap, sync::Arc};

use axum::{Json, extract::State};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{House, view::id};
use crate::{ClientRefusal, FieldKind, Invocation, Modal, ModalChoice, NoAnswer, Seat};

/// Something that a person does somewhere.
#[derive(Debug, Deserialize)]
pub(super) struct Deed {
    #[serde(deserialize_with = "id")]
    person: u64,
    #[serde(deserialize_with = "id")]
    channel: u64,
    #[serde(flatten)]
    act: Act,
}

/// The name of a command, subcommands included, and what was filled in.
#[derive(Debug, Deserialize)]
struct Typed {
    name: String,
    options: BTreeMap<String, Value>,
}

#[derive(Debug, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
enum Act {
    Command(Typed),
    Suggest {
        #[serde(flatten)]
        typed: Typed,
        option: String,
    },
    MessageCommand {
        name: String,
        #[serde(deserialize_with = "id")]
        message: u64,
    },
    UserCommand {
        name: String,
        #[serde(deserialize_with = "id")]
        user: u64,
    },
    Click {
        #[serde(deserialize_with = "id")]
        message: u64,
        custom_id: String,
    },
    Pick {
        #[serde(deserialize_with = "id")]
        message: u64,
        custom_id: String,
        values: Vec<String>,
    },
    Submit {
        #[serde(deserialize_with = "id")]
        interaction: u64,
        answers: BTreeMap<String, Vec<String>>,
    },
    Say {
        text: String,
    },
    Delete {
        #[serde(deserialize_with = "id")]
        message: u64,
    },
}

/// `POST /act`: does it, and waits for what comes of it at once.
pub(super) async fn act(State(house): State<Arc<House>>, Json(deed): Json<Deed>) -> Json<Value> {
    let outcome = house.perform(deed).await;
    Json(outcome.unwrap_or_else(|refusal| json!({ "is": "refused", "why": refusal.to_string() })))
}

impl House {
    /// Does what a person does, and waits for what comes of it at once.
    pub(super) async fn perform(&self, deed: Deed) -> Result<Value, ClientRefusal> {
        perform(&self.cast.discord.seat(deed.person, deed.channel), deed.act).await
    }
}

async fn perform(seat: &Seat, act: Act) -> Result<Value, ClientRefusal> {
    let invocation = match act {
        Act::Command(Typed { name, options }) => seat.command(&name, &list(&options)).await?,
        Act::MessageCommand { name, message } => seat.message_command(&name, message).await?,
        Act::UserCommand { name, user } => seat.user_command_on(&name, user).await?,
        Act::Click { message, custom_id } => seat.click(message, &custom_id).await?,
        Act::Pick { message, custom_id, values } => {
            let values: Vec<_> = values.iter().map(String::as_str).collect();
            seat.pick(message, &custom_id, &values).await?
        }
        Act::Submit { interaction, answers } => {
            let modal = seat.shown_modal(interaction).ok_or(ClientRefusal::UnknownMessage)?;
            let each = answers.iter().flat_map(|(id, values)| {
                values.iter().map(move |value| (id.as_str(), value.as_str()))
            });
            let answers: Vec<_> = each.collect();
            seat.submit_modal(&modal, &answers).await?
        }
        Act::Suggest { typed: Typed { name, options }, option } => {
            let choices = seat.suggestions(&name, &option, &list(&options)).await?;
            return Ok(json!({ "is": "choices", "choices": choices }));
        }
        Act::Say { text } => {
            let said = seat.say(&text);
            return said.map(|_| done()).ok_or(ClientRefusal::NoSuchChannel);
        }
        Act::Delete { message } => {
            let deleted = seat.may_delete(message) && seat.delete(message);
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

/// What comes of an interaction at once; its message comes as all messages do.
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
