//! The one reader of Whisul's bodies, made for JSON that is nearly valid.
//!
//! A song that was paid for must not be lost over a byte order mark or a `NaN`, and what arrived
//! whole of a body that was cut off counts. Strict parsers take all or nothing. This one also keeps
//! nothing but the members that the API documents: however large a body is and whatever it is made
//! of, reading it takes no more memory than its texts.

mod reader;

use std::borrow::Cow;

use serde_json::{Map, Value};

use self::reader::{JsonReader, plain_name};

/// What other objects may stand in. A prompt is none of them: people write it, and it could pretend
/// to be a response.
const CONTAINERS: [&str; 8] =
    ["result", "data", "job", "task", "song", "output", "payload", "response"];
/// What stands for a text that nobody may see: it is no link, and tells nothing.
pub(super) const HIDDEN: &str = "…";

/// A JSON object as far as it could be read.
#[derive(Clone, Debug, Default)]
pub(in crate::whisul) struct Object {
    members: Map<String, Value>,
    /// Whether its end was reached. Of a body that was cut off, what is missing proves nothing.
    pub(super) whole: bool,
}

impl Object {
    /// A member by its documented name. Case, `_` and `-` don't matter: `job_id` is `jobId`, too.
    /// What has no value (`null`, `NaN`) counts as missing.
    pub(in crate::whisul) fn get(&self, name: &str) -> &Value {
        self.members.get(&plain_name(name)).unwrap_or(&Value::Null)
    }

    pub(in crate::whisul) fn has(&self, name: &str) -> bool {
        !self.get(name).is_null()
    }

    /// The objects in it: members, the only element of a list, or JSON that is written as a text.
    pub(super) fn inner(&self) -> impl Iterator<Item = Self> {
        CONTAINERS.iter().filter_map(|name| {
            let (members, whole) = match self.get(name) {
                Value::Object(members) => (members.clone(), self.whole),
                Value::Array(elements) => match elements.as_slice() {
                    [Value::Object(members)] => (members.clone(), self.whole),
                    _ => return None,
                },
                Value::String(text) => return read(text.as_bytes()),
                _ => return None,
            };
            Some(Self { members, whole })
        })
    }

    /// Puts [`HIDDEN`] in the place of all texts that are secret.
    pub(super) fn hide(&mut self, is_secret: &impl Fn(&str) -> bool) {
        self.members.values_mut().for_each(|value| hide(value, is_secret));
    }
}

fn hide(value: &mut Value, is_secret: &impl Fn(&str) -> bool) {
    match value {
        Value::String(text) if is_secret(text) => HIDDEN.clone_into(text),
        Value::Array(list) => list.iter_mut().for_each(|value| hide(value, is_secret)),
        Value::Object(members) => members.values_mut().for_each(|value| hide(value, is_secret)),
        _ => {}
    }
}

/// Reads a body. `None` unless it begins as a JSON object: whatever follows that is ignored.
pub(in crate::whisul) fn read(body: &[u8]) -> Option<Object> {
    let body = as_utf8(body);
    let mut reader = JsonReader { bytes: &body, at: 0, cut: false };
    reader.skip_space();
    let value = reader.value(0)?;
    let Value::Object(members) = value else { return None };
    Some(Object { members, whole: !reader.cut })
}

/// Reads the object with which a body ends, after something else: a notice of the program that wrote
/// it, a guard against scripts, the bracket of a list. A page of HTML ends otherwise.
pub(super) fn read_end(body: &[u8]) -> Option<Object> {
    if let Ok(text) = serde_json::from_slice::<String>(body) {
        return read(text.as_bytes());
    }
    let body = as_utf8(body);
    let at = body.iter().position(|byte| *byte == b'{')?;
    let mut reader = JsonReader { bytes: &body, at, cut: false };
    let Value::Object(members) = reader.value(0)? else { return None };
    let mut rest = body.get(reader.at..).unwrap_or_default().iter();
    let is_end = rest.all(|byte| *byte <= b' ' || b"]);".contains(byte));
    (is_end && !reader.cut).then_some(Object { members, whole: true })
}

/// The body without a byte order mark. UTF-16 is recognised by its mark, or by the zero beside the
/// brace with which an object begins.
fn as_utf8(body: &[u8]) -> Cow<'_, [u8]> {
    let utf16 = |body: &[u8], unit: fn([u8; 2]) -> u16| {
        let units = body.as_chunks().0.iter().map(|pair| unit(*pair));
        let text: String = char::decode_utf16(units).map(|c| c.unwrap_or('\u{FFFD}')).collect();
        Cow::Owned(text.into_bytes())
    };
    match body {
        [0xef, 0xbb, 0xbf, rest @ ..] => Cow::Borrowed(rest),
        [0xff, 0xfe, rest @ ..] | rest @ [b'{', 0, ..] => utf16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] | rest @ [0, b'{', ..] => utf16(rest, u16::from_be_bytes),
        _ => Cow::Borrowed(body),
    }
}

#[cfg(any(test, fuzzing))]
pub(in crate::whisul) mod properties;

#[cfg(test)]
mod tests;
