//! The promise of the queue: while a song is its requester's next, each other person's songs that were
//! asked for later overtake it at most once. Crashes change nothing about that.

use std::collections::{BTreeMap, BTreeSet};

use whisul_bot::domain::{Job, QueuePosition, UserId};

use super::{
    agenda::Moment,
    world::{World, index_of},
};

/// What has to be remembered to see that promise broken.
#[derive(Default)]
pub(crate) struct Turns {
    /// Who waits in line.
    waiting: BTreeSet<(QueuePosition, UserId)>,
    /// Who was told that their song starts at once, and does not stand in line yet.
    pub(crate) promised: BTreeSet<QueuePosition>,
    /// Since when a waiting job is its requester's next.
    next_since: BTreeMap<QueuePosition, Moment>,
    /// How often somebody gave a turn up: one of several songs that they asked for at once came to
    /// nothing before its turn.
    given_up: BTreeMap<UserId, usize>,
    /// By which turns of whom a waiting job was overtaken.
    overtaken: BTreeMap<(QueuePosition, UserId), BTreeSet<QueuePosition>>,
}

impl Turns {
    /// A turn was not used, so that nobody was overtaken by it.
    pub(crate) fn unused(&mut self, turn: QueuePosition) {
        for turns in self.overtaken.values_mut() {
            turns.remove(&turn);
        }
    }

    /// Nobody waits in line any more: the bot was killed.
    pub(crate) fn forget(&mut self) {
        self.waiting.clear();
        self.promised.clear();
    }
}

impl World {
    /// A job has joined the line.
    pub(crate) fn joined(&mut self, job: &Job) {
        self.turns.waiting.insert((job.queue_position(), job.requester));
        self.note_next();
    }

    /// A job has left the line without its turn.
    pub(crate) fn left(&mut self, job: &Job) {
        self.turns.waiting.remove(&(job.queue_position(), job.requester));
        self.note_next();
    }

    pub(crate) fn gave_turn_up(&mut self, person: UserId) {
        *self.turns.given_up.entry(person).or_default() += 1;
    }

    fn next_of_each(&self) -> BTreeMap<UserId, QueuePosition> {
        let waiting = self.turns.waiting.iter().rev();
        waiting.map(|(turn, person)| (*person, *turn)).collect()
    }

    fn note_next(&mut self) {
        let now = self.now();
        for (_, turn) in self.next_of_each() {
            self.turns.next_since.entry(turn).or_insert(now);
        }
    }

    /// A job's turn has come: whom has it overtaken?
    pub(crate) fn check_turn(&mut self, turn: QueuePosition) {
        let asked = &self.discord.asked[index_of(turn.job)];
        let (person, at) = (UserId(asked.person as u64), asked.at);
        self.turns.waiting.remove(&(turn, person));
        for (other, next) in self.next_of_each() {
            if other == person || at <= self.turns.next_since[&next] {
                continue;
            }
            let turns = self.turns.overtaken.entry((next, person)).or_default();
            turns.insert(turn);
            let times = turns.len();
            let allowed = 1 + self.turns.given_up.get(&other).copied().unwrap_or_default();
            self.promise(times <= allowed, "nobody is overtaken twice by the same person", || {
                let (one, two) = (index_of(turn.job), index_of(next.job));
                format!("job {one} of {person} overtakes job {two} of {other}: {times} times now")
            });
        }
        self.note_next();
    }
}
