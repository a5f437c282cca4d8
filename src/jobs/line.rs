//! The line in front of Whisul: a limited number of songs at once, turns taken between people.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::oneshot;

use crate::domain::{Job, Turn, UserId, next_round};

/// The line. Cheap to clone; all clones are one line.
#[derive(Clone, Debug)]
pub(super) struct Line {
    state: Arc<Mutex<State>>,
}

#[derive(Debug)]
struct State {
    /// How many songs may run at once, and how many do.
    room: usize,
    running: usize,
    /// The round of the job that was called last, and the latest round of each person.
    current: u32,
    latest: HashMap<UserId, u32>,
    waiting: BTreeMap<Turn, oneshot::Sender<Slot>>,
}

/// A place in line. Dropping it leaves the line.
#[derive(Debug)]
pub(super) struct InLine {
    line: Line,
    turn: Turn,
    call: oneshot::Receiver<Slot>,
}

/// One of the songs that may run at once. Dropping it lets the next one in.
#[derive(Debug)]
pub(super) struct Slot {
    line: Line,
}

impl Line {
    pub(super) fn new(room: usize) -> Self {
        let state = State {
            room,
            running: 0,
            current: 0,
            latest: HashMap::new(),
            waiting: BTreeMap::new(),
        };
        Self { state: Arc::new(Mutex::new(state)) }
    }

    /// Takes the round in which a person's next job is. It is theirs from now on: somebody who
    /// asks again before the first job stands in line gets the round after.
    pub(super) fn take_round(&self, requester: UserId) -> u32 {
        let mut state = self.state();
        let round = next_round(state.current, state.latest.get(&requester).copied());
        state.note(requester, round);
        round
    }

    /// Gives back the round of a job that will not be, unless a later one has been taken since.
    pub(super) fn give_round_back(&self, job: &Job) {
        let mut state = self.state();
        if state.latest.get(&job.requester) == Some(&job.round) {
            match job.round.checked_sub(1) {
                Some(before) => state.latest.insert(job.requester, before),
                None => state.latest.remove(&job.requester),
            };
        }
    }

    /// Joins the line.
    pub(super) fn join(&self, job: &Job) -> InLine {
        let (sender, call) = oneshot::channel();
        let mut state = self.state();
        state.note(job.requester, job.round);
        state.waiting.insert(job.turn(), sender);
        drop(state);
        self.call_next();
        InLine { line: self.clone(), turn: job.turn(), call }
    }

    /// A slot for a song that already runs at Whisul, whether there is room or not.
    pub(super) fn occupy(&self, job: &Job) -> Slot {
        let mut state = self.state();
        state.note(job.requester, job.round);
        state.start(job.round);
        Slot { line: self.clone() }
    }

    /// A waiting job's place, from 1 on.
    pub(super) fn place(&self, job: &Job) -> Option<usize> {
        let (state, turn) = (self.state(), job.turn());
        state.waiting.contains_key(&turn).then(|| state.waiting.range(..=turn).count())
    }

    /// The place that a job would get if it joined now; `None` if its turn would come at once.
    pub(super) fn place_of_newcomer(&self, job: &Job) -> Option<usize> {
        let state = self.state();
        let before = state.waiting.range(..job.turn()).count();
        (before > 0 || !state.has_room()).then_some(before + 1)
    }

    /// Hands free slots to those whose turn it is.
    fn call_next(&self) {
        loop {
            let mut state = self.state();
            if !state.has_room() {
                return;
            }
            let Some((turn, call)) = state.waiting.pop_first() else { return };
            state.start(turn.round);
            drop(state);
            // Whoever left in this moment drops the slot, which calls the one after.
            let _left = call.send(Slot { line: self.clone() });
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn has_room(&self) -> bool {
        self.running < self.room
    }

    /// Remembers the person's latest round.
    fn note(&mut self, requester: UserId, round: u32) {
        let latest = self.latest.entry(requester).or_default();
        *latest = round.max(*latest);
    }

    /// Begins a song, and forgets the rounds that have passed with it.
    fn start(&mut self, round: u32) {
        self.running += 1;
        if round > self.current {
            self.current = round;
            self.latest.retain(|_, latest| *latest >= round);
        }
    }
}

impl InLine {
    /// Waits until the turn has come.
    pub(super) async fn turn(&mut self) -> Slot {
        match (&mut self.call).await {
            Ok(slot) => slot,
            // The line outlives all who wait, and a call is only dropped by answering it.
            Err(_) => std::future::pending().await,
        }
    }
}

impl Drop for InLine {
    fn drop(&mut self) {
        let mut state = self.line.state();
        state.waiting.remove(&self.turn);
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut state = self.line.state();
        state.running = state.running.saturating_sub(1);
        drop(state);
        self.line.call_next();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{ApplicationId, ChannelId, JobId, Place, Prompt, Reach};

    const ANN: UserId = UserId(1);
    const BOB: UserId = UserId(2);

    fn job(line: &Line, id: u64, requester: UserId) -> Job {
        let place = Place {
            guild: None,
            channel: ChannelId(3),
            reach: Reach::Channel,
            application: ApplicationId(4),
            token: None,
        };
        let prompt = Prompt::parse("rain").unwrap();
        Job::accepted(JobId(id), requester, place, prompt, line.take_round(requester))
    }

    fn called(place: &mut InLine) -> Option<Slot> {
        place.call.try_recv().ok()
    }

    #[test]
    fn one_person_with_many_songs_does_not_hold_up_another() {
        let line = Line::new(1);
        let first = called(&mut line.join(&job(&line, 1, ANN))).expect("there is room");
        let ann = job(&line, 2, ANN);
        let mut ann_waits = line.join(&ann);
        let bob = job(&line, 3, BOB);
        assert_eq!(line.place_of_newcomer(&bob), Some(1));
        let mut bob_waits = line.join(&bob);
        assert_eq!((line.place(&bob), line.place(&ann)), (Some(1), Some(2)));
        drop(first);
        assert!(called(&mut ann_waits).is_none());
        let slot = called(&mut bob_waits).expect("Bob's turn");
        drop(slot);
        assert!(called(&mut ann_waits).is_some());
    }

    #[test]
    fn a_round_is_taken_when_somebody_asks_and_given_back_with_a_refusal() {
        let line = Line::new(1);
        let jobs: Vec<Job> = (1..=3).map(|id| job(&line, id, ANN)).collect();
        assert_eq!(jobs.iter().map(|job| job.round).collect::<Vec<_>>(), [0, 1, 2]);
        line.give_round_back(&jobs[1]);
        assert_eq!(line.take_round(ANN), 3, "a later round had been taken");
        let bob = job(&line, 4, BOB);
        line.give_round_back(&bob);
        assert_eq!(line.take_round(BOB), bob.round);
    }

    #[test]
    fn leaving_the_line_makes_room_even_with_the_call_unanswered() {
        let line = Line::new(1);
        let has_been_called = line.join(&job(&line, 1, ANN));
        let mut next = line.join(&job(&line, 2, BOB));
        drop(has_been_called);
        assert!(called(&mut next).is_some());
        assert_eq!(line.place_of_newcomer(&job(&line, 3, ANN)), None);
    }

    #[test]
    fn songs_that_run_already_count() {
        let line = Line::new(1);
        let running = line.occupy(&job(&line, 1, ANN));
        let also_running = line.occupy(&job(&line, 2, ANN));
        let mut waiting = line.join(&job(&line, 3, BOB));
        drop(running);
        assert!(called(&mut waiting).is_none());
        drop(also_running);
        assert!(called(&mut waiting).is_some());
    }
}
