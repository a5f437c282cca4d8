//! The line: in which order waiting jobs get their turn, and how many songs are made at once.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::{Job, JobId, State, Timestamp, UserId};

/// A place in the order of turns: earlier rounds first, older jobs first within one.
///
/// Nothing but this decides who is next, and it is written down with the job, so that the order is
/// the same after a restart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Turn {
    /// The round.
    pub round: u32,
    /// The job.
    pub job: JobId,
}

/// The round of a person's next job, so that people take turns and one with many songs can't hold
/// up the others.
///
/// It is the round after that of their `latest` job, but never one that has passed: `current` is
/// the round of the job that was called last.
fn next_round(current: u32, latest: Option<u32>) -> u32 {
    latest.map_or(0, |round| round.saturating_add(1)).max(current)
}

/// The line in front of Whisul: a limited number of songs at once, turns taken between people.
/// A `Call` is what tells a waiting job that its turn has come.
#[derive(Debug)]
pub struct Line<Call> {
    /// How many songs may run at once, and which do, with when Whisul began.
    room: usize,
    running: BTreeMap<JobId, Option<Timestamp>>,
    /// The round of the job that was called last.
    current: u32,
    /// The rounds that each person has taken, from the current one on.
    taken: HashMap<UserId, BTreeSet<u32>>,
    waiting: BTreeMap<Turn, Call>,
    /// Those who were taken on and are about to join,
    coming: BTreeSet<Turn>,
    /// and those among them whose turn comes as they do: their room is held for them.
    promised: BTreeSet<Turn>,
}

impl<Call> Line<Call> {
    /// A line in which nobody waits, with room for so many songs at once.
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
    /// of those that it `called` last, with whose they were. Places in line are taken afterwards,
    /// by [`Self::occupy`] and [`Self::join`].
    pub fn take_up(&mut self, left: &[Job], called: &[(UserId, u32)]) {
        let waiting = left.iter().filter(|job| job.awaits_turn());
        let waiting = waiting.map(|job| (job.requester, job.round));
        for (requester, round) in waiting.chain(called.iter().copied()) {
            self.note(requester, round);
        }
        self.pass(called.iter().map(|(_, round)| *round).max().unwrap_or(0));
    }

    /// Takes the round in which a person's next job is. It is theirs from now on: somebody who
    /// asks again before the first job stands in line gets the round after.
    pub fn take_round(&mut self, requester: UserId) -> u32 {
        let latest = self.taken.get(&requester).and_then(BTreeSet::last);
        let round = next_round(self.current, latest.copied());
        self.note(requester, round);
        round
    }

    /// Gives back the round of a job that will not be.
    pub fn give_round_back(&mut self, job: &Job) {
        self.expect_no_longer(job);
        if let Some(taken) = self.taken.get_mut(&job.requester) {
            taken.remove(&job.round);
        }
    }

    /// Expects a job that was taken on and joins soon. Returns the place that it gets if all who
    /// are expected join; `None` if its turn comes at once, which is a promise: room is held for it
    /// until it joins or is expected no longer.
    pub fn expect(&mut self, job: &Job) -> Option<usize> {
        let turn = job.turn();
        let before = self.waiting.range(..turn).count() + self.coming.range(..turn).count();
        let place = before.checked_sub(self.free()).map(|before| before + 1);
        let expected = if place.is_some() { &mut self.coming } else { &mut self.promised };
        expected.insert(turn);
        place
    }

    /// Nobody knows when this job joins, or whether it does: nothing waits for it.
    pub fn expect_no_longer(&mut self, job: &Job) {
        self.coming.remove(&job.turn());
        self.promised.remove(&job.turn());
    }

    /// Joins the line.
    pub fn join(&mut self, job: &Job, call: Call) {
        self.coming.remove(&job.turn());
        self.note(job.requester, job.round);
        self.waiting.insert(job.turn(), call);
    }

    /// Leaves the line. Means nothing for who is not in it.
    pub fn leave(&mut self, turn: Turn) {
        self.waiting.remove(&turn);
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
    pub fn call_next(&mut self) -> Option<(Turn, Call)> {
        let (turn, call) = match self.promised.iter().find(|turn| self.waiting.contains_key(turn)) {
            Some(&turn) => self.waiting.remove_entry(&turn)?,
            None if self.free() > 0 => self.waiting.pop_first()?,
            None => return None,
        };
        self.promised.remove(&turn);
        self.running.insert(turn.job, None);
        self.pass(turn.round);
        Some((turn, call))
    }

    /// A waiting job's place, from 1 on.
    pub fn place(&self, turn: Turn) -> Option<usize> {
        self.waiting.contains_key(&turn).then(|| self.waiting.range(..=turn).count())
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

    fn job<Call>(line: &mut Line<Call>, id: u64, requester: UserId) -> Job {
        Job { round: line.take_round(requester), ..fixtures::job(JobId(id), requester) }
    }

    #[test]
    fn a_round_is_taken_when_somebody_asks_and_given_back_with_a_refusal() {
        let mut line = Line::<()>::new(1);
        let jobs: Vec<Job> = (1..=3).map(|id| job(&mut line, id, ANN)).collect();
        assert_eq!(jobs.iter().map(|job| job.round).collect::<Vec<_>>(), [0, 1, 2]);
        line.give_round_back(&jobs[1]);
        assert_eq!(line.take_round(ANN), 3, "a later round had been taken");
        line.give_round_back(&jobs[2]);
        line.give_round_back(&Job { round: 3, ..jobs[2].clone() });
        assert_eq!(line.take_round(ANN), 1, "all later ones had been given back");
        let bob = job(&mut line, 4, BOB);
        line.give_round_back(&bob);
        assert_eq!(line.take_round(BOB), bob.round);
    }

    #[test]
    fn the_order_outlives_a_restart() {
        let mut line = Line::<()>::new(1);
        let mut left: Vec<Job> = (1..=4).map(|id| job(&mut line, id, ANN)).collect();
        left.drain(..2);

        let mut line = Line::new(1);
        line.take_up(&left, &[(ANN, 1), (BOB, 0)]);
        let newcomer = job(&mut line, 5, BOB);
        let another = job(&mut line, 6, BOB);
        for job in left.iter().chain([&newcomer, &another]) {
            line.join(job, ());
        }
        let order = std::iter::from_fn(|| {
            let (turn, ()) = line.call_next()?;
            line.vacate(turn.job);
            Some(turn.job.0)
        });
        assert_eq!(order.collect::<Vec<_>>(), [5, 3, 6, 4], "as if there had been no restart");
    }

    #[test]
    fn songs_that_run_already_count() {
        let mut line = Line::new(1);
        let [one, two, three] = [1, 2, 3].map(|id| job(&mut line, id, ANN));
        line.occupy(&one);
        line.occupy(&two);
        line.join(&three, ());
        line.vacate(one.id);
        assert!(line.call_next().is_none());
        line.vacate(two.id);
        assert!(line.call_next().is_some());
    }

    #[test]
    fn it_knows_since_when_songs_run() {
        let mut line = Line::new(3);
        let [mut one, two, three] = [1, 2, 3].map(|id| job(&mut line, id, ANN));
        let since = Timestamp::from_millis(7);
        one.state = State::Running { whisul_job: fixtures::whisul_job(), since };
        line.occupy(&one);
        assert_eq!(line.expect(&two), None);
        assert_eq!(line.running(), [Some(since), None], "the second is about to");
        line.join(&two, ());
        line.call_next().unwrap();
        line.began(two.id, since.after(Duration::from_secs(1)));
        line.began(three.id, since);
        assert_eq!(line.running().len(), 2);
        assert!(line.running()[1] > Some(since));
        line.vacate(one.id);
        assert_eq!(line.running().len(), 1);
    }

    #[test]
    fn room_is_held_for_whoever_was_told_that_their_turn_comes_at_once() {
        let mut line = Line::new(2);
        let [one, two, three, four] = [1, 2, 3, 4].map(|id| job(&mut line, id, ANN));
        line.occupy(&one);
        assert_eq!(line.expect(&three), None);
        assert_eq!(line.expect(&two), Some(1), "the room is promised");
        assert_eq!(line.expect(&four), Some(2));
        line.join(&two, ());
        assert!(line.call_next().is_none());
        line.join(&three, ());
        assert_eq!(line.call_next().map(|(turn, ())| turn), Some(three.turn()));
        assert!(line.call_next().is_none());
    }

    #[test]
    fn room_is_held_for_nobody_who_is_expected_no_longer() {
        let mut line = Line::new(1);
        let [one, two, three] = [1, 2, 3].map(|id| job(&mut line, id, ANN));
        assert_eq!(line.expect(&one), None);
        line.join(&two, ());
        line.expect_no_longer(&one);
        assert_eq!(line.call_next().map(|(turn, ())| turn), Some(two.turn()));
        line.join(&one, ());
        assert!(line.call_next().is_none(), "its room has gone to another");
        line.vacate(two.id);
        line.give_round_back(&three);
        assert_eq!(line.expect(&three), Some(1), "behind the first");
    }

    proptest! {
        /// People ask at random, one song runs at a time: while somebody waits for their next
        /// song, nobody else gets two.
        #[test]
        fn nobody_is_overtaken_twice_by_the_same_person(
            // Somebody's number asks; `None` means that the song is done and the next is called.
            events in prop::collection::vec(prop::option::weighted(0.6, 0..4_u64), 1..120),
        ) {
            let mut line = Line::new(1);
            let mut waiting = BTreeSet::new();
            let mut overtakings = BTreeMap::<(UserId, UserId), u32>::new();
            for (number, event) in events.into_iter().enumerate() {
                if let Some(person) = event {
                    let job = job(&mut line, number as u64, UserId(person));
                    waiting.insert((job.turn(), job.requester));
                    line.join(&job, job.requester);
                } else if let Some((turn, person)) = line.call_next() {
                    line.vacate(turn.job);
                    waiting.remove(&(turn, person));
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
