//! Discord's rate limits, kept on this side.

use std::{
    io,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use reqwest::header::HeaderMap;
use tokio::runtime::{Builder, Runtime};
use tracing::warn;
use twilight_http_ratelimiting::{Endpoint, Permit, RateLimitHeaders, RateLimiter};

use super::priority::Priority;

/// How often one limiter is asked. It remembers a queue for every interaction that it ever saw; a
/// fresh one in its place forgets them, at the price of one unlimited request for each bucket.
const REQUESTS_MAX: u32 = 10_000;

/// How long a progress edit queues behind others: the final edit of its job may wait for it.
const PROGRESS_PATIENCE: Duration = Duration::from_millis(500);

/// Hands out permits to send, by the buckets that Discord's answers name (Discord docs, Rate
/// Limits).
#[derive(Debug)]
pub(super) struct Limiter {
    current: Mutex<Arc<LimiterRuntime>>,
    /// When everything may go on after an answer that closed every bucket.
    resumes_at: Mutex<Instant>,
}

/// A limiter and the runtime that its task runs in: the task would outlive all who know it, with
/// everything that it remembers, since its loop always has a timer to wait for
/// (twilight-http-ratelimiting 0.18, `actor::runner`). With its runtime it ends.
#[derive(Debug)]
struct LimiterRuntime {
    limiter: RateLimiter,
    runtime: Option<Runtime>,
    asked: AtomicU32,
}

/// A permit to send one request. Dropping it means that none was sent.
#[derive(Debug)]
pub(super) struct RateLimitPermit {
    permit: Permit,
    /// It must outlive the permit, whose outcome it records.
    _runtime: Arc<LimiterRuntime>,
}

impl RateLimitPermit {
    /// Tells what the answer's headers say.
    pub(super) fn complete(self, headers: Option<RateLimitHeaders>) {
        self.permit.complete(headers);
    }
}

impl LimiterRuntime {
    fn begin() -> io::Result<Self> {
        let mut builder = Builder::new_multi_thread();
        let runtime = builder.worker_threads(1).thread_name("rate-limits").enable_time().build()?;
        let inside = runtime.enter();
        let limiter = RateLimiter::default();
        drop(inside);
        Ok(Self { limiter, runtime: Some(runtime), asked: AtomicU32::new(0) })
    }
}

impl Drop for LimiterRuntime {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl Limiter {
    /// Starts with no knowledge.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub(super) fn new() -> io::Result<Self> {
        let (current, resumes_at) = (Arc::new(LimiterRuntime::begin()?), Instant::now());
        Ok(Self { current: Mutex::new(current), resumes_at: Mutex::new(resumes_at) })
    }

    /// Waits for a permit. `None` when the request is a progress edit and the bucket is busy or
    /// almost empty: what remains in it belongs to messages that matter more.
    pub(super) async fn permit(
        &self,
        endpoint: Endpoint,
        priority: Priority,
    ) -> Option<RateLimitPermit> {
        let current = self.current();
        let pause = self.pause();
        if priority == Priority::Low && !pause.is_zero() {
            return None;
        }
        tokio::time::sleep(pause).await;
        let permit = match priority {
            Priority::High => Some(current.limiter.acquire(endpoint).await),
            Priority::Low => {
                let has_room = |bucket: Option<twilight_http_ratelimiting::Bucket>| {
                    bucket.is_none_or(|bucket| bucket.remaining > 1)
                };
                let permit = current.limiter.acquire_if(endpoint, has_room);
                tokio::time::timeout(PROGRESS_PATIENCE, permit).await.ok().flatten()
            }
        };
        permit.map(|permit| RateLimitPermit { permit, _runtime: current })
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

    fn current(&self) -> Arc<LimiterRuntime> {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        if current.asked.fetch_add(1, Ordering::Relaxed) >= REQUESTS_MAX {
            match LimiterRuntime::begin() {
                Ok(fresh) => *current = Arc::new(fresh),
                Err(error) => warn!(%error, "the rate limiter goes on with what it has"),
            }
        }
        Arc::clone(&current)
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

#[cfg(test)]
mod tests {
    use tokio::runtime::Handle;
    use twilight_http_ratelimiting::Method;

    use super::*;

    fn edit(token: u32) -> Endpoint {
        let path = format!("webhooks/1/{token}/messages/@original");
        Endpoint { method: Method::Patch, path }
    }

    #[tokio::test]
    async fn a_limiter_whose_term_is_over_goes_with_its_last_request() {
        let limiter = Limiter::new().unwrap();
        let first = Arc::downgrade(&limiter.current());
        let under_way = limiter.permit(edit(0), Priority::High).await.unwrap();
        for _ in 0..REQUESTS_MAX {
            limiter.current();
        }
        limiter.permit(edit(1), Priority::Low).await.unwrap().complete(None);
        assert!(first.upgrade().is_some());
        under_way.complete(None);
        assert!(first.upgrade().is_none(), "nothing keeps what it remembers");
        assert_eq!(Handle::current().metrics().num_alive_tasks(), 0, "no task of its is left");
    }
}
