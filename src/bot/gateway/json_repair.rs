//! JSON that is nearly valid, made valid: what people wrote may have been cut in the middle of a
//! character on its way through Discord, and a whole interaction must not be lost over that.

/// The same without a byte order mark, raw control characters in texts, and halves of characters.
pub(super) fn mended(json: &[u8]) -> Vec<u8> {
    let mut rest = json.strip_prefix("\u{FEFF}".as_bytes()).unwrap_or(json);
    let (mut mended, mut in_text) = (Vec::with_capacity(rest.len()), false);
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        match first {
            b'"' => in_text = !in_text,
            b'\\' if in_text => {
                let length = escape(after);
                let (escaped, after) = after.split_at(length);
                mended.extend_from_slice(if is_half(escaped) { b"\\ufffd" } else { b"\\" });
                mended.extend_from_slice(if is_half(escaped) { b"" } else { escaped });
                rest = after;
                continue;
            }
            ..=0x1F if in_text => {
                mended.push(b' ');
                continue;
            }
            _ => {}
        }
        mended.push(*first);
    }
    mended
}

/// How many bytes belong to an escape, after its backslash: a pair of halves is one.
fn escape(after: &[u8]) -> usize {
    let length = match after.first() {
        Some(b'u') => 5,
        Some(_) => 1,
        None => 0,
    };
    let high = unit(after).is_some_and(|unit| (0xD800..0xDC00).contains(&unit));
    let low = after.get(6..).and_then(unit).is_some_and(|unit| (0xDC00..0xE000).contains(&unit));
    let pair = high && low && after.get(5) == Some(&b'\\');
    if pair { 11 } else { length.min(after.len()) }
}

/// The unit that `uXXXX` stands for.
fn unit(escaped: &[u8]) -> Option<u16> {
    let digits = escaped.strip_prefix(b"u")?.get(..4)?;
    u16::from_str_radix(str::from_utf8(digits).ok()?, 16).ok()
}

/// Whether an escape is half a character.
fn is_half(escaped: &[u8]) -> bool {
    escaped.len() == 5 && unit(escaped).is_some_and(|unit| (0xD800..0xE000).contains(&unit))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    fn read(json: &str) -> Value {
        serde_json::from_slice(&mended(json.as_bytes())).unwrap_or_default()
    }

    #[test]
    fn what_is_nearly_valid_is_read() {
        assert_eq!(read("\u{FEFF}{\"a\": 1}"), json!({ "a": 1 }));
        assert_eq!(read(r#"{"a": "x\ud83c y"}"#), json!({ "a": "x\u{FFFD} y" }));
        assert_eq!(read(r#"["\udf27\ud83c", "\ud83c\ud83c\udf27"]"#), json!(["��", "�🌧"]));
        assert_eq!(read("[\"a\tb\0c\\\"\"]"), json!(["a b c\""]));
        assert_eq!(read(r#"["\\ud83c"]"#), json!(["\\ud83c"]), "that is no escape");
    }

    proptest! {
        #[test]
        fn what_is_valid_stays_as_it_is(text in any::<String>(), escaped in any::<char>()) {
            let mut units = [0; 2];
            let units = escaped.encode_utf16(&mut units).iter();
            let escaped = units.map(|unit| format!("\\u{unit:04x}")).collect::<Vec<_>>().concat();
            let json = format!("[{}, \"{escaped}\"]", json!(text));
            prop_assert_eq!(mended(json.as_bytes()), json.as_bytes());
        }

        #[test]
        fn any_bytes_do_no_harm(bytes in any::<Vec<u8>>()) {
            mended(&bytes);
        }
    }
}
