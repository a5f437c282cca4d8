//! A person fills in a modal.

use serde_json::{Map, Value, json};

use crate::discord::api::form::length;
use crate::discord::api::json::Fields as _;
use crate::discord::interactions::begin::Actor;
use crate::discord::interactions::refusal::ClientRefusal;
use crate::discord::model::modal::{FieldKind, Modal, ModalField, Part};
use crate::discord::state::DiscordState;

const RADIO_GROUP: i64 = 21;
const LABEL: i64 = 18;

/// A field's answers by its `custom_id`; of several values of one field each is a response.
pub(crate) type Answers<'a> = [(&'a str, &'a str)];

impl DiscordState {
    /// The data of a modal's submission. Fields that are not named keep their values.
    pub(crate) fn fill_in(
        &self,
        actor: Actor,
        modal: &Modal,
        answers: &Answers<'_>,
    ) -> Result<Value, ClientRefusal> {
        let known = |id: &str| modal.fields.iter().any(|field| field.custom_id == id);
        if let Some((unknown, _)) = answers.iter().find(|(id, _)| !known(id)) {
            return Err(ClientRefusal::UnknownField((*unknown).to_owned()));
        }
        let mut resolved = Map::new();
        let (mut fields, mut components, mut id) = (modal.fields.iter(), Vec::new(), 0);
        for part in &modal.parts {
            id += 1;
            match (part, fields.as_slice().first()) {
                (Part::Field, Some(field)) => {
                    fields.next();
                    let mut filled = self.fill_in_field(actor, field, answers, &mut resolved)?;
                    filled.set("id", id + 1);
                    components.push(wrapped(field, &filled, id));
                    id += 1;
                }
                _ => components.push(json!({ "type": 10, "id": id })),
            }
        }
        let mut data = json!({ "custom_id": modal.custom_id, "components": components });
        if !resolved.is_empty() {
            data.set("resolved", resolved);
        }
        Ok(data)
    }

    fn fill_in_field(
        &self,
        actor: Actor,
        field: &ModalField,
        answers: &Answers<'_>,
        resolved: &mut Map<String, Value>,
    ) -> Result<Value, ClientRefusal> {
        let bad = || ClientRefusal::BadField(field.custom_id.clone());
        let given = answers.iter().filter(|(id, _)| *id == field.custom_id);
        let given = given.map(|(_, value)| *value).collect::<Vec<_>>();
        let (key, value) = match &field.kind {
            FieldKind::Text => {
                let text = given.first().copied().or(field.value.as_deref()).unwrap_or_default();
                checked_size(field, length(text)).ok_or_else(bad)?;
                ("value", json!(text))
            }
            FieldKind::Checkbox => {
                let text = given.first().copied().or(field.value.as_deref());
                ("value", json!(text.unwrap_or("false").parse::<bool>().map_err(|_| bad())?))
            }
            FieldKind::Choice(options) => {
                let listed = |value: &&str| options.iter().any(|option| option.value == **value);
                let standing = options.iter().filter(|option| option.default);
                let values = if given.is_empty() {
                    standing.map(|option| option.value.as_str()).collect()
                } else {
                    given
                };
                let fit = values.iter().all(listed).then_some(());
                fit.and_then(|()| checked_size(field, values.len())).ok_or_else(bad)?;
                if field.component == RADIO_GROUP {
                    ("value", json!(values.first()))
                } else {
                    ("values", json!(values))
                }
            }
            FieldKind::Ids => {
                let channel = self.place(actor)?;
                let mut known =
                    |id: &&str| id.parse().is_ok_and(|id| self.resolve(channel, id, resolved));
                let fit = given.iter().all(&mut known).then_some(());
                fit.and_then(|()| checked_size(field, given.len())).ok_or_else(bad)?;
                ("values", json!(given))
            }
            FieldKind::Files => {
                checked_size(field, 0).ok_or_else(bad)?;
                ("values", json!([]))
            }
        };
        let mut filled = json!({ "type": field.component, "custom_id": field.custom_id });
        filled.set(key, value);
        Ok(filled)
    }
}

/// Whether a field takes so many characters or values.
fn checked_size(field: &ModalField, size: usize) -> Option<()> {
    let fits =
        if size == 0 { !field.required } else { (field.shortest..=field.longest).contains(&size) };
    fits.then_some(())
}

/// A filled-in field, in the shape in which it was declared.
fn wrapped(field: &ModalField, filled: &Value, id: u32) -> Value {
    if field.in_label {
        json!({ "type": LABEL, "id": id, "component": filled })
    } else {
        json!({ "type": 1, "id": id, "components": [filled] })
    }
}
