//! What must hold for Discord's responses.

#![expect(clippy::missing_panics_doc, reason = "a property panics where it is broken")]

use std::time::Duration;

use serde_json::Value;

use super::{
    DiscordError,
    auth::Auth,
    response::{bodies::PostedMessage, raw_response::RawResponse},
};

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
