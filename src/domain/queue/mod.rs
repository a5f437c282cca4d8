//! The queue: in which order waiting jobs get their turn, and how many songs are made at once.

mod estimate;
mod forecast;
mod obstacle;
mod position;

pub use estimate::{Estimate, Outlook, Span};
pub use forecast::{Forecast, Wait};
pub use obstacle::Obstacle;
pub use position::QueuePosition;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::domain::{Job, JobId, State, Timestamp, UserId};

/// The round of a person's next job, so that people take turns and one with many songs can't hold
/// up the others.
///
/// It is the round after that of their `latest` job, but never one that has passed: `current` is
/// the round of the job that was called last.
fn next_round(current: u32, latest: Option<u32>) -> u32 {
    latest.map_or(0, |round| round.saturating_add(1)).max(current)
}

/// The queue in front of Whisul: a limited number of songs at once, turns taken between people.
/// A `Call` is what tells a waiting job that its turn has come.
#[derive(Debug)]
pub struct Queue<Call> {
    /// How many songs may run at once, and which do, with when Whisul began.
    capacity: usize,
    running: BTreeMap<JobId, Option<Timestamp>>,
    /// The round of the job that was called last.
    current: u32,
    /// The rounds that each person has taken, from the current one on.
    taken: HashMap<UserId, BTreeSet<u32>>,
    waiting: BTreeMap<QueuePosition, Call>,
    /// Accepted jobs that join soon.
    joining: BTreeSet<QueuePosition>,
    /// Those of them for which a slot is reserved.
    reserved: BTreeSet<QueuePosition>,
}

impl<Call> Queue<Call> {
    /// A queue in which nobody waits, with a capacity of so many songs at once.
    pub fn new(capacity: usize) -> Self {
        Self {
            capacity,
            running: BTreeMap::new(),
            current: 0,
            taken: HashMap::new(),
            waiting: BTreeMap::new(),
            joining: BTreeSet::new(),
            reserved: BTreeSet::new(),
        }
    }

    /// Restores rounds from unfinished jobs and from the requester and round of the jobs `called`
    /// last. Places in the queue are taken afterwards, by [`Self::occupy`] and [`Self::join`].
    pub fn restore(&mut self, left: &[Job], called: &[(UserId, u32)]) {
        let waiting = left.iter().filter(|job| job.awaits_turn());
        let waiting = waiting.map(|job| (job.requester, job.round));
        for (requester, round) in waiting.chain(called.iter().copied()) {
            self.note(requester, round);
        }
        self.advance_to(called.iter().map(|(_, round)| *round).max().unwrap_or(0));
    }

    /// Takes the round in which a person's next job is. It is theirs from now on: somebody who
    /// asks again before the first job stands in the queue gets the round after.
    pub fn take_round(&mut self, requester: UserId) -> u32 {
        let latest = self.taken.get(&requester).and_then(BTreeSet::last);
        let round = next_round(self.current, latest.copied());
        self.note(requester, round);
        round
    }

    /// Gives back the round of a job that will not be.
    pub fn return_round(&mut self, job: &Job) {
        self.release(job);
        if let Some(taken) = self.taken.get_mut(&job.requester) {
            taken.remove(&job.round);
        }
    }

    /// Expects a job that was taken on and joins soon. Returns the place that it gets if all who
    /// are expected join; `None` if its turn comes at once, which is a promise: a slot is held for it
    /// until it joins or is expected no longer.
    pub fn reserve(&mut self, job: &Job) -> Option<usize> {
        let position = job.queue_position();
        let before =
            self.waiting.range(..position).count() + self.joining.range(..position).count();
        let place = before.checked_sub(self.free()).map(|before| before + 1);
        let expected = if place.is_some() { &mut self.joining } else { &mut self.reserved };
        expected.insert(position);
        place
    }

    /// Drops the reservation of a job that may never join.
    pub fn release(&mut self, job: &Job) {
        self.joining.remove(&job.queue_position());
        self.reserved.remove(&job.queue_position());
    }

    /// Joins the queue.
    pub fn join(&mut self, job: &Job, call: Call) {
        self.joining.remove(&job.queue_position());
        self.note(job.requester, job.round);
        self.waiting.insert(job.queue_position(), call);
    }

    /// Leaves the queue. Means nothing for a job that is not in it.
    pub fn leave(&mut self, position: QueuePosition) {
        self.waiting.remove(&position);
    }

    /// Takes a slot for a song that already is at Whisul, whether one is free or not.
    pub fn occupy(&mut self, job: &Job) {
        self.note(job.requester, job.round);
        let since = match job.state {
            State::Running { since, .. } => Some(since),
            _ => None,
        };
        self.running.insert(job.id, since);
        self.advance_to(job.round);
    }

    /// Whisul has begun with a song that has a slot.
    pub fn began(&mut self, job: JobId, since: Timestamp) {
        if let Some(began) = self.running.get_mut(&job) {
            *began = Some(since);
        }
    }

    /// A song is done, or will not be.
    pub fn vacate(&mut self, job: JobId) {
        self.running.remove(&job);
    }

    /// How many songs may run at once.
    pub fn capacity(&self) -> usize {
        self.capacity
    }

    /// When Whisul began with each of the songs that run, or are about to; `None` for those.
    pub fn running(&self) -> Vec<Option<Timestamp>> {
        self.running.values().copied().chain(self.reserved.iter().map(|_| None)).collect()
    }

    /// Calls the job whose turn has come, if there is a slot for its song: the slot is its own from
    /// now on.
    pub fn call_next(&mut self) -> Option<(QueuePosition, Call)> {
        let (position, call) =
            match self.reserved.iter().find(|position| self.waiting.contains_key(position)) {
                Some(&position) => self.waiting.remove_entry(&position)?,
                None if self.free() > 0 => self.waiting.pop_first()?,
                None => return None,
            };
        self.reserved.remove(&position);
        self.running.insert(position.job, None);
        self.advance_to(position.round);
        Some((position, call))
    }

    /// A waiting job's place, from 1 on.
    pub fn rank(&self, position: QueuePosition) -> Option<usize> {
        self.waiting.contains_key(&position).then(|| self.waiting.range(..=position).count())
    }

    /// How many more songs may run, apart from those that were reserved.
    fn free(&self) -> usize {
        self.capacity.saturating_sub(self.running.len()).saturating_sub(self.reserved.len())
    }

    /// Remembers that a person has taken a round.
    fn note(&mut self, requester: UserId, round: u32) {
        self.taken.entry(requester).or_default().insert(round);
    }

    /// Notes that this round has come, and forgets those that have passed with it.
    fn advance_to(&mut self, round: u32) {
        if round > self.current {
            self.current = round;
            self.taken.retain(|_, taken| {
                *taken = taken.split_off(&round);
                !taken.is_empty()
            });
        }
    }
}

#[cfg(test)]
mod tests;
