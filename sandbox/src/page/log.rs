//! What bot, Discord and Whisul said to each other, without secrets.

use std::sync::Arc;

use axum::{Json, extract::State};
use serde_json::{Value, json};

use super::{House, millis};
use crate::RecordedRequest;

/// How many lines are shown.
const SHOWN: usize = 120;
/// How much of a body is shown, in bytes.
const LONGEST: usize = 6000;
/// What stands in place of a secret.
const HIDDEN: &str = "…";

/// `GET /log`: the latest requests and lines of the bot's own log, the oldest first.
pub(super) async fn log(State(house): State<Arc<House>>) -> Json<Value> {
    let cast = &house.cast;
    let requests = |record: &crate::Requests, to: &'static str| {
        let latest = record.latest(SHOWN).into_iter().filter(is_bots);
        latest.map(|request| (house.wall_clock(request.at), entry(&request, to))).collect()
    };
    let mut entries: Vec<(u128, Value)> = requests(cast.discord.requests(), "Discord");
    entries.extend::<Vec<_>>(requests(cast.whisul.requests(), "Whisul"));
    let lines = cast.bot.log().into_iter();
    entries.extend(lines.map(|(at, line)| (millis(at), json!({ "to": "log", "line": line }))));
    entries.sort_by_key(|(at, _)| *at);
    let surplus = entries.len().saturating_sub(SHOWN);
    let shown = entries.into_iter().skip(surplus).map(|(at, mut entry)| {
        if let Some(fields) = entry.as_object_mut() {
            fields.insert("at".to_owned(), at.to_string().into());
        }
        entry
    });
    Json(shown.collect())
}

/// Whether the bot sent it, not the browser that shows pictures and plays songs.
fn is_bots(request: &RecordedRequest) -> bool {
    !request.header("user-agent").is_some_and(|agent| agent.starts_with("Mozilla"))
}

fn entry(request: &RecordedRequest, to: &str) -> Value {
    json!({
        "to": to,
        "method": request.method,
        "path": without_tokens(&request.path),
        "status": request.status,
        "body": shown(&request.body),
        "answer": shown(&request.answer),
    })
}

/// The path, with the token of an interaction or a webhook hidden.
fn without_tokens(path: &str) -> String {
    let segments: Vec<&str> = path.split('/').collect();
    let has_token = ["interactions", "webhooks"].iter().any(|kind| segments.get(3) == Some(kind));
    let hidden = segments.iter().enumerate().map(|(place, segment)| match place {
        5 if has_token => HIDDEN,
        _ => segment,
    });
    hidden.collect::<Vec<_>>().join("/")
}

/// A body as far as it is of use: JSON without the fields that hold secrets; of a form its size.
fn shown(body: &[u8]) -> Value {
    if body.is_empty() {
        return Value::Null;
    }
    let text = match serde_json::from_slice(body) {
        Ok(mut json) => {
            hide_tokens(&mut json);
            serde_json::to_string_pretty(&json).unwrap_or_default()
        }
        Err(_) => match str::from_utf8(body) {
            Ok(text) if !text.contains("form-data") => text.to_owned(),
            _ => format!("{} bytes", body.len()),
        },
    };
    let end = text.floor_char_boundary(LONGEST);
    match text.get(..end) {
        Some(start) if end < text.len() => format!("{start}\n{HIDDEN}").into(),
        _ => text.into(),
    }
}

fn hide_tokens(json: &mut Value) {
    match json {
        Value::Object(fields) => {
            for (name, value) in fields {
                if name == "token" {
                    *value = HIDDEN.into();
                } else {
                    hide_tokens(value);
                }
            }
        }
        Value::Array(list) => list.iter_mut().for_each(hide_tokens),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_hidden() {
        let hidden = [
            ("/api/v10/interactions/1/secret/callback", "/api/v10/interactions/1/…/callback"),
            ("/api/v10/webhooks/1/secret/messages/2", "/api/v10/webhooks/1/…/messages/2"),
            ("/api/v10/channels/1/messages/2", "/api/v10/channels/1/messages/2"),
            ("/api/jobs/job-1", "/api/jobs/job-1"),
        ];
        for (path, seen) in hidden {
            assert_eq!(without_tokens(path), seen);
        }
        let body = shown(br#"{"a":[{"token":"secret"}],"b":"kept"}"#);
        assert!(!body.to_string().contains("secret") && body.to_string().contains("kept"));
    }

    #[test]
    fn a_long_body_is_cut_between_characters() {
        let body = shown("é".repeat(LONGEST).as_bytes());
        assert!(body.as_str().is_some_and(|text| text.len() < LONGEST + 10));
        assert_eq!(shown(b""), Value::Null);
        assert_eq!(shown(b"\xff\xfe"), "2 bytes");
    }
}
