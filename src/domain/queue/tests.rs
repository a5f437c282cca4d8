//! In which order songs come.

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
    queue.began(two.id, since.saturating_add(Duration::from_secs(1)));
    queue.began(three.id, since);
    assert_eq!(queue.running().len(), 2);
    assert!(queue.running()[1] > Some(since));
    queue.vacate(one.id);
    assert_eq!(queue.running().len(), 1);
    assert_eq!(queue.capacity(), 3, "whatever runs");
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
        |queue: &Queue<()>| [&one, &two, &three].map(|job| queue.rank(job.queue_position()));
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
