//! Rate limits: buckets of routes, their headers, and 429
//! (<https://docs.discord.com/developers/topics/rate-limits>).

use std::collections::HashMap;
use std::time::Instant;

use crate::discord::api::paths::in_api;
use crate::discord::rules::{RateLimit, RateLimits};

/// The buckets in use.
#[derive(Debug, Default)]
pub(crate) struct RateLimiter {
    buckets: HashMap<(String, String), Window>,
    global: Option<Window>,
}

#[derive(Clone, Copy, Debug)]
struct Window {
    began: Instant,
    used: u32,
}

/// Which bucket a request belongs to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Route {
    /// Method and path with ids replaced.
    pub(crate) name: String,
    /// The ids that make buckets of their own: the channel, the server, the webhook.
    major: String,
    kind: Kind,
}

#[derive(Debug, PartialEq, Eq)]
enum Kind {
    Messages,
    Webhooks,
    Commands,
    Others,
}

impl Route {
    /// The bucket of a request; `None` where nothing is limited.
    pub(crate) fn of(method: &str, path: &str) -> Option<Self> {
        let path = in_api(path)?.strip_prefix('/')?;
        let segments = path.split('/').collect::<Vec<_>>();
        let (kind, major) = match *segments.as_slice() {
            ["interactions", ..] => return None,
            ["webhooks", application, token, ..] => {
                (Kind::Webhooks, format!("{application}/{token}"))
            }
            ["channels", channel, "messages", ..] => (Kind::Messages, channel.to_owned()),
            ["channels" | "guilds", id, ..] => (Kind::Others, id.to_owned()),
            ["applications", ..] if segments.contains(&"commands") => {
                (Kind::Commands, String::new())
            }
            _ => (Kind::Others, String::new()),
        };
        let variable = |segment: &&str| {
            segment.parse::<u64>().is_ok() || *segment == "@original" || segment.len() > 40
        };
        let name = segments.iter().map(|segment| if variable(segment) { ":id" } else { segment });
        let name = format!("{method} {}", name.collect::<Vec<_>>().join("/"));
        Some(Self { name, major, kind })
    }

    fn limit(&self, limits: &RateLimits) -> RateLimit {
        match self.kind {
            Kind::Messages => limits.messages,
            Kind::Webhooks => limits.webhooks,
            Kind::Commands => limits.commands,
            Kind::Others => limits.others,
        }
    }
}

/// The state of a bucket after a request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BucketState {
    pub(crate) taken: bool,
    pub(crate) limit: u32,
    pub(crate) remaining: u32,
    /// Seconds until the bucket is reset.
    pub(crate) reset_after: f64,
}

impl Window {
    /// Counts a request.
    fn take(window: &mut Option<Self>, limit: RateLimit) -> BucketState {
        let now = Instant::now();
        let fresh = Self { began: now, used: 0 };
        let current = window.filter(|window| now.duration_since(window.began) < limit.per);
        let mut current = current.unwrap_or(fresh);
        let taken = current.used < limit.requests;
        current.used += u32::from(taken);
        *window = Some(current);
        BucketState {
            taken,
            limit: limit.requests,
            remaining: limit.requests - current.used,
            reset_after: (current.began + limit.per).duration_since(now).as_secs_f64(),
        }
    }
}

impl RateLimiter {
    /// Counts a request. Returns the state of its bucket, and whether that is the global one.
    pub(crate) fn take(&mut self, route: &Route, limits: &RateLimits) -> (BucketState, bool) {
        if route.kind != Kind::Webhooks {
            let global = Window::take(&mut self.global, limits.global);
            if !global.taken {
                return (global, true);
            }
        }
        let key = (route.name.clone(), route.major.clone());
        let mut window = self.buckets.get(&key).copied();
        let bucket = Window::take(&mut window, route.limit(limits));
        self.buckets.extend(window.map(|window| (key, window)));
        (bucket, false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_belongs_to_its_channel_or_token() {
        let edit = |path: &str| Route::of("PATCH", path).unwrap();
        let one = edit("/api/v10/channels/1/messages/5");
        assert_eq!(one, edit("/api/v10/channels/1/messages/6"));
        assert_ne!(one, edit("/api/v10/channels/2/messages/5"));
        let token = |token: &str| edit(&format!("/api/v10/webhooks/1/{token}/messages/@original"));
        let (a, b) = ("a".repeat(64), "b".repeat(64));
        assert_eq!(token(&a).name, token(&b).name);
        assert_ne!(token(&a).major, token(&b).major);
        assert_eq!(Route::of("POST", "/api/v10/interactions/1/x/callback"), None);
    }
}
