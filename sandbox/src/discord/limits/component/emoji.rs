//! Emojis on buttons and in menus.

use serde_json::{Value, json};

use crate::discord::api::form::Form;

/// Reads the emoji of a button or an option; null fields count as absent.
pub(super) fn read(form: &mut Form<'_>) -> Option<Value> {
    let mut emoji = form.object("emoji")?;
    let (id, name) = (emoji.snowflake("id"), emoji.text("name", 100));
    match (id, name) {
        (Some(id), name) => Some(json!({
            "id": id.to_string(),
            "name": name.unwrap_or_default(),
            "animated": emoji.flag("animated").unwrap_or(false),
        })),
        (None, Some(name)) if name.is_ascii() => {
            emoji.breach("name", "BUTTON_COMPONENT_INVALID_EMOJI", "Invalid emoji");
            None
        }
        (None, Some(name)) => Some(json!({ "name": name })),
        (None, None) => None,
    }
}
