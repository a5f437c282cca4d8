//! Reads Whisul's bodies, even if their JSON is broken.
//!
//! A strict parser would lose a paid song over a byte order mark, a `NaN` or a cut-off end. This one
//! returns every complete value. It keeps documented members only, so that no body needs more memory
//! than its texts.

mod reader;

use std::borrow::Cow;

use serde_json::{Map, Value};

use self::reader::{JsonReader, plain_name};

/// The members in which a response may be wrapped. `prompt` is not one of them: a person writes it,
/// and could forge a response.
const ENVELOPE_NAMES: [&str; 8] =
    ["result", "data", "job", "task", "song", "output", "payload", "response"];
/// Replaces a text that holds a secret. It is neither a link nor an id.
pub(super) const HIDDEN_TEXT: &str = "…";

/// A JSON object as far as it could be read.
#[derive(Clone, Debug, Default)]
pub(in crate::whisul) struct Object {
    members: Map<String, Value>,
    /// Whether its end arrived. In a body that was cut off, a missing member proves nothing.
    pub(super) whole: bool,
}

impl Object {
    /// A member by its documented name. Case, `_` and `-` don't matter: `job_id` is `jobId`, too. A
    /// member without a value (`null`, `NaN`) is missing.
    pub(in crate::whisul) fn get(&self, name: &str) -> &Value {
        self.members.get(&plain_name(name)).unwrap_or(&Value::Null)
    }

    pub(in crate::whisul) fn has(&self, name: &str) -> bool {
        !self.get(name).is_null()
    }

    /// The objects in it: members, the only element of a list, or JSON that is written as a text.
    pub(super) fn inner(&self) -> impl Iterator<Item = Self> {
        ENVELOPE_NAMES.iter().filter_map(|name| {
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

    /// Replaces all secret texts by [`HIDDEN_TEXT`].
    pub(super) fn hide(&mut self, is_secret: &impl Fn(&str) -> bool) {
        self.members.values_mut().for_each(|value| hide(value, is_secret));
    }
}

fn hide(value: &mut Value, is_secret: &impl Fn(&str) -> bool) {
    match value {
        Value::String(text) if is_secret(text) => HIDDEN_TEXT.clone_into(text),
        Value::Array(list) => list.iter_mut().for_each(|value| hide(value, is_secret)),
        Value::Object(members) => members.values_mut().for_each(|value| hide(value, is_secret)),
        _ => {}
    }
}

/// Reads a body. `None` unless it begins with a JSON object. Anything after that is ignored.
pub(in crate::whisul) fn read(body: &[u8]) -> Option<Object> {
    let body = as_utf8(body);
    let mut reader = JsonReader { bytes: &body, at: 0, cut: false };
    reader.skip_space();
    let value = reader.value(0)?;
    let Value::Object(members) = value else { return None };
    Some(Object { members, whole: !reader.cut })
}

/// Reads the object at the end of a body, after a warning of the server, a guard against scripts, or
/// the bracket of a list. A page of HTML has tags after it.
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

/// The body as UTF-8, without a byte order mark. UTF-16 shows by its mark, or by the zero byte beside
/// the first brace.
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
