//! Discord's rate limits, kept on this side.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use reqwest::header::HeaderMap;
use twilight_http_ratelimiting::{Endpoint, Permit, RateLimitHeaders, RateLimiter};

use super::request::Urgency;

/// How long one limiter is used. It remembers a queue for every interaction it ever saw; a fresh
/// one in its place forgets them, at the price of one unlimited request for each bucket.
const LIFETIME: Duration = Duration::from_hours(6);

/// How long a progress edit queues behind others: the final edit of its job may wait for it.
const PROGRESS_PATIENCE: Duration = Duration::from_millis(500);

/// Hands out permits to send, by the buckets that Discord's answers name (Discord docs, Rate
/// Limits).
#[derive(Debug)]
pub(super) struct Limiter {
    current: Mutex<(RateLimiter, Instant)>,
    /// When everything may go on after an answer that closed every bucket.
    resumes_at: Mutex<Instant>,
}

impl Limiter {
    /// Starts with no knowledge. Needs a runtime.
    pub(super) fn new() -> Self {
        let now = Instant::now();
        Self { current: Mutex::new((RateLimiter::default(), now)), resumes_at: Mutex::new(now) }
    }

    /// Waits for a permit. `None` when the request is a progress edit and the bucket is busy or
    /// almost empty: what remains in it belongs to messages that matter more.
    pub(super) async fn permit(&self, endpoint: Endpoint, urgency: Urgency) -> Option<Permit> {
        let limiter = self.current();
        let pause = self.pause();
        if urgency == Urgency::Progress && !pause.is_zero() {
            return None;
        }
        tokio::time::sleep(pause).await;
        match urgency {
            Urgency::Needed => Some(limiter.acquire(endpoint).await),
            Urgency::Progress => {
                let has_room = |bucket: Option<twilight_http_ratelimiting::Bucket>| {
                    bucket.is_none_or(|bucket| bucket.remaining > 1)
                };
                let permit = limiter.acquire_if(endpoint, has_room);
                tokio::time::timeout(PROGRESS_PATIENCE, permit).await.ok().flatten()
            }
        }
    }

    /// Keeps everything back for a while: Discord said that all of the bot's requests are too many.
    pub(super) fn hold(&self, wait: Duration) {
        let mut resumes_at = self.resumes_at.lock().unwrap_or_else(PoisonError::into_inner);
        *resumes_at = (*resumes_at).max(Instant::now() + wait.min(Duration::from_hours(1)));
    }

    fn pause(&self) -> Duration {
        let resumes_at = *self.resumes_at.lock().unwrap_or_else(PoisonError::into_inner);
        resumes_at.saturating_duration_since(Instant::now())
    }

    fn current(&self) -> RateLimiter {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        if current.1.elapsed() > LIFETIME {
            *current = (RateLimiter::default(), Instant::now());
        }
        current.0.clone()
    }
}

/// Whether a 429 is about all of the bot's requests together.
pub(super) fn is_global(headers: &HeaderMap) -> bool {
    headers.contains_key("x-ratelimit-global")
}

/// What an answer's headers say about its bucket. `exhausted_for` is set for a 429, whose headers
/// need not admit that nothing remains.
pub(super) fn headers(
    headers: &HeaderMap,
    exhausted_for: Option<Duration>,
) -> Option<RateLimitHeaders> {
    let text = |name| headers.get(name)?.to_str().ok();
    let bucket = text(RateLimitHeaders::BUCKET)?.as_bytes().to_vec();
    let reset_after: f64 = text(RateLimitHeaders::RESET_AFTER)?.parse().ok()?;
    let reset_after = Duration::try_from_secs_f64(reset_after).ok()?;
    let remaining = text(RateLimitHeaders::REMAINING)?.parse().ok()?;
    Some(RateLimitHeaders {
        bucket,
        limit: text(RateLimitHeaders::LIMIT)?.parse().ok()?,
        remaining: if exhausted_for.is_some() { 0 } else { remaining },
        reset_at: Instant::now()
            + exhausted_for.unwrap_or(reset_after).min(Duration::from_hours(1)),
    })
}
