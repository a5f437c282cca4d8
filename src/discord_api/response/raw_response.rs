//! Whether a response is Discord's own, and what it means: the only place that decides either.
//!
//! Proxies, firewalls and CDNs stand between the bot and Discord, and respond in its place. Such a
//! foreign response says nothing about a message, whatever its status is: it passes, like a 502.

use std::time::Duration;

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::codes::Told;
use crate::discord_api::{DiscordError, auth::Auth};

/// The longest wait that is believed, of Discord and of what is in front of it, and the shortest.
const LONGEST_WAIT: Duration = Duration::from_hours(1);
const LONGEST_FOREIGN_WAIT: Duration = Duration::from_mins(1);
const SHORTEST_WAIT: Duration = Duration::from_millis(50);
/// How long to wait after a 429 that names no time: Cloudflare's (error 1015) need not.
const UNTOLD_WAIT: Duration = Duration::from_secs(5);
/// The smallest of Discord's own codes but 0. Other software puts HTTP statuses or codes of gRPC
/// into a field of this name.
const FIRST_CODE: u64 = 10_000;

/// A response as it was read from the network.
#[derive(Clone, Copy, Debug)]
pub(in crate::discord_api) struct RawResponse<'a> {
    pub(in crate::discord_api) status: u16,
    /// The wait in its header of that name.
    pub(in crate::discord_api) retry_after: Option<Duration>,
    pub(in crate::discord_api) body: &'a [u8],
    /// Whether files were sent.
    pub(in crate::discord_api) to_files: bool,
}

impl RawResponse<'_> {
    /// The JSON that the request expects, or what Discord's error means.
    ///
    /// # Errors
    /// As [`DiscordError`] says.
    pub(in crate::discord_api) fn read<A: DeserializeOwned>(
        self,
        auth: Auth,
    ) -> Result<A, DiscordError> {
        if (200..300).contains(&self.status) { self.success() } else { Err(self.error(auth)) }
    }

    /// A success counts if it is what the request expects: a captive portal says "200", too.
    fn success<A: DeserializeOwned>(self) -> Result<A, DiscordError> {
        let json = match (self.status, without_mark(self.body)) {
            (204, []) => b"null",
            (_, body) => body,
        };
        serde_json::from_slice(json)
            .map_err(|error| self.foreign(&format!("unreadable at column {}", error.column())))
    }

    fn error(self, auth: Auth) -> DiscordError {
        let told = serde_json::from_slice(without_mark(self.body)).ok().map(ErrorBody);
        let wait = told.as_ref().and_then(ErrorBody::wait).or(self.retry_after);
        let is_own = told.as_ref().is_some_and(ErrorBody::is_discords);
        let longest = if is_own { LONGEST_WAIT } else { LONGEST_FOREIGN_WAIT };
        let wait = wait.map(|wait| wait.clamp(SHORTEST_WAIT, longest));
        match told.and_then(|told| told.code()) {
            Some(code) => Told { status: self.status, code, wait }.meaning(auth),
            // No matter who sent this, it was not carried out.
            None if self.status == 429 => {
                DiscordError::RateLimited { after: wait.unwrap_or(UNTOLD_WAIT) }
            }
            // A proxy's limit on uploads will not pass.
            None if self.status == 413 && self.to_files => DiscordError::TooLarge,
            None => self.foreign("not Discord's"),
        }
    }

    fn foreign(self, why: &str) -> DiscordError {
        DiscordError::UnknownOutcome {
            cause: format!("foreign response, {why} (status {})", self.status),
        }
    }
}

/// JSON without the byte order mark that some proxies put in front.
fn without_mark(body: &[u8]) -> &[u8] {
    body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body)
}

/// A JSON object in place of what was asked for: an error as Discord words it, or anybody's.
struct ErrorBody(Map<String, Value>);

impl ErrorBody {
    /// Discord's code, if this is an error of Discord's.
    fn code(&self) -> Option<u64> {
        let code = self.0.get("code")?.as_u64().filter(|code| *code == 0 || *code >= FIRST_CODE)?;
        self.0.get("message")?.is_string().then_some(code)
    }

    /// Whether Discord sent it: an error, or a rate limit in its form, which need not have a code
    /// (Discord docs, Rate Limits > Rate Limit Response Structure).
    fn is_discords(&self) -> bool {
        let has = |name, fits: fn(&Value) -> bool| self.0.get(name).is_some_and(fits);
        let is_rate_limit = has("message", Value::is_string)
            && has("retry_after", Value::is_number)
            && has("global", Value::is_boolean);
        is_rate_limit || self.code().is_some()
    }

    fn wait(&self) -> Option<Duration> {
        let seconds = match self.0.get("retry_after")? {
            Value::String(text) => text.trim().parse().ok()?,
            number => number.as_f64()?,
        };
        let nonsense = seconds.is_nan() || seconds < 0.0;
        (!nonsense).then(|| Duration::try_from_secs_f64(seconds).unwrap_or(LONGEST_WAIT))
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
