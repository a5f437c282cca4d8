//! Buttons and menus (<https://docs.discord.com/developers/components/reference>).
//!
//! Rows, buttons and select menus only: the layout components of "Components V2" are unknown here.

use std::collections::HashSet;

use serde_json::{Map, Value, json};

use crate::discord::form::Form;
use crate::discord::json::Fields as _;

const MOST_ROWS: usize = 5;
const MOST_BUTTONS: usize = 5;
const ROW: i64 = 1;
const BUTTON: i64 = 2;
const STRING_SELECT: i64 = 3;
/// Menus of users, roles, both, and channels.
const OTHER_SELECTS: [i64; 4] = [5, 6, 7, 8];
const LINK_STYLE: i64 = 5;

/// Reads the components of a message as Discord keeps them.
pub(crate) fn read(form: &mut Form<'_>) -> Option<Vec<Value>> {
    let mut numbering = Numbering::default();
    form.list("components", MOST_ROWS, |row| read_row(row, &mut numbering))
}

/// Discord numbers a message's components and wants each `custom_id` once.
#[derive(Default)]
struct Numbering {
    count: u32,
    custom_ids: HashSet<String>,
}

impl Numbering {
    fn next(&mut self) -> u32 {
        self.count += 1;
        self.count
    }
}

fn read_row(form: &mut Form<'_>, numbering: &mut Numbering) -> Value {
    if form.one_of("type", &[ROW]).is_none() && form.raw("type").is_null() {
        form.missing("type");
    }
    let id = numbering.next();
    let inside =
        form.list("components", MOST_BUTTONS, |component| read_component(component, numbering));
    let inside = inside.unwrap_or_default();
    let menus = inside.iter().filter(|component| component.at("type") != BUTTON).count();
    if inside.is_empty() || (menus > 0 && inside.len() > 1) {
        let most = if menus > 0 { 1 } else { MOST_BUTTONS };
        let message = format!("Must be between 1 and {most} in length.");
        form.breach("components", "BASE_TYPE_BAD_LENGTH", message);
    }
    json!({ "type": ROW, "id": id, "components": inside })
}

fn read_component(form: &mut Form<'_>, numbering: &mut Numbering) -> Value {
    let [user, role, mentionable, channel] = OTHER_SELECTS;
    let known = [BUTTON, STRING_SELECT, user, role, mentionable, channel];
    let kind = form.one_of("type", &known);
    let id = numbering.next();
    let mut component = match kind {
        Some(BUTTON) => read_button(form, numbering),
        Some(kind) => read_menu(form, numbering, kind),
        None => {
            if form.raw("type").is_null() {
                form.missing("type");
            }
            Map::new()
        }
    };
    component.insert("type".into(), kind.into());
    component.insert("id".into(), id.into());
    component.into()
}

fn read_button(form: &mut Form<'_>, numbering: &mut Numbering) -> Map<String, Value> {
    let mut button = Map::new();
    let style = form.one_of("style", &[1, 2, 3, 4, LINK_STYLE]);
    if style.is_none() && form.raw("style").is_null() {
        form.missing("style");
    }
    let label = form.text("label", 80);
    let emoji = form.raw("emoji").clone();
    if label.is_none() && emoji.is_null() {
        form.missing("label");
    }
    if style == Some(LINK_STYLE) {
        match form.link("url", 512, &["http", "https", "discord"]) {
            Some(url) => button.extend([("url".to_owned(), url.into())]),
            None => form.missing("url"),
        }
        if form.has("custom_id") {
            let message = "A custom id and url cannot both be specified";
            form.breach("custom_id", "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE", message);
        }
    } else {
        if form.text("url", usize::MAX).is_some() {
            form.breach(
                "url",
                "BUTTON_COMPONENT_INVALID_URL",
                "A url can only be specified on a link button",
            );
        }
        button.insert("custom_id".into(), read_custom_id(form, numbering).into());
    }
    button.insert("style".into(), style.into());
    button.extend(label.map(|label| ("label".to_owned(), label.into())));
    if !emoji.is_null() {
        button.insert("emoji".into(), emoji);
    }
    if let Some(disabled) = form.flag("disabled") {
        button.insert("disabled".into(), disabled.into());
    }
    button
}

fn read_custom_id(form: &mut Form<'_>, numbering: &mut Numbering) -> String {
    let custom_id = form.required_text("custom_id", 100);
    if !custom_id.is_empty() && !numbering.custom_ids.insert(custom_id.clone()) {
        let message = "Component custom id cannot be duplicated";
        form.breach("custom_id", "COMPONENT_CUSTOM_ID_DUPLICATED", message);
    }
    custom_id
}

fn read_menu(form: &mut Form<'_>, numbering: &mut Numbering, kind: i64) -> Map<String, Value> {
    let mut menu = Map::new();
    menu.insert("custom_id".into(), read_custom_id(form, numbering).into());
    if let Some(placeholder) = form.text("placeholder", 150) {
        menu.insert("placeholder".into(), placeholder.into());
    }
    menu.insert("min_values".into(), form.integer("min_values", 0, 25).unwrap_or(1).into());
    menu.insert("max_values".into(), form.integer("max_values", 1, 25).unwrap_or(1).into());
    menu.insert("disabled".into(), form.flag("disabled").unwrap_or(false).into());
    if kind == STRING_SELECT {
        let options = form.list("options", 25, |option| {
            json!({
                "label": option.required_text("label", 100),
                "value": option.required_text("value", 100),
                "description": option.text("description", 100),
                "default": option.flag("default").unwrap_or(false),
            })
        });
        if options.as_ref().is_none_or(Vec::is_empty) {
            form.breach("options", "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 25 in length.");
        }
        menu.insert("options".into(), options.into());
    }
    menu
}
