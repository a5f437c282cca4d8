//! "Components V2": sections, texts, pictures, files, separators and containers.

use serde_json::{Map, Value, json};

use crate::discord::api::form::{Form, length};
use crate::discord::limits::component::{BUTTON, ROW, Tally, button, read_row, read_type};

const SECTION: i64 = 9;
const TEXT: i64 = 10;
const THUMBNAIL: i64 = 11;
const GALLERY: i64 = 12;
const FILE: i64 = 13;
const SEPARATOR: i64 = 14;
const CONTAINER: i64 = 17;

/// The components at the top level of a message.
pub(super) const TOP: [i64; 7] = [ROW, SECTION, TEXT, GALLERY, FILE, SEPARATOR, CONTAINER];
/// The components in a container: no other container.
const IN_CONTAINER: [i64; 6] = [ROW, SECTION, TEXT, GALLERY, FILE, SEPARATOR];

/// Reads a component of one of the types.
pub(super) fn read(form: &mut Form<'_>, allowed: &[i64], tally: &mut Tally) -> Value {
    let kind = read_type(form, allowed);
    if kind == Some(ROW) {
        return read_row(form, tally);
    }
    let id = tally.number(form);
    let mut part = match kind {
        Some(SECTION) => read_section(form, tally),
        Some(TEXT) => read_text(form, tally),
        Some(THUMBNAIL) => read_picture(form),
        Some(GALLERY) => read_gallery(form),
        Some(FILE) => read_file(form),
        Some(SEPARATOR) => read_separator(form),
        Some(CONTAINER) => read_container(form, tally),
        Some(BUTTON) => button::read(form, tally),
        _ => Map::new(),
    };
    part.insert("type".into(), kind.into());
    part.insert("id".into(), id.into());
    part.into()
}

/// The components inside another one.
fn read_inside(
    form: &mut Form<'_>,
    most: usize,
    allowed: &[i64],
    tally: &mut Tally,
) -> (String, Value) {
    let inside = form.list("components", most, |part| read(part, allowed, tally));
    let inside = inside.unwrap_or_default();
    if inside.is_empty() {
        let message = format!("Must be between 1 and {most} in length.");
        form.breach("components", "BASE_TYPE_BAD_LENGTH", message);
    }
    ("components".to_owned(), inside.into())
}

fn read_section(form: &mut Form<'_>, tally: &mut Tally) -> Map<String, Value> {
    let texts = read_inside(form, 3, &[TEXT], tally);
    let accessory = form
        .object("accessory")
        .map(|mut accessory| read(&mut accessory, &[BUTTON, THUMBNAIL], tally));
    if accessory.is_none() {
        form.missing("accessory");
    }
    Map::from_iter([texts, ("accessory".to_owned(), accessory.into())])
}

fn read_text(form: &mut Form<'_>, tally: &mut Tally) -> Map<String, Value> {
    let content = form.required_text("content", super::MOST_CHARACTERS);
    tally.characters += length(&content);
    Map::from_iter([("content".to_owned(), content.into())])
}

/// A thumbnail, or an item of a gallery.
fn read_picture(form: &mut Form<'_>) -> Map<String, Value> {
    Map::from_iter([
        ("media".to_owned(), read_media(form, "media", &["http", "https", "attachment"])),
        ("description".to_owned(), form.text("description", 1024).into()),
        ("spoiler".to_owned(), form.flag("spoiler").unwrap_or(false).into()),
    ])
}

fn read_gallery(form: &mut Form<'_>) -> Map<String, Value> {
    let items = form.list("items", 10, |item| Value::from(read_picture(item)));
    let items = items.unwrap_or_default();
    if items.is_empty() {
        form.breach("items", "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 10 in length.");
    }
    Map::from_iter([("items".to_owned(), items.into())])
}

fn read_file(form: &mut Form<'_>) -> Map<String, Value> {
    Map::from_iter([
        ("file".to_owned(), read_media(form, "file", &["attachment"])),
        ("spoiler".to_owned(), form.flag("spoiler").unwrap_or(false).into()),
        // Known once the file is there.
        ("name".to_owned(), Value::Null),
        ("size".to_owned(), Value::Null),
    ])
}

/// Where a picture or a file is.
fn read_media(form: &mut Form<'_>, key: &str, schemes: &[&str]) -> Value {
    let Some(mut media) = form.object(key) else {
        form.missing(key);
        return Value::Null;
    };
    let url = media.link("url", 2048, schemes);
    if url.is_none() {
        media.missing("url");
    }
    json!({ "id": "0", "url": url, "proxy_url": url, "width": null, "height": null })
}

fn read_separator(form: &mut Form<'_>) -> Map<String, Value> {
    Map::from_iter([
        ("spacing".to_owned(), form.one_of("spacing", &[1, 2]).unwrap_or(1).into()),
        ("divider".to_owned(), form.flag("divider").unwrap_or(true).into()),
    ])
}

fn read_container(form: &mut Form<'_>, tally: &mut Tally) -> Map<String, Value> {
    let inside = read_inside(form, super::MOST_COMPONENTS, &IN_CONTAINER, tally);
    let color = form.integer("accent_color", 0, 0xFF_FFFF);
    Map::from_iter([
        inside,
        ("accent_color".to_owned(), color.into()),
        ("spoiler".to_owned(), form.flag("spoiler").unwrap_or(false).into()),
    ])
}
