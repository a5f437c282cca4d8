//! Rate limits: buckets of routes, their headers, and 429
//! (<https://docs.discord.com/developers/topics/rate-limits>).

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::time::Instant;

use axum::Json;
use axum::extract::{Request, State};
use axum::http::header::VIA;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::paths::in_api;
use super::rules::{RateLimit, RateLimits};
use super::shared::Shared;

/// What Discord's own responses come through. Libraries take a 429 without it for a ban by the CDN
/// in front of Discord.
const PROXY: HeaderValue = HeaderValue::from_static("1.1 google");

/// The buckets in use.
#[derive(Debug, Default)]
pub(super) struct RateLimiter {
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
struct Route {
    /// Method and path with ids replaced.
    name: String,
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
    fn of(method: &str, path: &str) -> Option<Self> {
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

/// How a bucket stands after a request.
#[derive(Clone, Copy, Debug)]
struct Standing {
    taken: bool,
    limit: u32,
    remaining: u32,
    /// Seconds until the window begins anew.
    reset_after: f64,
}

impl Window {
    /// Counts a request.
    fn take(window: &mut Option<Self>, limit: RateLimit) -> Standing {
        let now = Instant::now();
        let fresh = Self { began: now, used: 0 };
        let current = window.filter(|window| now.duration_since(window.began) < limit.per);
        let mut current = current.unwrap_or(fresh);
        let taken = current.used < limit.requests;
        current.used += u32::from(taken);
        *window = Some(current);
        Standing {
            taken,
            limit: limit.requests,
            remaining: limit.requests - current.used,
            reset_after: (current.began + limit.per).duration_since(now).as_secs_f64(),
        }
    }
}

impl RateLimiter {
    fn take(&mut self, route: &Route, limits: &RateLimits) -> (Standing, bool) {
        if route.kind != Kind::Webhooks {
            let global = Window::take(&mut self.global, limits.global);
            if !global.taken {
                return (global, true);
            }
        }
        let key = (route.name.clone(), route.major.clone());
        let mut window = self.buckets.get(&key).copied();
        let standing = Window::take(&mut window, route.limit(limits));
        self.buckets.extend(window.map(|window| (key, window)));
        (standing, false)
    }
}

/// Lets a request pass and tells how its bucket stands, or refuses it.
pub(super) async fn limit(
    State(shared): State<Arc<Shared>>,
    request: Request,
    next: Next,
) -> Response {
    let method = request.method().as_str();
    let Some(route) = Route::of(method, request.uri().path()) else {
        let mut response = next.run(request).await;
        response.headers_mut().insert(VIA, PROXY);
        return response;
    };
    let (standing, global) =
        shared.change(|state| state.limiter.take(&route, &state.rules.rate_limits));
    let mut response =
        if standing.taken { next.run(request).await } else { refusal(standing, global) };
    let headers = response.headers_mut();
    headers.insert(VIA, PROXY);
    let mut add = |name: &'static str, value: String| {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    };
    if global {
        add("x-ratelimit-global", "true".to_owned());
    } else {
        let mut bucket = DefaultHasher::new();
        route.name.hash(&mut bucket);
        let reset = shared.read(|state| Seconds(state.clock.now()).value()) + standing.reset_after;
        add("x-ratelimit-limit", standing.limit.to_string());
        add("x-ratelimit-remaining", standing.remaining.to_string());
        add("x-ratelimit-reset", format!("{reset:.3}"));
        add("x-ratelimit-reset-after", format!("{:.3}", standing.reset_after));
        add("x-ratelimit-bucket", format!("{:016x}", bucket.finish()));
    }
    if !standing.taken {
        add("x-ratelimit-scope", if global { "global" } else { "user" }.to_owned());
        add("retry-after", format!("{:.0}", standing.reset_after.ceil()));
    }
    if matches!(response.status().as_u16(), 401 | 403 | 429) {
        shared.change(|state| state.invalid_requests += 1);
    }
    response
}

/// Milliseconds as seconds.
struct Seconds(u64);

impl Seconds {
    #[expect(clippy::cast_precision_loss, reason = "a time in milliseconds fits 52 bits")]
    fn value(&self) -> f64 {
        self.0 as f64 / 1000.0
    }
}

fn refusal(standing: Standing, global: bool) -> Response {
    let body = json!({
        "message": "You are being rate limited.",
        "code": 0,
        "retry_after": standing.reset_after,
        "global": global,
    });
    (StatusCode::TOO_MANY_REQUESTS, Json(body)).into_response()
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
