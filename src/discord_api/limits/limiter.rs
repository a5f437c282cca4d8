//! Discord's rate limits, kept on this side (Discord docs, Rate Limits).
//!
//! Requests of one bucket go one after another, so that each knows what the response to the last one
//! said. Until a response names an endpoint's bucket, the endpoint is a bucket of its own.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use reqwest::{Method, header::HeaderMap};
use tokio::{
    sync::{Mutex as AsyncMutex, OwnedMutexGuard},
    time::{Instant, sleep_until, timeout},
};

use super::priority::Priority;

/// How many requests a bot may send within a second, those for interactions aside.
const GLOBAL_LIMIT: usize = 50;
const SECOND: Duration = Duration::from_secs(1);

/// The longest wait that is believed.
const LONGEST_WAIT: Duration = Duration::from_hours(1);

/// How long a progress edit queues behind others: the final edit of its job may wait for it.
const PROGRESS_PATIENCE: Duration = Duration::from_millis(500);

/// How often buckets are forgotten that limit nothing any more. Each interaction has its own.
const FORGETS_EVERY: Duration = Duration::from_mins(1);

/// Hands out permits to send, by the buckets that Discord's responses name.
#[derive(Debug)]
pub(in crate::discord_api) struct Limiter {
    state: Mutex<LimiterState>,
}

#[derive(Debug)]
struct LimiterState {
    /// The bucket of each endpoint, as far as a response has named it.
    names: HashMap<String, String>,
    buckets: HashMap<String, Arc<AsyncMutex<Bucket>>>,
    /// When the latest requests went out that count for the limit of all buckets together.
    sent: VecDeque<Instant>,
    /// When everything may go on after a 429 about all buckets together.
    resumes_at: Instant,
    forgets_at: Instant,
}

/// What the latest response said of a bucket. Locked while a request of it is under way.
#[derive(Clone, Copy, Debug)]
struct Bucket {
    remaining: u32,
    resets_at: Instant,
}

/// A permit to send one request. Dropping it lets the next one of its bucket go.
#[derive(Debug)]
pub(in crate::discord_api) struct RateLimitPermit<'a> {
    limiter: &'a Limiter,
    endpoint: Endpoint,
    bucket: OwnedMutexGuard<Bucket>,
}

/// What has a limit of its own.
#[derive(Clone, Debug)]
struct Endpoint {
    /// The method and the path.
    name: String,
    /// The channel, server or webhook in the path: each has its own share of a bucket.
    resource: String,
    counts_globally: bool,
}

/// What a response's headers say about its bucket.
#[derive(Debug)]
pub(in crate::discord_api) struct RateLimitHeaders {
    name: String,
    bucket: Bucket,
}

impl Limiter {
    /// Starts with no knowledge.
    pub(in crate::discord_api) fn new() -> Self {
        let now = Instant::now();
        Self {
            state: Mutex::new(LimiterState {
                names: HashMap::new(),
                buckets: HashMap::new(),
                sent: VecDeque::new(),
                resumes_at: now,
                forgets_at: now + FORGETS_EVERY,
            }),
        }
    }

    /// Waits for a permit. `None` when the request is a progress edit and the bucket is busy or
    /// almost empty: what remains in it belongs to messages that matter more.
    pub(in crate::discord_api) async fn permit(
        &self,
        method: &Method,
        path: &str,
        priority: Priority,
    ) -> Option<RateLimitPermit<'_>> {
        let endpoint = Endpoint::of(method, path);
        match priority {
            Priority::High => {
                let bucket = self.lock_bucket(&endpoint).await;
                sleep_until(bucket.opens_at()).await;
                while let Err(opens_at) = self.count(&endpoint) {
                    sleep_until(opens_at).await;
                }
                Some(RateLimitPermit { limiter: self, endpoint, bucket })
            }
            Priority::Low => {
                let bucket = timeout(PROGRESS_PATIENCE, self.lock_bucket(&endpoint)).await.ok()?;
                let has_room = bucket.remaining > 1 || bucket.resets_at <= Instant::now();
                let is_permitted = has_room && self.count(&endpoint).is_ok();
                is_permitted.then_some(RateLimitPermit { limiter: self, endpoint, bucket })
            }
        }
    }

    /// Keeps everything back for a while: Discord said that all of the bot's requests are too many.
    pub(in crate::discord_api) fn hold(&self, wait: Duration) {
        let mut state = self.state();
        state.resumes_at = state.resumes_at.max(Instant::now() + wait.min(LONGEST_WAIT));
    }

    fn count(&self, endpoint: &Endpoint) -> Result<(), Instant> {
        self.state().count(endpoint)
    }

    async fn lock_bucket(&self, endpoint: &Endpoint) -> OwnedMutexGuard<Bucket> {
        loop {
            let (name, bucket) = self.state().bucket_of(endpoint);
            let bucket = bucket.lock_owned().await;
            // The response to the one before may have named another bucket.
            if self.state().name_of(endpoint) == name {
                return bucket;
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, LimiterState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl RateLimitPermit<'_> {
    /// Records the response's rate-limit headers.
    pub(in crate::discord_api) fn complete(mut self, headers: Option<RateLimitHeaders>) {
        let Some(RateLimitHeaders { name, bucket }) = headers else { return };
        let mut state = self.limiter.state();
        let name = format!("{name} {}", self.endpoint.resource);
        if state.name_of(&self.endpoint) == name {
            *self.bucket = bucket;
            return;
        }
        let named = Arc::clone(state.buckets.entry(name.clone()).or_default());
        state.names.insert(self.endpoint.name.clone(), name);
        // If another request of it is under way, its response will say the same.
        if let Ok(mut named) = named.try_lock() {
            *named = bucket;
        }
    }
}

impl LimiterState {
    fn name_of(&self, endpoint: &Endpoint) -> String {
        self.names.get(&endpoint.name).unwrap_or(&endpoint.name).clone()
    }

    fn bucket_of(&mut self, endpoint: &Endpoint) -> (String, Arc<AsyncMutex<Bucket>>) {
        let now = Instant::now();
        if self.forgets_at <= now {
            self.forgets_at = now + FORGETS_EVERY;
            self.buckets.retain(|_, bucket| {
                Arc::strong_count(bucket) > 1
                    || bucket.try_lock().is_ok_and(|bucket| bucket.resets_at > now)
            });
            self.names.retain(|_, name| self.buckets.contains_key(name));
        }
        let name = self.name_of(endpoint);
        let bucket = Arc::clone(self.buckets.entry(name.clone()).or_default());
        (name, bucket)
    }

    /// Counts a request that goes out now, or says when to ask again.
    fn count(&mut self, endpoint: &Endpoint) -> Result<(), Instant> {
        let now = Instant::now();
        if self.resumes_at > now {
            return Err(self.resumes_at);
        }
        while self.sent.front().is_some_and(|sent| *sent + SECOND <= now) {
            self.sent.pop_front();
        }
        if endpoint.counts_globally {
            match self.sent.front() {
                Some(first) if self.sent.len() >= GLOBAL_LIMIT => return Err(*first + SECOND),
                _ => self.sent.push_back(now),
            }
        }
        Ok(())
    }
}

impl Bucket {
    fn opens_at(self) -> Instant {
        if self.remaining > 0 { Instant::now() } else { self.resets_at }
    }
}

impl Default for Bucket {
    /// Nothing is known of it: one request finds out.
    fn default() -> Self {
        Self { remaining: 0, resets_at: Instant::now() }
    }
}

impl Endpoint {
    fn of(method: &Method, path: &str) -> Self {
        let parts = match path.split('/').next() {
            Some("channels" | "guilds") => 2,
            Some("webhooks" | "interactions") => 3,
            _ => 0,
        };
        Self {
            name: format!("{method} {path}"),
            resource: path.split('/').take(parts).collect::<Vec<_>>().join("/"),
            // Requests with an interaction's token are not the bot's.
            counts_globally: parts != 3,
        }
    }
}

/// Whether a 429 is about all of the bot's requests together.
pub(in crate::discord_api) fn is_global(headers: &HeaderMap) -> bool {
    headers.contains_key("x-ratelimit-global")
}

/// What a response's headers say about its bucket. On a 429, `exhausted_for` overrides them: nothing
/// remains.
pub(in crate::discord_api) fn headers(
    headers: &HeaderMap,
    exhausted_for: Option<Duration>,
) -> Option<RateLimitHeaders> {
    let text = |name| headers.get(name)?.to_str().ok();
    let name = text("x-ratelimit-bucket")?.to_owned();
    let reset_after: f64 = text("x-ratelimit-reset-after")?.parse().ok()?;
    let reset_after = Duration::try_from_secs_f64(reset_after).ok()?;
    let remaining = text("x-ratelimit-remaining")?.parse().ok()?;
    let bucket = Bucket {
        remaining: if exhausted_for.is_some() { 0 } else { remaining },
        resets_at: Instant::now() + exhausted_for.unwrap_or(reset_after).min(LONGEST_WAIT),
    };
    Some(RateLimitHeaders { name, bucket })
}

#[cfg(test)]
#[path = "limiter_tests.rs"]
mod tests;
