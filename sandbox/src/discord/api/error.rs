//! Discord's refusals: an HTTP status and a code of its own
//! (<https://docs.discord.com/developers/topics/opcodes-and-status-codes#json>).

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// Seconds until an old message may be edited again. Discord publishes no number; this is ours.
const RETRY_OLD_EDIT_AFTER: f64 = 60.0;

/// A request that Discord would refuse.
#[derive(Clone, Debug)]
pub(crate) struct ApiError {
    status: StatusCode,
    code: u32,
    message: &'static str,
    errors: Option<Value>,
}

impl ApiError {
    const fn new(status: StatusCode, code: u32, message: &'static str) -> Self {
        Self { status, code, message, errors: None }
    }

    pub(crate) const UNAUTHORIZED: Self =
        Self::new(StatusCode::UNAUTHORIZED, 0, "401: Unauthorized");
    pub(crate) const NOT_FOUND: Self = Self::new(StatusCode::NOT_FOUND, 0, "404: Not Found");
    pub(crate) const METHOD_NOT_ALLOWED: Self =
        Self::new(StatusCode::METHOD_NOT_ALLOWED, 0, "405: Method Not Allowed");
    pub(crate) const BODY_NOT_JSON: Self =
        Self::new(StatusCode::BAD_REQUEST, 50_109, "The request body contains invalid JSON.");
    pub(crate) const UNKNOWN_APPLICATION: Self =
        Self::new(StatusCode::NOT_FOUND, 10_002, "Unknown Application");
    pub(crate) const UNKNOWN_CHANNEL: Self =
        Self::new(StatusCode::NOT_FOUND, 10_003, "Unknown Channel");
    pub(crate) const UNKNOWN_GUILD: Self =
        Self::new(StatusCode::NOT_FOUND, 10_004, "Unknown Guild");
    pub(crate) const UNKNOWN_MEMBER: Self =
        Self::new(StatusCode::NOT_FOUND, 10_007, "Unknown Member");
    pub(crate) const UNKNOWN_MESSAGE: Self =
        Self::new(StatusCode::NOT_FOUND, 10_008, "Unknown Message");
    pub(crate) const UNKNOWN_USER: Self = Self::new(StatusCode::NOT_FOUND, 10_013, "Unknown User");
    pub(crate) const UNKNOWN_EMOJI: Self =
        Self::new(StatusCode::BAD_REQUEST, 10_014, "Unknown Emoji");
    pub(crate) const UNKNOWN_WEBHOOK: Self =
        Self::new(StatusCode::NOT_FOUND, 10_015, "Unknown Webhook");
    pub(crate) const UNKNOWN_INTERACTION: Self =
        Self::new(StatusCode::NOT_FOUND, 10_062, "Unknown interaction");
    pub(crate) const UNKNOWN_COMMAND: Self =
        Self::new(StatusCode::NOT_FOUND, 10_063, "Unknown application command");
    pub(crate) const TOO_MANY_REACTIONS: Self =
        Self::new(StatusCode::BAD_REQUEST, 30_010, "Maximum number of reactions reached (20)");
    pub(crate) const TOO_MANY_COMMANDS: Self = Self::new(
        StatusCode::BAD_REQUEST,
        30_032,
        "Maximum number of application commands reached (100).",
    );
    pub(crate) const TOO_MANY_COMMAND_CREATES: Self = Self::new(
        StatusCode::BAD_REQUEST,
        30_034,
        "Max number of daily application command creates has been reached (200)",
    );
    pub(crate) const TOO_MANY_OLD_EDITS: Self = Self::new(
        StatusCode::TOO_MANY_REQUESTS,
        30_046,
        "Maximum number of edits to messages older than 1 hour reached. Try again later",
    );
    pub(crate) const TOO_MANY_FOLLOWUPS: Self = Self::new(
        StatusCode::BAD_REQUEST,
        40_094,
        "This interaction has reached the maximum number of follow-up messages (5).",
    );
    pub(crate) const TOO_LARGE: Self =
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, 40_005, "Request entity too large");
    pub(crate) const ALREADY_ACKNOWLEDGED: Self =
        Self::new(StatusCode::BAD_REQUEST, 40_060, "Interaction has already been acknowledged.");
    pub(crate) const MISSING_ACCESS: Self =
        Self::new(StatusCode::FORBIDDEN, 50_001, "Missing Access");
    pub(crate) const NOT_THE_AUTHOR: Self =
        Self::new(StatusCode::FORBIDDEN, 50_005, "Cannot edit a message authored by another user");
    pub(crate) const EMPTY_MESSAGE: Self =
        Self::new(StatusCode::BAD_REQUEST, 50_006, "Cannot send an empty message");
    pub(crate) const DMS_CLOSED: Self =
        Self::new(StatusCode::FORBIDDEN, 50_007, "Cannot send messages to this user");
    pub(crate) const MISSING_PERMISSIONS: Self =
        Self::new(StatusCode::FORBIDDEN, 50_013, "Missing Permissions");
    pub(crate) const INVALID_WEBHOOK_TOKEN: Self =
        Self::new(StatusCode::UNAUTHORIZED, 50_027, "Invalid Webhook Token");
    pub(crate) const WRONG_CHANNEL_TYPE: Self =
        Self::new(StatusCode::BAD_REQUEST, 50_024, "Cannot execute action on this channel type");
    pub(crate) const THREAD_EXISTS: Self = Self::new(
        StatusCode::BAD_REQUEST,
        160_004,
        "A thread has already been created for this message",
    );
    pub(crate) const THREAD_ARCHIVED: Self =
        Self::new(StatusCode::BAD_REQUEST, 50_083, "Thread is archived");
    pub(crate) const BLOCKED_LINK: Self =
        Self::new(StatusCode::BAD_REQUEST, 240_000, "Message blocked by harmful links filter");
    pub(crate) const AUTOMOD: Self =
        Self::new(StatusCode::BAD_REQUEST, 200_000, "Message was blocked by automatic moderation");

    /// A body that breaks limits, with the places and reasons.
    pub(crate) fn invalid_form(errors: Value) -> Self {
        Self {
            errors: Some(errors),
            ..Self::new(StatusCode::BAD_REQUEST, 50_035, "Invalid Form Body")
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut body = json!({ "message": self.message, "code": self.code });
        if let (Some(errors), Some(fields)) = (self.errors, body.as_object_mut()) {
            fields.insert("errors".into(), errors);
        }
        if let (StatusCode::TOO_MANY_REQUESTS, Some(fields)) = (self.status, body.as_object_mut()) {
            fields.insert("retry_after".into(), json!(RETRY_OLD_EDIT_AFTER));
            fields.insert("global".into(), json!(false));
        }
        (self.status, axum::Json(body)).into_response()
    }
}
