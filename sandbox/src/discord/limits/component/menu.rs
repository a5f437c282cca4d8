//! Menus.

use serde_json::{Map, Value, json};

use crate::discord::api::form::Form;
use crate::discord::api::json::Fields as _;
use crate::discord::limits::component::{STRING_SELECT, Tally, emoji, read_custom_id};

/// The longest placeholder.
pub(in crate::discord::limits) const LONGEST_PLACEHOLDER: usize = 150;

/// Reads a menu but for its type and id.
pub(super) fn read(form: &mut Form<'_>, tally: &mut Tally, kind: i64) -> Map<String, Value> {
    let mut menu = Map::new();
    menu.insert("custom_id".into(), read_custom_id(form, tally).into());
    if let Some(placeholder) = form.text("placeholder", LONGEST_PLACEHOLDER) {
        menu.insert("placeholder".into(), placeholder.into());
    }
    menu.insert("min_values".into(), form.integer("min_values", 0, 25).unwrap_or(1).into());
    menu.insert("max_values".into(), form.integer("max_values", 1, 25).unwrap_or(1).into());
    menu.insert("disabled".into(), form.flag("disabled").unwrap_or(false).into());
    if kind == STRING_SELECT {
        menu.insert("options".into(), read_choices(form, 25).into());
    }
    for key in ["default_values", "channel_types"] {
        if !form.raw(key).is_null() {
            menu.insert(key.to_owned(), form.raw(key).clone());
        }
    }
    menu
}

/// Reads the options that a menu, or a group of boxes, lets people choose from.
pub(in crate::discord::limits) fn read_choices(form: &mut Form<'_>, most: usize) -> Vec<Value> {
    let options = form.list("options", most, |option| {
        let mut read = json!({
            "label": option.required_text("label", 100),
            "value": option.required_text("value", 100),
            "default": option.flag("default").unwrap_or(false),
        });
        if let Some(description) = option.text("description", 100) {
            read.set("description", description);
        }
        if let Some(emoji) = emoji::read(option) {
            read.set("emoji", emoji);
        }
        read
    });
    let options = options.unwrap_or_default();
    if options.is_empty() {
        let message = format!("Must be between 1 and {most} in length.");
        form.breach("options", "BASE_TYPE_BAD_LENGTH", message);
    }
    options
}
