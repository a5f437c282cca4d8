//! What bot, Discord and Whisul said to each other, without secrets.

use std::{collections::HashMap, sync::Arc};

use axum::{Json, extract::State};
use serde_json::{Value, json};

use crate::{
    RecordedRequest,
    discord::api::json::Fields as _,
    page::state::{PageState, millis},
};

/// How many lines are shown.
const SHOWN: usize = 120;
/// From how many of the latest requests they are taken: most are polls, which are shown once.
const READ: usize = 1500;
/// How much of a body is shown, in bytes.
const LONGEST: usize = 6000;
/// Replaces a secret.
const HIDDEN: &str = "…";

/// A line of the log.
enum Line {
    /// A request, to whom, and how often the same came again and got the same response.
    Request(RecordedRequest, &'static str, usize),
    /// A line of the bot's own log.
    Own(String),
}

/// `GET /log`: the latest requests and lines of the bot's own log, the oldest first.
pub(super) async fn log(State(page): State<Arc<PageState>>) -> Json<Value> {
    let environment = &page.environment;
    let requests =
        [(environment.discord.requests(), "Discord"), (environment.whisul.requests(), "Whisul")];
    let mut lines: Vec<(u128, Line)> = Vec::new();
    for (record, to) in requests {
        let timed = |(request, times): (RecordedRequest, usize)| {
            (page.wall_clock(request.at), Line::Request(request, to, times))
        };
        lines.extend(folded(record.latest(READ)).into_iter().map(timed));
    }
    let own = environment.bot.log().into_iter().map(|(at, line)| (millis(at), Line::Own(line)));
    lines.extend(own);
    lines.sort_by_key(|(at, _)| *at);
    let surplus = lines.len().saturating_sub(SHOWN);
    let shown = lines.into_iter().skip(surplus).map(|(at, line)| {
        let mut entry = match line {
            Line::Request(request, to, times) => entry(&request, to, times),
            Line::Own(line) => json!({ "to": "log", "line": line }),
        };
        entry.set("at", at.to_string());
        entry
    });
    Json(shown.collect())
}

/// The bot's requests; of questions that got the same response again and again, the first.
fn folded(requests: Vec<RecordedRequest>) -> Vec<(RecordedRequest, usize)> {
    let mut folded: Vec<(RecordedRequest, usize)> = Vec::new();
    let mut latest: HashMap<String, usize> = HashMap::new();
    for request in requests.into_iter().filter(is_bots) {
        let before = latest.get(&request.path).and_then(|place| folded.get_mut(*place));
        match before {
            Some((before, times)) if request.method == "GET" && same(before, &request) => {
                *times += 1;
            }
            _ => {
                latest.insert(request.path.clone(), folded.len());
                folded.push((request, 1));
            }
        }
    }
    folded
}

fn same(one: &RecordedRequest, other: &RecordedRequest) -> bool {
    one.method == other.method && one.status == other.status && one.answer == other.answer
}

/// Whether the bot sent it, not the browser that shows pictures and plays songs.
fn is_bots(request: &RecordedRequest) -> bool {
    !request.header("user-agent").is_some_and(|agent| agent.starts_with("Mozilla"))
}

fn entry(request: &RecordedRequest, to: &str, times: usize) -> Value {
    json!({
        "to": to,
        "times": times,
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
