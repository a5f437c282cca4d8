//! What Discord's refusals mean.

use std::time::Duration;

use serde::Deserialize;

use crate::{domain::with_causes, proxy::Proxy};

/// Why Discord did not do what it was asked, by what that means for a message.
///
/// Codes: Discord docs, Opcodes and Status Codes > JSON Error Codes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DiscordError {
    /// The message does not exist any more: a person deleted it.
    #[error("the message is gone")]
    MessageGone,
    /// The interaction's token is void or its interaction unknown.
    #[error("the interaction's token is void")]
    TokenGone,
    /// The interaction already has a first answer.
    #[error("the interaction was answered before")]
    AlreadyAnswered,
    /// The bot may not see the channel, or not write in it.
    #[error("the bot has no access")]
    NoAccess,
    /// The channel does not exist any more.
    #[error("the channel is gone")]
    ChannelGone,
    /// The thread is archived.
    #[error("the thread is archived")]
    ThreadArchived,
    /// The message is old and has been edited too often.
    #[error("the message is too old to be edited so often")]
    TooManyEdits,
    /// The person takes no direct messages.
    #[error("the person takes no direct messages")]
    CannotDm,
    /// Discord found something wrong with what was sent.
    #[error("Discord refused what was sent (status {status}, code {code})")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// Discord's own code; 0 if it gave none.
        code: u64,
    },
    /// Discord does not accept the bot's token.
    #[error("Discord does not accept the bot's token")]
    BadToken,
    /// A progress edit gave way to requests that matter more.
    #[error("the edit gave way to more important ones")]
    GaveWay,
    /// Too many requests.
    #[error("Discord asks to wait for {after:?}")]
    RateLimited {
        /// How long to wait.
        after: Duration,
    },
    /// The request surely did not reach Discord.
    #[error("Discord can't be reached: {cause}")]
    NotSent {
        /// What went wrong, without addresses.
        cause: String,
    },
    /// The request was sent, and nobody knows whether it was carried out.
    #[error("Discord did not answer as it should: {cause}")]
    Unknown {
        /// What went wrong, without addresses.
        cause: String,
    },
}

impl DiscordError {
    /// Whether the same request may succeed later.
    pub fn is_passing(&self) -> bool {
        match self {
            Self::RateLimited { .. }
            | Self::NotSent { .. }
            | Self::Unknown { .. }
            | Self::GaveWay
            | Self::BadToken => true,
            Self::MessageGone
            | Self::TokenGone
            | Self::AlreadyAnswered
            | Self::NoAccess
            | Self::ChannelGone
            | Self::ThreadArchived
            | Self::TooManyEdits
            | Self::CannotDm
            | Self::Refused { .. } => false,
        }
    }

    /// From an error that reqwest met; its address is left out, since tokens are part of it.
    pub(super) fn from_reqwest(error: reqwest::Error) -> Self {
        let not_sent = error.is_connect() || error.is_builder();
        let cause = with_causes(&error.without_url());
        if not_sent { Self::NotSent { cause } } else { Self::Unknown { cause } }
    }

    /// The same where Discord is reached through this proxy, if there is one.
    pub(super) fn through(self, proxy: Option<&Proxy>) -> Self {
        match (self, proxy) {
            (Self::NotSent { cause }, Some(proxy)) => Self::NotSent { cause: proxy.cause(&cause) },
            (error, _) => error,
        }
    }

    /// From an answer that is no success. `retry_after` are the seconds in its header of that name:
    /// a body that says them more exactly is missing where something in front of Discord answers.
    pub(super) fn from_answer(
        status: u16,
        with_bot_token: bool,
        retry_after: Option<f64>,
        body: &[u8],
    ) -> Self {
        let body: Body = serde_json::from_slice(body).unwrap_or_default();
        match (body.code, status) {
            (10003, _) => Self::ChannelGone,
            (10008, _) => Self::MessageGone,
            (10015 | 10062 | 50027, _) => Self::TokenGone,
            (30046, _) => Self::TooManyEdits,
            (40060, _) => Self::AlreadyAnswered,
            (50007, _) => Self::CannotDm,
            (50083, _) => Self::ThreadArchived,
            (code @ 200_000, status) => Self::Refused { status, code },
            (_, 401) if with_bot_token => Self::BadToken,
            (_, 401 | 404) if !with_bot_token => Self::TokenGone,
            (50001 | 50013, _) | (_, 403) => Self::NoAccess,
            (_, 429) => Self::RateLimited { after: wait(body.retry_after.or(retry_after)) },
            (_, 500..) => Self::Unknown { cause: format!("status {status}") },
            (code, status) => Self::Refused { status, code },
        }
    }
}

/// An error as Discord words it.
#[derive(Default, Deserialize)]
struct Body {
    #[serde(default)]
    code: u64,
    #[serde(default)]
    retry_after: Option<f64>,
}

/// Discord's wait in seconds, bounded on both sides against nonsense.
fn wait(seconds: Option<f64>) -> Duration {
    let seconds = seconds.filter(|seconds| !seconds.is_nan()).unwrap_or(1.0);
    Duration::from_secs_f64(seconds.clamp(0.05, 3600.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_say_more_than_statuses() {
        let meaning =
            |status, body: &str| DiscordError::from_answer(status, true, None, body.as_bytes());
        assert_eq!(meaning(404, r#"{"code": 10008}"#), DiscordError::MessageGone);
        assert_eq!(meaning(403, r#"{"code": 50007}"#), DiscordError::CannotDm);
        assert_eq!(meaning(403, "<html>"), DiscordError::NoAccess);
        assert_eq!(meaning(401, "{}"), DiscordError::BadToken);
        assert_eq!(
            meaning(429, r#"{"retry_after": 0.5, "code": 0}"#),
            DiscordError::RateLimited { after: Duration::from_millis(500) }
        );
    }

    #[test]
    fn a_wait_is_bounded_whoever_tells_it() {
        let told = |header, body: &str| match DiscordError::from_answer(
            429,
            true,
            header,
            body.as_bytes(),
        ) {
            DiscordError::RateLimited { after } => after.as_millis(),
            other => panic!("{other}"),
        };
        assert_eq!(told(Some(7.0), r#"{"retry_after": 6.5}"#), 6500, "the body is more exact");
        assert_eq!(told(Some(7.0), "<html>"), 7000);
        assert_eq!(told(None, "<html>"), 1000);
        assert_eq!(told(Some(f64::NAN), ""), 1000);
        assert_eq!(told(Some(f64::INFINITY), ""), 3_600_000);
        assert_eq!(told(Some(-1.0), ""), 50);
        assert_eq!(told(None, r#"{"retry_after": 1e300}"#), 3_600_000);
    }
}
