//! The one rate limit that all requests to Whisul share.

use std::{
    collections::VecDeque,
    fmt,
    num::NonZeroU32,
    str::FromStr,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{
    sync::Notify,
    time::{Instant, timeout},
};

use crate::domain::{format_duration, parse_count_per_window};

/// How many requests may go out in any stretch of time as long as the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimit {
    /// How many.
    pub requests: NonZeroU32,
    /// In how long a time; more than none.
    pub window: Duration,
}

/// Why a text is no rate limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected COUNT/WINDOW, such as 5/1s; a window is a number and s, m, h, d or w")]
pub struct RateLimitError;

/// `COUNT/WINDOW`: `5/1s`.
impl FromStr for RateLimit {
    type Err = RateLimitError;

    fn from_str(text: &str) -> Result<Self, RateLimitError> {
        let (requests, window) = parse_count_per_window(text).ok_or(RateLimitError)?;
        let requests = requests.parse().map_err(|_| RateLimitError)?;
        Ok(Self { requests, window })
    }
}

impl fmt::Display for RateLimit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.requests, format_duration(self.window))
    }
}

/// Hands out places for requests, first come, first served.
///
/// A place counts from when it is held until a window after its request went out, so that however
/// long somebody holds one, the limit stands at every moment. A place that is dropped unused
/// costs nothing.
#[derive(Debug)]
pub(super) struct RequestLimiter {
    rate: RateLimit,
    /// The task that has it is first in line. Tokio's mutex is fair.
    first: tokio::sync::Mutex<()>,
    book: Mutex<Book>,
    /// Somebody has used or given back a place.
    changed: Notify,
}

#[derive(Debug, Default)]
struct Book {
    /// Places in somebody's hands.
    held: usize,
    /// When the latest requests went out, oldest first.
    sent: VecDeque<Instant>,
}

impl RequestLimiter {
    pub(super) fn new(rate: RateLimit) -> Self {
        let book = Mutex::new(Book::default());
        Self { rate, first: tokio::sync::Mutex::new(()), book, changed: Notify::new() }
    }

    /// Waits for a place. Dropping the future gives up the place in line, and nothing else.
    pub(super) async fn slot(&self) -> RateLimitSlot<'_> {
        let _first = self.first.lock().await;
        loop {
            match self.take() {
                Ok(place) => return place,
                // Whether it is the time or the news that comes first: look again.
                Err(wait) => drop(timeout(wait, self.changed.notified()).await),
            }
        }
    }

    /// Takes a place, or says after how long to look again unless something changes before.
    fn take(&self) -> Result<RateLimitSlot<'_>, Duration> {
        let limit = usize::try_from(self.rate.requests.get()).unwrap_or(usize::MAX);
        let now = Instant::now();
        let mut book = self.book();
        let is_old = |sent: &Instant| now.duration_since(*sent) >= self.rate.window;
        while book.sent.front().is_some_and(is_old) {
            book.sent.pop_front();
        }
        if book.held.saturating_add(book.sent.len()) < limit {
            book.held = book.held.saturating_add(1);
            return Ok(RateLimitSlot { limiter: self, used: false });
        }
        let passed = book.sent.front().map_or(Duration::ZERO, |sent| now.duration_since(*sent));
        Err(self.rate.window.saturating_sub(passed))
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The right to send one request.
#[derive(Debug)]
pub(super) struct RateLimitSlot<'limiter> {
    limiter: &'limiter RequestLimiter,
    used: bool,
}

impl RateLimitSlot<'_> {
    /// Notes that its request goes out now.
    pub(super) fn spend(mut self) {
        self.used = true;
    }
}

impl Drop for RateLimitSlot<'_> {
    fn drop(&mut self) {
        let mut book = self.limiter.book();
        book.held = book.held.saturating_sub(1);
        if self.used {
            book.sent.push_back(Instant::now());
        }
        drop(book);
        self.limiter.changed.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use proptest::prelude::*;
    use tokio::{
        runtime::{Builder, Runtime},
        task::JoinSet,
        time::sleep,
    };

    use super::*;

    /// A runtime whose clock moves only when everybody sleeps.
    fn paused() -> Runtime {
        Builder::new_current_thread().enable_time().start_paused(true).build().unwrap()
    }

    fn limiter(rate: &str) -> RequestLimiter {
        RequestLimiter::new(rate.parse().unwrap())
    }

    #[test]
    fn rates_read_and_show_as_people_write_them() {
        for text in ["5/1s", "1/1m", "600/1h"] {
            assert_eq!(text.parse::<RateLimit>().unwrap().to_string(), text);
        }
        for text in ["", "5", "5/", "/1s", "0/1s", "-1/1s", "5/0s", "5/1s/1s", "5/s", "unlimited"] {
            assert_eq!(text.parse::<RateLimit>(), Err(RateLimitError), "{text}");
        }
    }

    #[test]
    fn a_place_that_is_not_used_costs_nothing() {
        paused().block_on(async {
            let limiter = limiter("2/1h");
            let start = Instant::now();
            for _ in 0..100 {
                drop(limiter.slot().await);
            }
            let held = (limiter.slot().await, limiter.slot().await);
            assert!(timeout(Duration::from_mins(1), limiter.slot()).await.is_err());
            drop(held);
            limiter.slot().await.spend();
            limiter.slot().await.spend();
            assert_eq!(start.elapsed(), Duration::from_mins(1));
            limiter.slot().await.spend();
            assert_eq!(start.elapsed(), Duration::from_mins(61));
        });
    }

    #[test]
    fn the_first_in_line_is_the_first_served_and_one_who_leaves_holds_up_nobody() {
        paused().block_on(async {
            let limiter = Arc::new(limiter("1/10s"));
            let mut people = JoinSet::new();
            for person in 0..9_u64 {
                let limiter = Arc::clone(&limiter);
                people.spawn(async move {
                    sleep(Duration::from_millis(person)).await;
                    let patience = Duration::from_secs(if person % 3 == 1 { 5 } else { 500 });
                    let place = timeout(patience, limiter.slot()).await.ok()?;
                    place.spend();
                    Some((person, Instant::now()))
                });
            }
            let mut served: Vec<(u64, Instant)> =
                people.join_all().await.into_iter().flatten().collect();
            served.sort_by_key(|(_, at)| *at);
            let order: Vec<u64> = served.iter().map(|(person, _)| *person).collect();
            assert_eq!(order, [0, 2, 3, 5, 6, 8]);
        });
    }

    proptest! {
        /// People come when they want, hold their places for as long as they want, and may leave
        /// the line or give a place back.
        #[test]
        fn no_window_holds_more_requests_than_the_limit(
            count in 1..5_u32,
            window in 1..20_u64,
            people in prop::collection::vec(
                (0..60_000_u64, 0..5_000_u64, 1..90_000_u64, prop::bool::weighted(0.8)), 1..40,
            ),
        ) {
            let sent = paused().block_on(async {
                let limiter = Arc::new(limiter(&format!("{count}/{window}s")));
                let mut tasks = JoinSet::new();
                for (comes, holds, patience, uses) in people {
                    let limiter = Arc::clone(&limiter);
                    tasks.spawn(async move {
                        sleep(Duration::from_millis(comes)).await;
                        let patience = Duration::from_millis(patience);
                        let place = timeout(patience, limiter.slot()).await.ok()?;
                        sleep(Duration::from_millis(holds)).await;
                        uses.then(|| place.spend())?;
                        Some(Instant::now())
                    });
                }
                let mut sent: Vec<Instant> = tasks.join_all().await.into_iter().flatten().collect();
                sent.sort_unstable();
                sent
            });
            let count = usize::try_from(count).unwrap();
            for (earlier, later) in sent.iter().zip(sent.iter().skip(count)) {
                prop_assert!(later.duration_since(*earlier) >= Duration::from_secs(window));
            }
        }
    }
}
