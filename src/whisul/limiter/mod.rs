//! The one rate limit that all requests to Whisul share, and the line in front of it.

#[cfg(test)]
mod tests;

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{
    sync::Notify,
    time::{Instant, timeout},
};

use super::limits::RateLimit;

/// So many requests in a row go before polls; the next that goes is a poll, if one waits. Prompts that Whisul rejects
/// at once, one after another, would hold up all polls.
const BEFORE_POLLS: u32 = 4;

/// While requests wait, they go evenly spread over the window, but no further apart than this: after a
/// window of an hour is used up, a minute's pause after each request would help nobody.
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// A request that goes later than its time, since timers are not exact, delays those after it no
/// further than by what is more than this.
const CATCH_UP: Duration = Duration::from_millis(10);

/// Which requests go first while there are more than the rate limit lets through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Precedence {
    /// Before all polls of songs.
    BeforePolls,
    /// That poll before others whose time comes first.
    Poll(Instant),
}

/// Hands out slots for requests.
///
/// A slot counts from when it is held until a window after its request went out, so that however
/// long a task holds one, the limit is kept at every moment. A slot that is dropped unused counts for
/// nothing; the next request that waits goes after the pause between two. Each step takes time that grows with the logarithm of how many wait.
#[derive(Debug)]
pub(super) struct RequestLimiter {
    rate: RateLimit,
    /// The least time between two requests while others wait.
    pause: Duration,
    book: Mutex<Book>,
}

#[derive(Debug, Default)]
struct Book {
    /// How many slots are held.
    held: usize,
    /// When the latest requests went out, oldest first.
    sent: VecDeque<Instant>,
    /// The requests that wait, and how each is woken.
    waiting: BTreeMap<PlaceInLine, Arc<Notify>>,
    /// How many have waited so far.
    entered: u64,
    /// When the next request that waits may go.
    next_from: Option<Instant>,
    /// How many requests in a row have gone before polls that waited.
    before_polls: u32,
}

/// A place in line: by precedence, then first come, first served.
type PlaceInLine = (Precedence, u64);

impl RequestLimiter {
    pub(super) fn new(rate: RateLimit) -> Self {
        let pause = (rate.window / rate.requests.get()).min(LONGEST_PAUSE);
        Self { rate, pause, book: Mutex::default() }
    }

    /// Waits for a slot. Dropping the future gives up the place in line, and nothing else.
    pub(super) async fn slot(&self, precedence: Precedence) -> RateLimitSlot<'_> {
        let Some(mut waiting) = self.enter(precedence) else {
            return RateLimitSlot { limiter: self, used: false };
        };
        loop {
            match self.take(waiting.place) {
                Ok(()) => {
                    waiting.is_over = true;
                    return RateLimitSlot { limiter: self, used: false };
                }
                // Whether it is the time or the news that comes first: look again.
                Err(Some(wait)) => drop(timeout(wait, waiting.woken.notified()).await),
                Err(None) => waiting.woken.notified().await,
            }
        }
    }

    /// Takes a slot at once where no other request waits for one, or a place in line.
    fn enter(&self, precedence: Precedence) -> Option<WaitingRequest<'_>> {
        let mut book = self.book();
        let now = Instant::now();
        if book.waiting.is_empty() && book.room_in(self.rate, now).is_ok() {
            book.held = book.held.saturating_add(1);
            return None;
        }
        book.entered = book.entered.wrapping_add(1);
        let place = (precedence, book.entered);
        let woken = Arc::new(Notify::new());
        book.waiting.insert(place, Arc::clone(&woken));
        Some(WaitingRequest { limiter: self, place, woken, is_over: false })
    }

    /// Takes a slot for the request in this place, or says after how long to look again unless it is
    /// woken before; `None` where others are first.
    fn take(&self, place: PlaceInLine) -> Result<(), Option<Duration>> {
        let mut book = self.book();
        if book.first() != Some(place) {
            return Err(None);
        }
        let now = Instant::now();
        book.room_in(self.rate, now).map_err(Some)?;
        let from = book.next_from.unwrap_or(now);
        if from > now {
            return Err(Some(from.duration_since(now)));
        }
        let earliest = now.checked_sub(CATCH_UP).unwrap_or(now);
        book.next_from = Some(from.max(earliest) + self.pause);
        book.held = book.held.saturating_add(1);
        let is_poll = matches!(place.0, Precedence::Poll(_));
        book.before_polls = if is_poll { 0 } else { book.before_polls.saturating_add(1) };
        book.waiting.remove(&place);
        book.wake_first();
        Ok(())
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Book {
    /// Whether another slot is free; if not, how long it takes at most until there may be one.
    fn room_in(&mut self, rate: RateLimit, now: Instant) -> Result<(), Duration> {
        let limit = usize::try_from(rate.requests.get()).unwrap_or(usize::MAX);
        let is_old = |sent: &Instant| now.duration_since(*sent) >= rate.window;
        while self.sent.front().is_some_and(is_old) {
            self.sent.pop_front();
        }
        if self.held.saturating_add(self.sent.len()) < limit {
            return Ok(());
        }
        let passed = self.sent.front().map_or(Duration::ZERO, |sent| now.duration_since(*sent));
        Err(rate.window.saturating_sub(passed))
    }

    /// The place of the request that goes next.
    fn first(&self) -> Option<PlaceInLine> {
        let (first, _) = self.waiting.first_key_value()?;
        if self.before_polls < BEFORE_POLLS {
            return Some(*first);
        }
        let mut polls = self.waiting.range((Precedence::BeforePolls, u64::MAX)..);
        Some(polls.next().map_or(*first, |(place, _)| *place))
    }

    fn wake_first(&self) {
        if let Some(woken) = self.first().and_then(|first| self.waiting.get(&first)) {
            woken.notify_one();
        }
    }
}

/// A request that waits in line. Dropping it leaves the line.
struct WaitingRequest<'limiter> {
    limiter: &'limiter RequestLimiter,
    place: PlaceInLine,
    woken: Arc<Notify>,
    /// Whether it has its slot.
    is_over: bool,
}

impl Drop for WaitingRequest<'_> {
    fn drop(&mut self) {
        if !self.is_over {
            let mut book = self.limiter.book();
            book.waiting.remove(&self.place);
            book.wake_first();
        }
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
        book.wake_first();
    }
}
