//! Modals
//! (<https://docs.discord.com/developers/interactions/receiving-and-responding#interaction-response-object-modal>).

use serde_json::Value;

use crate::discord::error::ApiError;
use crate::discord::form::{Breaches, Form};
use crate::discord::invocation::{Modal, ModalField};

const ROW: i64 = 1;
const TEXT_INPUT: i64 = 4;
const LABEL: i64 = 18;
const LONGEST_ANSWER: i64 = 4000;

/// Reads the modal that a callback shows.
///
/// # Errors
/// 50035 with every breach.
pub(crate) fn read(data: &Value) -> Result<Modal, ApiError> {
    let mut breaches = Breaches::default();
    let mut form = Form::new(data, &mut breaches);
    let custom_id = form.required_text("custom_id", 100);
    let title = form.required_text("title", 45);
    let fields = form.list("components", 5, read_field).unwrap_or_default();
    if fields.is_empty() {
        form.breach("components", "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 5 in length.");
    }
    breaches.or(Modal { custom_id, title, fields, interaction: 0 })
}

/// A text input, in a row with its own label or below a label.
fn read_field(form: &mut Form<'_>) -> ModalField {
    if form.one_of("type", &[ROW, LABEL]) == Some(LABEL) {
        return read_labelled(form);
    }
    let inputs = form.list("components", 1, |component| {
        let label = component.required_text("label", 45);
        let field = ModalField { label, ..ModalField::default() };
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
    let field = ModalField { label, in_label: true, ..ModalField::default() };
    if let Some(mut component) = form.object("component") {
        return read_input(&mut component, field);
    }
    form.missing("component");
    field
}

fn read_input(form: &mut Form<'_>, field: ModalField) -> ModalField {
    form.one_of("type", &[TEXT_INPUT]);
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
