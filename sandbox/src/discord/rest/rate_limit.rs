//! Applies the rate limits to requests.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::Arc;

use axum::Json;
use axum::extract::{Request, State};
use axum::http::header::VIA;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use serde_json::json;

use crate::discord::api::rate_limiter::{BucketState, Route};
use crate::discord::shared::Shared;

/// What Discord's own responses come through. Libraries take a 429 without it for a ban by the CDN
/// in front of Discord.
const PROXY: HeaderValue = HeaderValue::from_static("1.1 google");

/// Lets a request pass and adds the headers of its bucket, or rejects it with 429.
pub(crate) async fn limit(
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
    let (bucket_state, global) =
        shared.change(|state| state.limiter.take(&route, &state.rules.rate_limits));
    let mut response =
        if bucket_state.taken { next.run(request).await } else { refusal(bucket_state, global) };
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
        let reset =
            shared.read(|state| Seconds(state.clock.now()).value()) + bucket_state.reset_after;
        add("x-ratelimit-limit", bucket_state.limit.to_string());
        add("x-ratelimit-remaining", bucket_state.remaining.to_string());
        add("x-ratelimit-reset", format!("{reset:.3}"));
        add("x-ratelimit-reset-after", format!("{:.3}", bucket_state.reset_after));
        add("x-ratelimit-bucket", format!("{:016x}", bucket.finish()));
    }
    if !bucket_state.taken {
        add("x-ratelimit-scope", if global { "global" } else { "user" }.to_owned());
        add("retry-after", format!("{:.0}", bucket_state.reset_after.ceil()));
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

fn refusal(bucket_state: BucketState, global: bool) -> Response {
    let body = json!({
        "message": "You are being rate limited.",
        "code": 0,
        "retry_after": bucket_state.reset_after,
        "global": global,
    });
    (StatusCode::TOO_MANY_REQUESTS, Json(body)).into_response()
}
