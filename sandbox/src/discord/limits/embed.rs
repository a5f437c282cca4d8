//! Embeds (<https://docs.discord.com/developers/resources/message#embed-object-embed-limits>).

use serde_json::{Map, Value, json};

use crate::discord::api::form::{Form, length};

/// Embeds in one message.
const MOST_EMBEDS: usize = 10;
/// Characters in all embeds of one message together.
const MOST_CHARACTERS: usize = 6000;
const LONGEST_LINK: usize = 2048;
const LINK: [&str; 2] = ["http", "https"];
const PICTURE: [&str; 3] = ["http", "https", "attachment"];

/// Reads the embeds of a message as Discord keeps them.
pub(crate) fn read(form: &mut Form<'_>) -> Option<Vec<Value>> {
    let mut characters = 0;
    let embeds = form.list("embeds", MOST_EMBEDS, |embed| {
        let (embed, counted) = read_one(embed);
        characters += counted;
        embed
    })?;
    if characters > MOST_CHARACTERS {
        let message = format!("Embed size exceeds maximum size of {MOST_CHARACTERS}");
        form.breach("embeds", "MAX_EMBED_SIZE_EXCEEDED", message);
    }
    Some(embeds)
}

/// One embed and the characters that count towards the sum.
fn read_one(form: &mut Form<'_>) -> (Value, usize) {
    let mut embed = Map::new();
    let mut characters = 0;
    for (key, most) in [("title", 256), ("description", 4096)] {
        if let Some(text) = form.text(key, most) {
            characters += length(&text);
            embed.insert(key.to_owned(), text.into());
        }
    }
    if let Some(link) = form.link("url", LONGEST_LINK, &LINK) {
        embed.insert("url".into(), link.into());
    }
    if let Some(color) = form.integer("color", 0, 0xFF_FFFF) {
        embed.insert("color".into(), color.into());
    }
    if let Some(time) = read_time(form) {
        embed.insert("timestamp".into(), time.into());
    }
    for key in ["image", "thumbnail"] {
        let picture = form.object(key).and_then(|mut picture| read_picture(&mut picture));
        embed.extend(picture.map(|picture| (key.to_owned(), picture)));
    }
    for (key, text_key, most) in [("footer", "text", 2048), ("author", "name", 256)] {
        if let Some(mut line) = form.object(key) {
            let (line, counted) = read_line(&mut line, text_key, most);
            characters += counted;
            embed.insert(key.to_owned(), line);
        }
    }
    let fields = form.list("fields", 25, |field| {
        let (field, counted) = read_field(field);
        characters += counted;
        field
    });
    embed.extend(
        fields.filter(|fields| !fields.is_empty()).map(|some| ("fields".into(), some.into())),
    );
    if embed.keys().all(|key| matches!(key.as_str(), "url" | "color" | "timestamp")) {
        form.missing("description");
    }
    embed.insert("type".into(), "rich".into());
    (embed.into(), characters)
}

fn read_picture(form: &mut Form<'_>) -> Option<Value> {
    let Some(url) = form.link("url", LONGEST_LINK, &PICTURE) else {
        form.missing("url");
        return None;
    };
    Some(json!({ "url": url, "proxy_url": url, "width": 0, "height": 0, "flags": 0 }))
}

/// The footer or the author: a text with a picture, the author with a link.
fn read_line(form: &mut Form<'_>, text_key: &str, most: usize) -> (Value, usize) {
    let text = form.required_text(text_key, most);
    let counted = length(&text);
    let mut line = Map::from_iter([(text_key.to_owned(), text.into())]);
    if let Some(icon) = form.link("icon_url", LONGEST_LINK, &PICTURE) {
        line.insert("proxy_icon_url".into(), icon.clone().into());
        line.insert("icon_url".into(), icon.into());
    }
    if text_key == "name"
        && let Some(link) = form.link("url", LONGEST_LINK, &LINK)
    {
        line.insert("url".into(), link.into());
    }
    (line.into(), counted)
}

fn read_field(form: &mut Form<'_>) -> (Value, usize) {
    let name = form.required_text("name", 256);
    let value = form.required_text("value", 1024);
    let inline = form.flag("inline").unwrap_or(false);
    let counted = length(&name) + length(&value);
    (json!({ "name": name, "value": value, "inline": inline }), counted)
}

/// A time as ISO 8601 writes it; the shape is checked, not the calendar.
fn read_time(form: &mut Form<'_>) -> Option<String> {
    let time = form.text("timestamp", usize::MAX)?;
    let shape = time.chars().take(16).map(|c| if c.is_ascii_digit() { '0' } else { c });
    let shape = shape.collect::<String>();
    if shape != "0000-00-00T00:00" && shape != "0000-00-00" {
        let message = format!("Could not parse {time}. Should be ISO8601.");
        form.breach("timestamp", "DATE_TIME_TYPE_PARSE", message);
    }
    Some(time)
}
