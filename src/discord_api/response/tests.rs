use proptest::prelude::*;
use serde::de::IgnoredAny;

use super::*;
use crate::discord_api::response::bodies::PostedMessage;

fn response(status: u16, body: &str) -> RawResponse<'_> {
    RawResponse { status, retry_after: None, body: body.as_bytes(), to_files: false }
}

fn meaning(status: u16, body: &str) -> DiscordError {
    response(status, body).error(Auth::BotToken)
}

/// Discord's own error with a code.
fn coded(status: u16, code: u64) -> DiscordError {
    meaning(status, &format!(r#"{{"message": "No", "code": {code}}}"#))
}

fn is_foreign(error: &DiscordError) -> bool {
    error.may_be_carried_out() && error.to_string().contains("foreign response")
}

#[test]
fn a_code_of_discords_says_more_than_a_status() {
    for (status, code, error) in [
        (404, 10_008, DiscordError::MessageGone),
        (404, 10_003, DiscordError::ChannelGone),
        (404, 10_015, DiscordError::TokenGone),
        (401, 50_027, DiscordError::TokenGone),
        (403, 50_007, DiscordError::CannotDm),
        (403, 50_278, DiscordError::CannotDm),
        (403, 50_001, DiscordError::NoAccess),
        (403, 50_013, DiscordError::NoAccess),
        (400, 50_083, DiscordError::ThreadArchived),
        (429, 30_046, DiscordError::TooManyEdits),
        (400, 40_060, DiscordError::AlreadyAcknowledged),
        (413, 40_005, DiscordError::TooLarge),
        (401, 0, DiscordError::BadToken),
        (400, 240_000, DiscordError::ContentRejected { status: 400, code: 240_000 }),
        (400, 200_001, DiscordError::ContentRejected { status: 400, code: 200_001 }),
        (403, 40_003, DiscordError::RateLimited { after: Duration::from_secs(5) }),
        (403, 20_028, DiscordError::RateLimited { after: Duration::from_secs(5) }),
        (403, 99_999, DiscordError::Unexpected { status: 403, code: 99_999 }),
        (404, 0, DiscordError::Unexpected { status: 404, code: 0 }),
        (400, 30_034, DiscordError::Unexpected { status: 400, code: 30_034 }),
    ] {
        assert_eq!(coded(status, code), error, "{status} {code}");
    }
    for (status, code) in [(403, 40_333), (500, 0), (503, 0), (502, 99_999)] {
        assert!(coded(status, code).may_be_carried_out(), "{status} {code}");
    }
    let void = r#"{"message": "401: Unauthorized", "code": 0}"#;
    let error = response(401, void).error(Auth::InteractionToken);
    assert_eq!(error, DiscordError::Unexpected { status: 401, code: 0 }, "no bot token was sent");
}

/// What others send in Discord's place, with statuses that Discord has a meaning for.
const FOREIGN: [&str; 15] = [
    "",
    "<!DOCTYPE html><title>Attention Required! | Cloudflare</title>",
    "error code: 1020",
    "null",
    "[]",
    r#"[0, "401: Unauthorized", null]"#,
    r#""10008""#,
    "{}",
    r#"{"message": "Cannot PATCH /api/v10/channels/1/messages/2"}"#,
    r#"{"code": "10008", "message": "Unknown Message"}"#,
    r#"{"code": 404, "message": "Not Found"}"#,
    r#"{"code": 5, "message": "Not Found", "details": []}"#,
    r#"{"code": 10008}"#,
    r#"{"code": 10008, "message": "Unknown Mess"#,
    r#"{"error": {"code": 50001, "message": "Missing Access"}}"#,
];

#[test]
fn a_response_that_is_not_discords_passes_whatever_its_status_is() {
    for status in [301, 302, 307, 400, 401, 403, 404, 405, 407, 410, 413, 418, 451, 500, 502, 503] {
        for body in FOREIGN {
            assert!(is_foreign(&meaning(status, body)), "{status} {body}");
        }
    }
}

#[test]
fn a_success_is_what_the_request_expects() {
    let read =
        |status, body| response(status, body).read::<PostedMessage>(Auth::InteractionToken).is_ok();
    let message = r#"{"id": "1", "channel_id": "2", "embeds": []}"#;
    assert!(read(200, message));
    assert!(read(200, &format!("\u{FEFF}{message}")), "a byte order mark");
    for (status, body) in [
        (200, "<html>Activity in to the hotel's network</html>"),
        (200, ""),
        (204, ""),
        (200, "{}"),
    ] {
        let error = response(status, body).read::<PostedMessage>(Auth::InteractionToken).err();
        assert!(error.is_some_and(|error| is_foreign(&error)), "{status} {body}");
    }
    let nothing =
        |status, body| response(status, body).read::<IgnoredAny>(Auth::InteractionToken).is_ok();
    assert!(nothing(204, ""));
    assert!(!nothing(200, ""));
    assert!(!nothing(200, "<html>"));
}

#[test]
fn a_wait_is_bounded_whoever_tells_it() {
    let told = |header: Option<u64>, body: &str| {
        let retry_after = header.map(Duration::from_secs);
        match (RawResponse { retry_after, ..response(429, body) }).error(Auth::BotToken) {
            DiscordError::RateLimited { after } => after.as_millis(),
            other => panic!("{other}"),
        }
    };
    assert_eq!(told(Some(7), r#"{"retry_after": 6.5}"#), 6500, "the body is more exact");
    assert_eq!(told(Some(7), r#"{"retry_after": "6.5", "global": true}"#), 6500);
    assert_eq!(told(Some(7), "<html>"), 7000);
    assert_eq!(told(Some(7), r#"{"retry_after": NaN}"#), 7000);
    assert_eq!(told(None, "error code: 1015"), 5000);
    assert_eq!(told(None, r#"{"retry_after": -1}"#), 5000);
    assert_eq!(told(None, r#"{"retry_after": "soon"}"#), 5000);
    assert_eq!(told(None, r#"{"retry_after": 0}"#), 50);
    let own = |wait| format!(r#"{{"message": "Slower", "retry_after": {wait}, "global": false}}"#);
    assert_eq!(told(None, &own("600")), 600_000);
    assert_eq!(told(None, &own("86400")), 3_600_000);
    assert_eq!(told(None, &own("1e300")), 3_600_000);
    assert_eq!(told(Some(600), r#"{"message": "Slower", "code": 20028}"#), 600_000);
    for foreign in [
        "error code: 1015",
        "<html>",
        r#"{"message": "API rate limit exceeded"}"#,
        r#"{"message": "Too many", "code": 429, "retry_after": 86400}"#,
        r#"{"retry_after": 1e300}"#,
    ] {
        assert_eq!(told(Some(86_400), foreign), 60_000, "{foreign}");
    }
    let slow_mode = r#"{"message": "Slow mode", "code": 20016, "retry_after": 12}"#;
    assert_eq!(
        meaning(403, slow_mode),
        DiscordError::RateLimited { after: Duration::from_secs(12) }
    );
}

#[test]
fn a_proxys_limit_on_uploads_concerns_the_files_alone() {
    let html = "<html>413 Request Entity Too Large</html>";
    let error = RawResponse { to_files: true, ..response(413, html) }.error(Auth::InteractionToken);
    assert_eq!(error, DiscordError::TooLarge);
    assert!(is_foreign(&response(413, html).error(Auth::InteractionToken)));
}

proptest! {
    /// Whatever bytes come with whatever status: nothing but an object with a code of Discord's
    /// ends anything.
    #[test]
    fn only_a_code_ends_anything(
        status in prop_oneof![Just(429_u16), 300..600_u16],
        body in prop_oneof![
            prop::collection::vec(any::<u8>(), 0..60),
            "\\{\"(code|message|retry_after)\": ?[0-9a-z\"{}:,]{0,30}\\}?".prop_map(String::into_bytes),
        ],
    ) {
        let raw = RawResponse { status, retry_after: None, body: &body, to_files: false };
        let error = raw.error(Auth::BotToken);
        let is_coded = serde_json::from_slice::<Value>(&body)
            .is_ok_and(|body| body.get("code").and_then(Value::as_u64).is_some());
        prop_assert!(is_coded || error.is_passing(), "{error}");
    }
}
