//! Modals
//! (<https://docs.discord.com/developers/interactions/receiving-and-responding#interaction-response-object-modal>).

use serde_json::Value;

use crate::discord::api::error::ApiError;
use crate::discord::api::form::{Breaches, Form};
use crate::discord::api::json::Fields as _;
use crate::discord::limits::component::{LONGEST_PLACEHOLDER, read_choices, read_type};
use crate::discord::model::modal::{FieldKind, Modal, ModalChoice, ModalField, Part};

const ROW: i64 = 1;
const STRING_SELECT: i64 = 3;
const TEXT_INPUT: i64 = 4;
/// Menus of users, roles, both, and channels.
const OTHER_SELECTS: std::ops::RangeInclusive<i64> = 5..=8;
const TEXT: i64 = 10;
const LABEL: i64 = 18;
const FILE_UPLOAD: i64 = 19;
const RADIO_GROUP: i64 = 21;
const CHECKBOX_GROUP: i64 = 22;
const CHECKBOX: i64 = 23;
/// The components that a label can have.
const LABELLED: [i64; 10] =
    [STRING_SELECT, TEXT_INPUT, 5, 6, 7, 8, FILE_UPLOAD, RADIO_GROUP, CHECKBOX_GROUP, CHECKBOX];
const LONGEST_ANSWER: i64 = 4000;

/// Reads the modal that a callback shows.
///
/// # Errors
/// 50035 with every breach.
pub(crate) fn read(data: &Value) -> Result<Modal, ApiError> {
    let mut breaches = Breaches::default();
    let mut form = Form::new(data, &mut breaches);
    let mut modal = Modal {
        custom_id: form.required_text("custom_id", 100),
        title: form.required_text("title", 45),
        ..Modal::default()
    };
    let parts = form.list("components", 5, |part| read_part(part, &mut modal));
    modal.parts = parts.unwrap_or_default();
    if modal.parts.is_empty() {
        form.breach("components", "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 5 in length.");
    }
    breaches.or(modal)
}

/// A text, a text input in a row with its own label, or something below a label.
fn read_part(form: &mut Form<'_>, modal: &mut Modal) -> Part {
    let field = match read_type(form, &[ROW, TEXT, LABEL]) {
        Some(TEXT) => {
            modal.texts.push(form.required_text("content", 4000));
            return Part::Text;
        }
        Some(LABEL) => read_labelled(form),
        _ => read_row(form),
    };
    modal.fields.push(field);
    Part::Field
}

fn read_row(form: &mut Form<'_>) -> ModalField {
    let inputs = form.list("components", 1, |component| {
        read_type(component, &[TEXT_INPUT]);
        let label = component.required_text("label", 45);
        let field = ModalField { label, component: TEXT_INPUT, ..ModalField::default() };
        read_input(component, field)
    });
    inputs.unwrap_or_default().pop().unwrap_or_else(|| {
        form.missing("components");
        ModalField::default()
    })
}

fn read_labelled(form: &mut Form<'_>) -> ModalField {
    let label = form.required_text("label", 45);
    form.text("description", 100);
    let Some(mut component) = form.object("component") else {
        form.missing("component");
        return ModalField::default();
    };
    let kind = read_type(&mut component, &LABELLED).unwrap_or(TEXT_INPUT);
    let field = ModalField { label, component: kind, in_label: true, ..ModalField::default() };
    match kind {
        TEXT_INPUT => read_input(&mut component, field),
        CHECKBOX => {
            let checked = component.flag("default").unwrap_or(false);
            ModalField {
                custom_id: component.required_text("custom_id", 100),
                kind: FieldKind::Checkbox,
                value: Some(checked.to_string()),
                ..field
            }
        }
        kind => read_choice(&mut component, field, kind),
    }
}

fn read_input(form: &mut Form<'_>, field: ModalField) -> ModalField {
    let paragraph = form.one_of("style", &[1, 2]) == Some(2);
    let placeholder = form.text("placeholder", 100);
    let least = form.integer("min_length", 0, LONGEST_ANSWER).unwrap_or(0);
    let most = form.integer("max_length", 1, LONGEST_ANSWER).unwrap_or(LONGEST_ANSWER);
    ModalField {
        custom_id: form.required_text("custom_id", 100),
        required: form.flag("required").unwrap_or(true),
        shortest: usize::try_from(least).unwrap_or_default(),
        longest: usize::try_from(most).unwrap_or_default(),
        value: form.text("value", 4000),
        paragraph,
        placeholder,
        ..field
    }
}

/// A menu, a group of boxes, or files.
fn read_choice(form: &mut Form<'_>, field: ModalField, component: i64) -> ModalField {
    let kind = match component {
        FILE_UPLOAD => FieldKind::Files,
        kind if OTHER_SELECTS.contains(&kind) => FieldKind::Ids,
        _ => {
            let options = read_choices(form, if component == STRING_SELECT { 25 } else { 10 });
            FieldKind::Choice(options.iter().map(choice).collect())
        }
    };
    // Of a group of boxes, unlike of a menu, all may be chosen without further words.
    let usual = match (&kind, component) {
        (FieldKind::Choice(options), CHECKBOX_GROUP) => options.len(),
        _ => 1,
    };
    let bound = if (STRING_SELECT..=8).contains(&component) { 25 } else { 10 };
    let least = form.integer("min_values", 0, bound).unwrap_or(1);
    let most = form.integer("max_values", 1, bound);
    ModalField {
        custom_id: form.required_text("custom_id", 100),
        required: form.flag("required").unwrap_or(true),
        shortest: usize::try_from(least).unwrap_or_default(),
        longest: most.and_then(|most| usize::try_from(most).ok()).unwrap_or(usual),
        placeholder: form.text("placeholder", LONGEST_PLACEHOLDER),
        kind,
        ..field
    }
}

fn choice(option: &Value) -> ModalChoice {
    let text = |key: &str| option.at(key).as_str().unwrap_or_default().to_owned();
    ModalChoice {
        label: text("label"),
        value: text("value"),
        default: option.at("default") == true,
    }
}
