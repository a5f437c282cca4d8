//! The line in front of Whisul, shared by the tasks of all jobs.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use crate::domain::{self, Job, JobId, Timestamp, Turn, UserId};

/// The line. Cheap to clone; all clones are one line.
#[derive(Clone, Debug)]
pub(super) struct Line {
    order: Arc<Mutex<Order>>,
}

type Order = domain::Line<oneshot::Sender<Slot>>;

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
    job: JobId,
}

impl Line {
    pub(super) fn new(room: usize) -> Self {
        Self { order: Arc::new(Mutex::new(Order::new(room))) }
    }

    /// See [`domain::Line::take_up`].
    pub(super) fn take_up(&self, left: &[Job], called: &[(UserId, u32)]) {
        self.order().take_up(left, called);
    }

    /// See [`domain::Line::take_round`].
    pub(super) fn take_round(&self, requester: UserId) -> u32 {
        self.order().take_round(requester)
    }

    /// See [`domain::Line::give_round_back`].
    pub(super) fn give_round_back(&self, job: &Job) {
        self.order().give_round_back(job);
        self.call_next();
    }

    /// See [`domain::Line::expect`].
    pub(super) fn expect(&self, job: &Job) -> Option<usize> {
        self.order().expect(job)
    }

    /// See [`domain::Line::expect_no_longer`].
    pub(super) fn expect_no_longer(&self, job: &Job) {
        self.order().expect_no_longer(job);
        self.call_next();
    }

    /// Joins the line.
    pub(super) fn join(&self, job: &Job) -> InLine {
        let (sender, call) = oneshot::channel();
        self.order().join(job, sender);
        self.call_next();
        InLine { line: self.clone(), turn: job.turn(), call }
    }

    /// A slot for a song that already runs at Whisul, whether there is room or not.
    pub(super) fn occupy(&self, job: &Job) -> Slot {
        self.order().occupy(job);
        Slot { line: self.clone(), job: job.id }
    }

    /// A waiting job's place, from 1 on.
    pub(super) fn place(&self, job: &Job) -> Option<usize> {
        self.order().place(job.turn())
    }

    /// How many songs may run at once, and since when those do that run or are about to.
    pub(super) fn running(&self) -> (usize, Vec<Option<Timestamp>>) {
        let order = self.order();
        (order.room(), order.running())
    }

    /// Hands free slots to those whose turn it is.
    fn call_next(&self) {
        loop {
            let Some((turn, call)) = self.order().call_next() else { return };
            // Whoever left in this moment drops the slot, which calls the one after.
            let _left = call.send(Slot { line: self.clone(), job: turn.job });
        }
    }

    fn order(&self) -> MutexGuard<'_, Order> {
        self.order.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Slot {
    /// Whisul has begun with its song.
    pub(super) fn began(&self, since: Timestamp) {
        self.line.order().began(self.job, since);
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
        self.line.order().leave(self.turn);
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.line.order().vacate(self.job);
        self.line.call_next();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::fixtures;

    const ANN: UserId = UserId(1);
    const BOB: UserId = UserId(2);

    fn job(line: &Line, id: u64, requester: UserId) -> Job {
        Job { round: line.take_round(requester), ..fixtures::job(JobId(id), requester) }
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
        assert_eq!(line.expect(&bob), Some(1));
        let mut bob_waits = line.join(&bob);
        assert_eq!((line.place(&bob), line.place(&ann)), (Some(1), Some(2)));
        drop(first);
        assert!(called(&mut ann_waits).is_none());
        let slot = called(&mut bob_waits).expect("Bob's turn");
        drop(slot);
        assert!(called(&mut ann_waits).is_some());
    }

    #[test]
    fn leaving_the_line_makes_room_even_with_the_call_unanswered() {
        let line = Line::new(1);
        let has_been_called = line.join(&job(&line, 1, ANN));
        let mut next = line.join(&job(&line, 2, BOB));
        drop(has_been_called);
        assert!(called(&mut next).is_some());
        assert_eq!(line.expect(&job(&line, 3, ANN)), None);
    }
}
