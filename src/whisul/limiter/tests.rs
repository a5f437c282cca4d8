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

proptest! {
    /// People come when they want, hold their places for as long as they want, and may leave
    /// the line or give a place back.
    #[test]
    fn no_window_holds_more_requests_than_the_limit(
        count in 1..5_u32,
        window in 1..20_u64,
        people in prop::collection::vec(
            (0..60_000_u64, 0..5_000_u64, 1..90_000_u64, prop::bool::weighted(0.8)), 1..40,
        ),
    ) {
        let sent = paused().block_on(async {
            let limiter = Arc::new(limiter(&format!("{count}/{window}s")));
            let mut tasks = JoinSet::new();
            for (comes, holds, patience, uses) in people {
                let limiter = Arc::clone(&limiter);
                tasks.spawn(async move {
                    sleep(Duration::from_millis(comes)).await;
                    let patience = Duration::from_millis(patience);
                    let place = timeout(patience, limiter.slot(BeforePolls)).await.ok()?;
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
