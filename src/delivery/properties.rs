//! What must hold for Discord's responses, and for what people wrote in messages to it.

#![expect(clippy::missing_panics_doc, reason = "a property panics where it is broken")]

use std::time::Duration;

use serde_json::Value;

use super::{
    DiscordError,
    discord::PostedMessage,
    markdown::{escaped, excerpt, link_text, plain},
    request::Auth,
    response::RawResponse,
};
use crate::domain::steers_direction;

const STATUSES: [u16; 14] = [199, 200, 204, 302, 400, 401, 403, 404, 407, 410, 413, 429, 500, 503];

/// Nothing but an object with a code of Discord's ends anything, a wait has its bounds, and nothing
/// of what was sent goes into a log.
pub fn discord_response(bytes: &[u8]) {
    let json = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let json = serde_json::from_slice::<Value>(json).ok();
    let is_coded =
        json.as_ref().is_some_and(|json| json["code"].is_u64() && json["message"].is_string());
    let waits = [None, Some(Duration::ZERO), Some(Duration::from_hours(50))];
    for (status, retry_after) in STATUSES.into_iter().zip(waits.into_iter().cycle()) {
        for (auth, to_files) in [(Auth::BotToken, false), (Auth::InteractionToken, true)] {
            let response = RawResponse { status, retry_after, body: bytes, to_files };
            drop(response.read::<PostedMessage>(auth));
            let read = response.read::<Value>(auth);
            let is_success = (200..300).contains(&status);
            let Err(error) = read else {
                assert!(is_success && (json.is_some() || status == 204 && bytes.is_empty()));
                continue;
            };
            let is_bound = to_files && status == 413 && error == DiscordError::TooLarge;
            assert!(is_coded && !is_success || is_bound || error.is_passing(), "{status}: {error}");
            if let DiscordError::RateLimited { after } = error {
                assert!((Duration::from_millis(50)..=Duration::from_hours(1)).contains(&after));
            }
            let is_void = error == DiscordError::BadToken;
            assert!(!is_void || status == 401 && auth == Auth::BotToken);
            let text = error.to_string();
            assert!(text.is_ascii() && text.len() < 200 && !text.contains(char::is_control));
        }
    }
}

/// What people wrote fits in, stays in its line, and is read literally.
pub fn markdown(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let whole = plain(&text, usize::MAX);
    for limit in [0, 1, 2, 3, 10, 100, 1000, 4096] {
        let shown = [plain(&text, limit), escaped(&text, limit), link_text(&text, limit)];
        for shown in &shown {
            assert!(shown.encode_utf16().count() <= limit);
            let ends_line = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
            assert!(!shown.contains(ends_line) && !shown.contains(steers_direction));
            assert!(shown.trim() == shown || shown.ends_with('…'));
        }
        let [plain_text, escaped, link_text] = shown;
        assert!(is_part(&plain_text, &whole));
        assert!(is_part(&read_literally(&escaped), &whole));
        let excerpt = read_literally(&excerpt(&text, limit));
        assert!(is_part(&excerpt, &whole) && excerpt.chars().count() <= limit);
        assert!(!read_literally(&link_text).contains(['[', ']']));
    }
}

fn is_part(shown: &str, whole: &str) -> bool {
    shown == whole
        || shown.is_empty()
        || shown.strip_suffix('…').is_some_and(|part| whole.starts_with(part))
}

/// What Discord shows of an escaped text, in which nothing is markup.
fn read_literally(escaped: &str) -> String {
    let mut characters = escaped.chars();
    let mut shown = String::new();
    while let Some(c) = characters.next() {
        // What begins a mention, a link, a time, an emoji, a heading, a list, a quote, or formats.
        assert!(!"@<>[]():*_~`|#-+".contains(c), "{escaped}");
        let literal = if c == '\\' { characters.next() } else { Some(c) };
        assert!(c != '\\' || literal.is_some_and(|c| c.is_ascii_punctuation()), "{escaped}");
        shown.extend(literal);
    }
    shown
}
