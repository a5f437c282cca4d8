//! What must hold for whatever is read as JSON.

#![expect(clippy::missing_panics_doc, reason = "a property panics where it is broken")]

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, SeqAccess, Visitor},
};
use serde_json::{Map, Value};

use super::{
    read,
    reader::{DEPTH_MAX, ELEMENTS_MAX, KEPT_NAMES, TEXT_MAX, plain_name},
};

/// Valid JSON is read as a strict parser reads it, and any part of it as a part; however it is
/// encoded. Whatever else it is, what is kept has its bounds.
pub fn json(bytes: &[u8]) {
    let object = read(bytes);
    if let Some(object) = &object {
        check_bounds(&object.members, 1);
    }
    let Ok(text) = str::from_utf8(bytes) else { return };
    if text.starts_with(['{', ' ', '\n']) && !text.contains('\0') {
        let members = object.as_ref().map(|object| &object.members);
        for encoded in encodings(text) {
            let read = read(&encoded);
            assert_eq!(read.as_ref().map(|object| &object.members), members);
        }
    }
    let Ok(written) = serde_json::from_str::<Written>(text) else { return };
    assert_eq!(object.is_some(), matches!(written, Written::Object(_)));
    let Some(object) = object else { return };
    assert!(object.whole);
    let kept = written.kept(0).unwrap_or_default();
    assert!(is_same(&object.members.into(), &kept), "{kept}");
    let body = bytes.trim_ascii();
    for length in [1, body.len() / 4, body.len() / 2, body.len() * 3 / 4, body.len() - 1] {
        let Some(part) = read(body.get(..length).unwrap_or_default()) else { continue };
        assert!(!part.whole);
        assert!(written.holds_leaves_of(&part.members.into()), "the first {length} bytes");
    }
}

/// The same text in all encodings that are read.
fn encodings(text: &str) -> [Vec<u8>; 3] {
    let utf16 = |bytes: fn(u16) -> [u8; 2]| {
        "\u{FEFF}".encode_utf16().chain(text.encode_utf16()).flat_map(bytes).collect()
    };
    [[b"\xEF\xBB\xBF", text.as_bytes()].concat(), utf16(u16::to_le_bytes), utf16(u16::to_be_bytes)]
}

fn check_bounds(members: &Map<String, Value>, depth: usize) {
    assert!(depth <= DEPTH_MAX);
    assert!(members.keys().all(|name| KEPT_NAMES.contains(&name.as_str())));
    for value in members.values() {
        assert!(!value.is_null());
        check_value(value, depth);
    }
}

fn check_value(value: &Value, depth: usize) {
    match value {
        Value::Object(members) => check_bounds(members, depth + 1),
        Value::Array(elements) => {
            assert!(depth < DEPTH_MAX && elements.len() <= ELEMENTS_MAX);
            for element in elements {
                check_value(element, depth + 1);
            }
        }
        // Its last character may be longer than the rest of the room.
        Value::String(text) => assert!(text.len() < TEXT_MAX + 4),
        _ => {}
    }
}

/// JSON as it is written: with all members of an object, in their order.
enum Written {
    Object(Vec<(String, Self)>),
    List(Vec<Self>),
    Leaf(Value),
}

impl Written {
    /// The part that is kept; nothing where it lies too deep.
    fn kept(&self, depth: usize) -> Option<Value> {
        match self {
            Self::Object(_) | Self::List(_) if depth >= DEPTH_MAX => None,
            Self::Object(members) => {
                let mut kept = Map::new();
                for (name, value) in members {
                    let value = value.kept(depth + 1).filter(|value| !value.is_null());
                    let name = plain_name(name);
                    if let Some(value) = value.filter(|_| KEPT_NAMES.contains(&name.as_str())) {
                        kept.insert(name, value);
                    }
                }
                Some(kept.into())
            }
            Self::List(elements) => {
                let kept = elements.iter().filter_map(|element| element.kept(depth + 1));
                Some(kept.take(ELEMENTS_MAX).collect())
            }
            Self::Leaf(value) => Some(value.clone()),
        }
    }

    /// Whether every text, number and so on of a value is one of its own.
    fn holds_leaves_of(&self, value: &Value) -> bool {
        match value {
            Value::Object(members) => members.values().all(|value| self.holds_leaves_of(value)),
            Value::Array(elements) => elements.iter().all(|value| self.holds_leaves_of(value)),
            leaf => self.holds(leaf),
        }
    }

    fn holds(&self, leaf: &Value) -> bool {
        match self {
            Self::Object(members) => members.iter().any(|(_, value)| value.holds(leaf)),
            Self::List(elements) => elements.iter().any(|value| value.holds(leaf)),
            Self::Leaf(own) => is_same(leaf, own),
        }
    }
}

/// Whether what was read is what a strict parser reads: but for texts that were cut, for numbers
/// that keep all their digits as a text, and for the last digits of fractions, in which
/// `serde_json` is not exact.
fn is_same(read: &Value, strict: &Value) -> bool {
    match (read, strict) {
        (Value::Object(read), Value::Object(strict)) => {
            let same = |(name, value)| strict.get(name).is_some_and(|own| is_same(value, own));
            read.len() == strict.len() && read.iter().all(same)
        }
        (Value::Array(read), Value::Array(strict)) => {
            read.len() == strict.len()
                && read.iter().zip(strict).all(|(one, own)| is_same(one, own))
        }
        (Value::String(read), Value::String(strict)) if strict.len() > TEXT_MAX => {
            strict.starts_with(read.trim_end_matches('\u{FFFD}'))
        }
        (Value::String(digits), Value::Number(strict)) => {
            let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
            is_number && is_near(digits.parse().ok(), strict.as_f64())
        }
        (Value::Number(read), Value::Number(strict)) => {
            read == strict || strict.is_f64() && is_near(read.as_f64(), strict.as_f64())
        }
        (read, strict) => read == strict,
    }
}

fn is_near(one: Option<f64>, other: Option<f64>) -> bool {
    let near = |(one, other): (f64, f64)| (one - other).abs() <= one.abs() * 1e-14 + 1e-300;
    one.zip(other).is_some_and(near)
}

impl<'de> Deserialize<'de> for Written {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Written;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Written, E> {
        Ok(Written::Leaf(Value::Null))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Written, E> {
        Ok(Written::Leaf(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Written, E> {
        Ok(Written::Leaf(value.into()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Written, E> {
        Ok(Written::Leaf(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Written, E> {
        Ok(Written::Leaf(value.into()))
    }

    fn visit_str<E>(self, value: &str) -> Result<Written, E> {
        Ok(Written::Leaf(value.into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Written, A::Error> {
        let mut elements = Vec::new();
        while let Some(element) = access.next_element()? {
            elements.push(element);
        }
        Ok(Written::List(elements))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Written, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = access.next_entry()? {
            members.push(member);
        }
        Ok(Written::Object(members))
    }
}
