//! Simulated time: what happens next, in an order that follows from the seed alone.

use std::{
    cmp::{Ordering, Reverse},
    collections::BinaryHeap,
    time::Duration,
};

use whisul_bot::domain::{JobId, Timestamp};

/// A true moment, in milliseconds since Discord's first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment(pub(crate) u64);

impl Moment {
    /// As the bot's clock would show it, if it were right.
    pub(crate) fn timestamp(self) -> Timestamp {
        JobId(self.0 << 22).created_at()
    }

    pub(crate) fn after(self, wait: Duration) -> Self {
        Self(self.0 + u64::try_from(wait.as_millis()).unwrap())
    }

    pub(crate) fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0))
    }
}

/// What is to happen, and when.
pub(crate) struct Agenda<Happening> {
    pub(crate) now: Moment,
    /// How many entries there have been. Of two at the same moment, the older comes first.
    entries: u64,
    heap: BinaryHeap<Reverse<Entry<Happening>>>,
}

struct Entry<Happening> {
    at: Moment,
    number: u64,
    happening: Happening,
}

impl<Happening> Agenda<Happening> {
    pub(crate) fn starting_at(now: Moment) -> Self {
        Self { now, entries: 0, heap: BinaryHeap::new() }
    }

    pub(crate) fn add(&mut self, wait: Duration, happening: Happening) {
        self.entries += 1;
        let entry = Entry { at: self.now.after(wait), number: self.entries, happening };
        self.heap.push(Reverse(entry));
    }

    /// Goes on to the next moment at which something happens.
    pub(crate) fn next(&mut self) -> Option<Happening> {
        let Reverse(entry) = self.heap.pop()?;
        self.now = entry.at;
        Some(entry.happening)
    }
}

impl<Happening> Entry<Happening> {
    fn key(&self) -> (Moment, u64) {
        (self.at, self.number)
    }
}

impl<Happening> PartialEq for Entry<Happening> {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl<Happening> Eq for Entry<Happening> {}

impl<Happening> PartialOrd for Entry<Happening> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<Happening> Ord for Entry<Happening> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key().cmp(&other.key())
    }
}
