//! What the limiter promises, under a clock that moves only when everybody sleeps.

use std::sync::Arc;

use proptest::prelude::*;
use tokio::{
    runtime::{Builder, Runtime},
    task::JoinSet,
    time::sleep,
};

use super::{Precedence::BeforePolls, *};

/// A runtime whose clock moves only when everybody sleeps.
fn paused() -> Runtime {
    Builder::new_current_thread().enable_time().start_paused(true).build().unwrap()
}

fn limiter(rate: &str) -> RequestLimiter {
    RequestLimiter::new(rate.parse().unwrap())
}

#[test]
fn a_place_that_is_not_used_costs_nothing() {
    paused().block_on(async {
        let limiter = limiter("2/1h");
        let start = Instant::now();
        for _ in 0..100 {
            drop(limiter.slot(BeforePolls).await);
        }
        let held = (limiter.slot(BeforePolls).await, limiter.slot(BeforePolls).await);
        assert!(timeout(Duration::from_mins(1), limiter.slot(BeforePolls)).await.is_err());
        drop(held);
        limiter.slot(BeforePolls).await.spend();
        limiter.slot(BeforePolls).await.spend();
        assert_eq!(start.elapsed(), Duration::from_mins(1));
        limiter.slot(BeforePolls).await.spend();
        assert_eq!(start.elapsed(), Duration::from_mins(61));
    });
}

#[test]
fn the_first_in_line_is_the_first_served_and_one_who_leaves_holds_up_nobody() {
    paused().block_on(async {
        let limiter = Arc::new(limiter("1/10s"));
        let mut people = JoinSet::new();
        for person in 0..9_u64 {
            let limiter = Arc::clone(&limiter);
            people.spawn(async move {
                sleep(Duration::from_millis(person)).await;
                let patience = Duration::from_secs(if person % 3 == 1 { 5 } else { 500 });
                let place = timeout(patience, limiter.slot(BeforePolls)).await.ok()?;
                place.spend();
                Some((person, Instant::now()))
            });
        }
        let mut served: Vec<(u64, Instant)> =
            people.join_all().await.into_iter().flatten().collect();
        served.sort_by_key(|(_, at)| *at);
        let order: Vec<u64> = served.iter().map(|(person, _)| *person).collect();
        assert_eq!(order, [0, 2, 3, 5, 6, 8]);
    });
}

/// Who was served, and when, of requests that all wait at once.
fn served(rate: &str, requests: Vec<Precedence>) -> Vec<(Precedence, Duration)> {
    paused().block_on(async {
        let limiter = Arc::new(limiter(rate));
        let start = Instant::now();
        // Nobody gets a slot before all wait.
        let count = limiter.rate.requests.get();
        for _ in 0..count {
            limiter.slot(BeforePolls).await.spend();
        }
        let mut tasks = JoinSet::new();
        for precedence in requests {
            let limiter = Arc::clone(&limiter);
            tasks.spawn(async move {
                limiter.slot(precedence).await.spend();
                (precedence, start.elapsed())
            });
        }
        let mut served = tasks.join_all().await;
        served.sort_by_key(|(_, at)| *at);
        served
    })
}

#[test]
fn polls_go_by_their_worth_and_prompts_before_them() {
    let now = paused().block_on(async { Instant::now() });
    let poll = |second: u64| Precedence::Poll(now + Duration::from_secs(second));
    let requests = vec![poll(7), poll(3), BeforePolls, poll(5), BeforePolls];
    let order: Vec<Precedence> =
        served("1/1s", requests).into_iter().map(|(request, _)| request).collect();
    assert_eq!(order, [BeforePolls, BeforePolls, poll(3), poll(5), poll(7)]);
}

/// Whisul may reject one prompt after another, so that the next ones come at once.
#[test]
fn prompts_without_end_leave_every_fifth_slot_to_polls() {
    let now = paused().block_on(async { Instant::now() });
    let polls = (0..4).map(|second| Precedence::Poll(now + Duration::from_secs(second)));
    let requests = std::iter::repeat_n(BeforePolls, 20).chain(polls).collect();
    let order = served("1/1s", requests);
    let polls = order.iter().enumerate().filter(|(_, (request, _))| *request != BeforePolls);
    let places: Vec<usize> = polls.map(|(at, _)| at).collect();
    assert_eq!(places, [4, 9, 14, 19]);
}

#[test]
fn requests_that_wait_go_evenly_spread() {
    let waiting = served("5/1s", vec![BeforePolls; 20]);
    let times: Vec<u128> = waiting.iter().map(|(_, at)| at.as_millis()).collect();
    assert!(times[0] >= 1000);
    for pair in times.windows(2) {
        assert!((190..=202).contains(&(pair[1] - pair[0])), "{times:?}");
    }
}

/// However short the pauses are, the rate is made use of: timers are exact to a millisecond.
#[test]
fn a_high_rate_is_made_use_of() {
    let now = paused().block_on(async { Instant::now() });
    let polls = (0..20_000_u64)
        .map(|poll| Precedence::Poll(now + Duration::from_millis(poll * 7919 % 20_000)));
    let times = served("2000/1s", polls.collect());
    let (first, last) = (times[0].1, times[times.len() - 1].1);
    assert!(last < first + Duration::from_millis(10_200), "{first:?} to {last:?}");
    let in_order = times.windows(2).filter(|pair| pair[0].0 <= pair[1].0 || pair[0].1 == pair[1].1);
    assert_eq!(in_order.count(), times.len() - 1);
}

proptest! {
    /// People come when they want, hold their places for as long as they want, and may leave
    /// the line or give a place back.
    #[test]
    fn no_window_holds_more_requests_than_the_limit(
        count in 1..5_u32,
        window in 1..20_u64,
        people in prop::collection::vec(
            (0..60_000_u64, 0..5_000_u64, 1..90_000_u64, prop::bool::weighted(0.8), any::<bool>()), 1..40,
        ),
    ) {
        let sent = paused().block_on(async {
            let limiter = Arc::new(limiter(&format!("{count}/{window}s")));
            let mut tasks = JoinSet::new();
            for (comes, holds, patience, uses, polls) in people {
                let limiter = Arc::clone(&limiter);
                tasks.spawn(async move {
                    sleep(Duration::from_millis(comes)).await;
                    let patience = Duration::from_millis(patience);
                    let poll = Precedence::Poll(Instant::now() + Duration::from_millis(holds * 7));
                    let precedence = if polls { poll } else { BeforePolls };
                    let place = timeout(patience, limiter.slot(precedence)).await.ok()?;
                    sleep(Duration::from_millis(holds)).await;
                    uses.then(|| place.spend())?;
                    Some(Instant::now())
                });
            }
            let mut sent: Vec<Instant> = tasks.join_all().await.into_iter().flatten().collect();
            sent.sort_unstable();
            sent
        });
        let count = usize::try_from(count).unwrap();
        for (earlier, later) in sent.iter().zip(sent.iter().skip(count)) {
            prop_assert!(later.duration_since(*earlier) >= Duration::from_secs(window));
        }
    }
}
