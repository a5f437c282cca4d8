//! The queue in front of Whisul, shared by the tasks of all jobs.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use crate::domain::{self, Job, JobId, QueuePosition, Timestamp, UserId};

/// The queue. Cheap to clone; all clones are one queue.
#[derive(Clone, Debug)]
pub(super) struct SharedQueue {
    order: Arc<Mutex<Order>>,
}

type Order = domain::Queue<oneshot::Sender<Slot>>;

/// What a request holds of the queue until its job has joined it: a round, and a reservation once its
/// requester is being answered. Dropping it releases the reservation, and returns the round of a job
/// that was not admitted.
#[derive(Debug)]
pub(super) struct Reservation {
    queue: SharedQueue,
    job: Job,
    keeps_round: bool,
}

/// A place in the queue. Dropping it leaves the queue.
#[derive(Debug)]
pub(super) struct QueueTicket {
    queue: SharedQueue,
    position: QueuePosition,
    call: oneshot::Receiver<Slot>,
}

/// One of the songs that may run at once. Dropping it lets the next one in.
#[derive(Debug)]
pub(super) struct Slot {
    queue: SharedQueue,
    job: JobId,
}

impl SharedQueue {
    pub(super) fn new(room: usize) -> Self {
        Self { order: Arc::new(Mutex::new(Order::new(room))) }
    }

    /// See [`domain::Queue::restore`].
    pub(super) fn restore(&self, left: &[Job], called: &[(UserId, u32)]) {
        self.order().restore(left, called);
    }

    /// Takes a round for a requester's next job, which is made with it.
    pub(super) fn take_round(
        &self,
        requester: UserId,
        job: impl FnOnce(u32) -> Job,
    ) -> Reservation {
        let round = self.order().take_round(requester);
        Reservation { queue: self.clone(), job: job(round), keeps_round: false }
    }

    /// See [`domain::Queue::return_round`].
    pub(super) fn return_round(&self, job: &Job) {
        self.order().return_round(job);
        self.call_next();
    }

    /// Joins the queue.
    pub(super) fn join(&self, job: &Job) -> QueueTicket {
        let (sender, call) = oneshot::channel();
        self.order().join(job, sender);
        self.call_next();
        QueueTicket { queue: self.clone(), position: job.queue_position(), call }
    }

    /// A slot for a song that already runs at Whisul, whether there is room or not.
    pub(super) fn occupy(&self, job: &Job) -> Slot {
        self.order().occupy(job);
        Slot { queue: self.clone(), job: job.id }
    }

    /// A waiting job's place, from 1 on.
    pub(super) fn rank(&self, job: &Job) -> Option<usize> {
        self.order().rank(job.queue_position())
    }

    /// How many songs may run at once, and since when those do that run or are about to.
    pub(super) fn running(&self) -> (usize, Vec<Option<Timestamp>>) {
        let order = self.order();
        (order.capacity(), order.running())
    }

    /// Hands free slots to those whose turn it is.
    fn call_next(&self) {
        loop {
            let Some((position, call)) = self.order().call_next() else { return };
            // A job that left in this moment drops the slot, which calls the one after.
            let _left = call.send(Slot { queue: self.clone(), job: position.job });
        }
    }

    fn order(&self) -> MutexGuard<'_, Order> {
        self.order.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Reservation {
    /// The job that it is for.
    pub(super) fn job(&self) -> &Job {
        &self.job
    }

    /// The job is written down with its round, or will not be.
    pub(super) fn keep_round(&mut self, keeps_round: bool) {
        self.keeps_round = keeps_round;
    }

    /// See [`domain::Queue::reserve`].
    pub(super) fn reserve(&mut self) -> Option<usize> {
        self.queue.order().reserve(&self.job)
    }
}

impl Slot {
    /// Whisul has begun with its song.
    pub(super) fn began(&self, since: Timestamp) {
        self.queue.order().began(self.job, since);
    }
}

impl QueueTicket {
    /// Waits until the turn has come.
    pub(super) async fn turn(&mut self) -> Slot {
        match (&mut self.call).await {
            Ok(slot) => slot,
            // The queue outlives all who wait, and a call is only dropped by answering it.
            Err(_) => std::future::pending().await,
        }
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        if self.keeps_round {
            self.queue.order().release(&self.job);
        } else {
            self.queue.order().return_round(&self.job);
        }
        self.queue.call_next();
    }
}

impl Drop for QueueTicket {
    fn drop(&mut self) {
        self.queue.order().leave(self.position);
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.queue.order().vacate(self.job);
        self.queue.call_next();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::fixtures;

    const ANN: UserId = UserId(1);
    const BOB: UserId = UserId(2);

    fn reservation(queue: &SharedQueue, id: u64, requester: UserId) -> Reservation {
        let fixture = fixtures::job(JobId(id), requester);
        let mut reservation = queue.take_round(requester, |round| Job { round, ..fixture });
        reservation.keep_round(true);
        reservation
    }

    fn job(queue: &SharedQueue, id: u64, requester: UserId) -> Job {
        reservation(queue, id, requester).job().clone()
    }

    fn called(place: &mut QueueTicket) -> Option<Slot> {
        place.call.try_recv().ok()
    }

    #[test]
    fn one_person_with_many_songs_does_not_hold_up_another() {
        let queue = SharedQueue::new(1);
        let first = called(&mut queue.join(&job(&queue, 1, ANN))).expect("there is room");
        let ann = job(&queue, 2, ANN);
        let mut ann_waits = queue.join(&ann);
        let mut reserved = reservation(&queue, 3, BOB);
        assert_eq!(reserved.reserve(), Some(1));
        let bob = reserved.job().clone();
        let mut bob_waits = queue.join(&bob);
        assert_eq!((queue.rank(&bob), queue.rank(&ann)), (Some(1), Some(2)));
        drop(first);
        assert!(called(&mut ann_waits).is_none());
        let slot = called(&mut bob_waits).expect("Bob's turn");
        drop(slot);
        assert!(called(&mut ann_waits).is_some());
    }

    #[test]
    fn leaving_the_line_makes_room_even_with_the_call_unanswered() {
        let queue = SharedQueue::new(1);
        let has_been_called = queue.join(&job(&queue, 1, ANN));
        let mut next = queue.join(&job(&queue, 2, BOB));
        drop(has_been_called);
        assert!(called(&mut next).is_some());
        assert_eq!(reservation(&queue, 3, ANN).reserve(), None);
    }

    #[test]
    fn a_slot_is_reserved_for_as_long_as_the_reservation_is_held() {
        let queue = SharedQueue::new(1);
        let mut reserved = reservation(&queue, 1, ANN);
        assert_eq!(reserved.reserve(), None);
        let mut next = queue.join(&job(&queue, 2, BOB));
        assert!(called(&mut next).is_none());
        drop(reserved);
        assert!(called(&mut next).is_some());
    }
}
