//! What something on the way makes of a response's JSON.

use serde_json::Value;

/// As a proxy hands it on that has read it and written it again: ids become numbers, and fields that
/// are zero or an empty list null. Other bodies stay as they are.
pub(crate) fn anew(body: &[u8]) -> Vec<u8> {
    changed(body, rewrite_value)
}

/// A message without its channel.
pub(crate) fn without_channel(body: &[u8]) -> Vec<u8> {
    changed(body, |message| {
        if let Some(channel) = message.get_mut("channel_id") {
            *channel = Value::Null;
        }
    })
}

/// Where an acceptance says that its job can be asked for.
pub(crate) fn poll_url(body: &[u8]) -> Option<String> {
    let acceptance: Value = serde_json::from_slice(body).ok()?;
    acceptance.get("poll_url")?.as_str().map(str::to_owned)
}

fn changed(body: &[u8], change: impl FnOnce(&mut Value)) -> Vec<u8> {
    let Ok(mut json) = serde_json::from_slice(body) else { return body.to_vec() };
    change(&mut json);
    json.to_string().into_bytes()
}

fn rewrite_value(value: &mut Value) {
    match value {
        Value::String(text) => {
            // Shorter digits are text more often than ids.
            if let Some(id) = text.parse::<u64>().ok().filter(|_| text.len() >= 15) {
                *value = Value::from(id);
            }
        }
        Value::Array(entries) => entries.iter_mut().for_each(rewrite_value),
        Value::Object(fields) => {
            for field in fields.values_mut() {
                if *field == 0 || field.as_array().is_some_and(Vec::is_empty) {
                    *field = Value::Null;
                } else {
                    rewrite_value(field);
                }
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_become_numbers_and_what_is_empty_null() {
        let json =
            br#"{"id":"1300000000000000001","flags":0,"embeds":[],"name":"7","rows":[{"id":"1"}]}"#;
        let rewritten = String::from_utf8(anew(json)).unwrap();
        let wanted = r#"{"embeds":null,"flags":null,"id":1300000000000000001,"name":"7","rows":[{"id":"1"}]}"#;
        assert_eq!(rewritten, wanted);
        assert_eq!(anew(b"<html>"), b"<html>");
        assert_eq!(anew(b"[]"), b"[]");
        assert_eq!(anew(b""), b"");
    }
}
