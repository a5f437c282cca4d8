//! Suggestions for half-typed options
//! (<https://docs.discord.com/developers/interactions/receiving-and-responding#interaction-response-object-autocomplete>).

use serde_json::{Value, json};

use crate::discord::api::error::ApiError;
use crate::discord::api::form::{Breaches, Form};

/// Reads the choices of an autocomplete answer, or of an option.
pub(crate) fn read_list(form: &mut Form<'_>) -> Option<Vec<Value>> {
    form.list("choices", 25, |choice| {
        let name = choice.required_text("name", 100);
        let value = match choice.raw("value") {
            Value::Number(number) => Value::Number(number.clone()),
            _ => choice.required_text("value", 100).into(),
        };
        json!({ "name": name, "name_localizations": choice.raw("name_localizations"), "value": value })
    })
}

/// Reads an autocomplete answer.
///
/// # Errors
/// 50035 with every breach.
pub(crate) fn read(data: &Value) -> Result<Vec<Value>, ApiError> {
    let mut breaches = Breaches::default();
    let mut form = Form::new(data, &mut breaches);
    let choices = read_list(&mut form);
    if choices.is_none() && form.raw("choices").is_null() {
        form.missing("choices");
    }
    breaches.or(choices.unwrap_or_default())
}
