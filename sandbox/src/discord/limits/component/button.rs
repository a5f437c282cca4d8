//! Buttons.

use serde_json::{Map, Value};

use crate::discord::api::form::Form;
use crate::discord::limits::component::{Tally, emoji, read_custom_id};

const LINK_STYLE: i64 = 5;

/// Reads a button but for its type and id.
pub(super) fn read(form: &mut Form<'_>, tally: &mut Tally) -> Map<String, Value> {
    let mut button = Map::new();
    let style = form.one_of("style", &[1, 2, 3, 4, LINK_STYLE]);
    if style.is_none() && form.raw("style").is_null() {
        form.missing("style");
    }
    let label = form.text("label", 80);
    let emoji = emoji::read(form);
    if label.is_none() && emoji.is_none() {
        form.missing("label");
    }
    if style == Some(LINK_STYLE) {
        match form.link("url", 512, &["http", "https", "discord"]) {
            Some(url) => button.extend([("url".to_owned(), url.into())]),
            None => form.missing("url"),
        }
        if form.text("custom_id", usize::MAX).is_some() {
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
        button.insert("custom_id".into(), read_custom_id(form, tally).into());
    }
    button.insert("style".into(), style.into());
    button.extend(label.map(|label| ("label".to_owned(), label.into())));
    button.extend(emoji.map(|emoji| ("emoji".to_owned(), emoji)));
    if let Some(disabled) = form.flag("disabled") {
        button.insert("disabled".into(), disabled.into());
    }
    button
}
