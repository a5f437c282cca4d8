//! The queue: in which order waiting jobs get their turn, and how many songs are made at once.

mod estimate;
mod obstacle;
mod position;
mod waiting;

pub use estimate::{Estimate, Outlook, Span};
pub use obstacle::Obstacle;
pub use position::QueuePosition;
pub use waiting::{Forecast, Wait};

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
    room: usize,
    running: BTreeMap<JobId, Option<Timestamp>>,
    /// The round of the job that was called last.
    current: u32,
    /// The rounds that each person has taken, from the current one on.
    taken: HashMap<UserId, BTreeSet<u32>>,
    waiting: BTreeMap<QueuePosition, Call>,
    /// Those who were taken on and are about to join,
    coming: BTreeSet<QueuePosition>,
    /// and those among them whose turn comes as they do: their room is held for them.
    promised: BTreeSet<QueuePosition>,
}

impl<Call> Queue<Call> {
    /// A queue in which nobody waits, with room for so many songs at once.
    pub fn new(room: usize) -> Self {
        Self {
            room,
            running: BTreeMap::new(),
            current: 0,
            taken: HashMap::new(),
            waiting: BTreeMap::new(),
            coming: BTreeSet::new(),
            promised: BTreeSet::new(),
        }
    }

    /// Takes the order up again from the jobs that an earlier run left behind, and from the rounds
    /// of those that it `called` last, with whose they were. Places in the queue are taken afterwards,
    /// by [`Self::occupy`] and [`Self::join`].
    pub fn restore(&mut self, left: &[Job], called: &[(UserId, u32)]) {
        let waiting = left.iter().filter(|job| job.awaits_turn());
        let waiting = waiting.map(|job| (job.requester, job.round));
        for (requester, round) in waiting.chain(called.iter().copied()) {
            self.note(requester, round);
        }
        self.pass(called.iter().map(|(_, round)| *round).max().unwrap_or(0));
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
    /// are expected join; `None` if its turn comes at once, which is a promise: room is held for it
    /// until it joins or is expected no longer.
    pub fn reserve(&mut self, job: &Job) -> Option<usize> {
        let position = job.queue_position();
        let before = self.waiting.range(..position).count() + self.coming.range(..position).count();
        let place = before.checked_sub(self.free()).map(|before| before + 1);
        let expected = if place.is_some() { &mut self.coming } else { &mut self.promised };
        expected.insert(position);
        place
    }

    /// Nobody knows when this job joins, or whether it does: nothing waits for it.
    pub fn release(&mut self, job: &Job) {
        self.coming.remove(&job.queue_position());
        self.promised.remove(&job.queue_position());
    }

    /// Joins the queue.
    pub fn join(&mut self, job: &Job, call: Call) {
        self.coming.remove(&job.queue_position());
        self.note(job.requester, job.round);
        self.waiting.insert(job.queue_position(), call);
    }

    /// Leaves the queue. Means nothing for a job that is not in it.
    pub fn leave(&mut self, position: QueuePosition) {
        self.waiting.remove(&position);
    }

    /// Makes room for a song that already is at Whisul, whether there is room or not.
    pub fn occupy(&mut self, job: &Job) {
        self.note(job.requester, job.round);
        let since = match job.state {
            State::Running { since, .. } => Some(since),
            _ => None,
        };
        self.running.insert(job.id, since);
        self.pass(job.round);
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
    pub fn room(&self) -> usize {
        self.room
    }

    /// When Whisul began with each of the songs that run, or are about to; `None` for those.
    pub fn running(&self) -> Vec<Option<Timestamp>> {
        self.running.values().copied().chain(self.promised.iter().map(|_| None)).collect()
    }

    /// Calls the job whose turn has come, if there is room for its song: the room is its own from
    /// now on.
    pub fn call_next(&mut self) -> Option<(QueuePosition, Call)> {
        let (position, call) =
            match self.promised.iter().find(|position| self.waiting.contains_key(position)) {
                Some(&position) => self.waiting.remove_entry(&position)?,
                None if self.free() > 0 => self.waiting.pop_first()?,
                None => return None,
            };
        self.promised.remove(&position);
        self.running.insert(position.job, None);
        self.pass(position.round);
        Some((position, call))
    }

    /// A waiting job's place, from 1 on.
    pub fn place(&self, position: QueuePosition) -> Option<usize> {
        self.waiting.contains_key(&position).then(|| self.waiting.range(..=position).count())
    }

    /// How many more songs may run, apart from those that were promised.
    fn free(&self) -> usize {
        self.room.saturating_sub(self.running.len()).saturating_sub(self.promised.len())
    }

    /// Remembers that a person has taken a round.
    fn note(&mut self, requester: UserId, round: u32) {
        self.taken.entry(requester).or_default().insert(round);
    }

    /// Notes that this round has come, and forgets those that have passed with it.
    fn pass(&mut self, round: u32) {
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
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;
    use crate::domain::fixtures;

    const ANN: UserId = UserId(1);
    const BOB: UserId = UserId(2);

    fn job<Call>(queue: &mut Queue<Call>, id: u64, requester: UserId) -> Job {
        Job { round: queue.take_round(requester), ..fixtures::job(JobId(id), requester) }
    }

    #[test]
    fn a_round_is_taken_when_somebody_asks_and_given_back_with_a_refusal() {
        let mut queue = Queue::<()>::new(1);
        let jobs: Vec<Job> = (1..=3).map(|id| job(&mut queue, id, ANN)).collect();
        assert_eq!(jobs.iter().map(|job| job.round).collect::<Vec<_>>(), [0, 1, 2]);
        queue.return_round(&jobs[1]);
        assert_eq!(queue.take_round(ANN), 3, "a later round had been taken");
        queue.return_round(&jobs[2]);
        queue.return_round(&Job { round: 3, ..jobs[2].clone() });
        assert_eq!(queue.take_round(ANN), 1, "all later ones had been given back");
        let bob = job(&mut queue, 4, BOB);
        queue.return_round(&bob);
        assert_eq!(queue.take_round(BOB), bob.round);
    }

    #[test]
    fn the_order_outlives_a_restart() {
        let mut queue = Queue::<()>::new(1);
        let mut left: Vec<Job> = (1..=4).map(|id| job(&mut queue, id, ANN)).collect();
        left.drain(..2);

        let mut queue = Queue::new(1);
        queue.restore(&left, &[(ANN, 1), (BOB, 0)]);
        let newcomer = job(&mut queue, 5, BOB);
        let another = job(&mut queue, 6, BOB);
        for job in left.iter().chain([&newcomer, &another]) {
            queue.join(job, ());
        }
        let order = std::iter::from_fn(|| {
            let (position, ()) = queue.call_next()?;
            queue.vacate(position.job);
            Some(position.job.0)
        });
        assert_eq!(order.collect::<Vec<_>>(), [5, 3, 6, 4], "as if there had been no restart");
    }

    #[test]
    fn songs_that_run_already_count() {
        let mut queue = Queue::new(1);
        let [one, two, three] = [1, 2, 3].map(|id| job(&mut queue, id, ANN));
        queue.occupy(&one);
        queue.occupy(&two);
        queue.join(&three, ());
        queue.vacate(one.id);
        assert!(queue.call_next().is_none());
        queue.vacate(two.id);
        assert!(queue.call_next().is_some());
    }

    #[test]
    fn it_knows_since_when_songs_run() {
        let mut queue = Queue::new(3);
        let [mut one, two, three] = [1, 2, 3].map(|id| job(&mut queue, id, ANN));
        let since = Timestamp::from_millis(7);
        one.state = State::Running { whisul_job: fixtures::whisul_job(), since };
        queue.occupy(&one);
        assert_eq!(queue.reserve(&two), None);
        assert_eq!(queue.running(), [Some(since), None], "the second is about to");
        queue.join(&two, ());
        queue.call_next().unwrap();
        queue.began(two.id, since.after(Duration::from_secs(1)));
        queue.began(three.id, since);
        assert_eq!(queue.running().len(), 2);
        assert!(queue.running()[1] > Some(since));
        queue.vacate(one.id);
        assert_eq!(queue.running().len(), 1);
        assert_eq!(queue.room(), 3, "whatever runs");
    }

    #[test]
    fn room_is_held_for_a_person_who_was_told_that_their_turn_comes_at_once() {
        let mut queue = Queue::new(2);
        let [one, two, three, four] = [1, 2, 3, 4].map(|id| job(&mut queue, id, ANN));
        queue.occupy(&one);
        assert_eq!(queue.reserve(&three), None);
        assert_eq!(queue.reserve(&two), Some(1), "the room is promised");
        assert_eq!(queue.reserve(&four), Some(2));
        queue.join(&two, ());
        assert!(queue.call_next().is_none());
        queue.join(&three, ());
        assert_eq!(queue.call_next().map(|(position, ())| position), Some(three.queue_position()));
        assert!(queue.call_next().is_none());
    }

    #[test]
    fn room_is_held_for_nobody_who_is_expected_no_longer() {
        let mut queue = Queue::new(1);
        let [one, two, three] = [1, 2, 3].map(|id| job(&mut queue, id, ANN));
        assert_eq!(queue.reserve(&one), None);
        queue.join(&two, ());
        queue.release(&one);
        assert_eq!(queue.call_next().map(|(position, ())| position), Some(two.queue_position()));
        queue.join(&one, ());
        assert!(queue.call_next().is_none(), "its room has gone to another");
        queue.vacate(two.id);
        queue.return_round(&three);
        assert_eq!(queue.reserve(&three), Some(1), "behind the first");
    }

    #[test]
    fn a_place_counts_those_ahead_who_still_wait() {
        let mut queue = Queue::new(1);
        let [one, two, three] = [1, 2, 3].map(|id| job(&mut queue, id, ANN));
        for job in [&three, &one, &two] {
            queue.join(job, ());
        }
        let places =
            |queue: &Queue<()>| [&one, &two, &three].map(|job| queue.place(job.queue_position()));
        assert_eq!(places(&queue), [Some(1), Some(2), Some(3)]);
        queue.leave(two.queue_position());
        assert_eq!(places(&queue), [Some(1), None, Some(2)]);
        queue.call_next().unwrap();
        assert_eq!(places(&queue), [None, None, Some(1)]);
    }

    proptest! {
        /// People ask at random, one song runs at a time: while somebody waits for their next
        /// song, nobody else gets two.
        #[test]
        fn nobody_is_overtaken_twice_by_the_same_person(
            // Somebody's number asks; `None` means that the song is done and the next is called.
            events in prop::collection::vec(prop::option::weighted(0.6, 0..4_u64), 1..120),
        ) {
            let mut queue = Queue::new(1);
            let mut waiting = BTreeSet::new();
            let mut overtakings = BTreeMap::<(UserId, UserId), u32>::new();
            for (number, event) in events.into_iter().enumerate() {
                if let Some(person) = event {
                    let job = job(&mut queue, number as u64, UserId(person));
                    waiting.insert((job.queue_position(), job.requester));
                    queue.join(&job, job.requester);
                } else if let Some((position, person)) = queue.call_next() {
                    queue.vacate(position.job);
                    waiting.remove(&(position, person));
                    overtakings.retain(|(_, waiter), _| *waiter != person);
                    let waiters: BTreeSet<_> = waiting.iter().map(|(_, waiter)| *waiter).collect();
                    for waiter in waiters.into_iter().filter(|waiter| *waiter != person) {
                        let times = overtakings.entry((person, waiter)).or_default();
                        *times += 1;
                        prop_assert!(*times <= 2, "{person} overtook {waiter} {times} times");
                    }
                }
            }
        }

        #[test]
        fn a_persons_own_songs_keep_their_order(current in 0..9_u32, latest in 0..9_u32) {
            prop_assert!(next_round(current, Some(latest)) > latest);
            prop_assert!(next_round(current, None) >= current);
        }
    }
}
