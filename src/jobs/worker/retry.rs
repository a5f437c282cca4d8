//! When a step that failed is tried again.

use std::time::Duration;

use tokio::time::sleep;

use crate::jobs::{Backoff, timing::pace::Pace};

/// Between two tries of one job's step: first, and at most, so that every outcome is shown within a
/// minute after an outage of Discord, however long that was.
pub(super) const FIRST_WAIT: Duration = Duration::from_millis(500);
const LONGEST_WAIT: Duration = Duration::from_secs(30);
/// The longest wait that Discord is granted for one message.
const LONGEST_ASKED: Duration = Duration::from_mins(10);
/// The gap between the retries of all jobs.
const RETRY_GAP: Duration = Duration::from_millis(50);
/// The same gap while Discord is close to banning the bot for invalid requests.
const CAREFUL_RETRY_GAP: Duration = Duration::from_millis(250);

/// The waits of one job.
#[derive(Debug)]
pub(super) struct Retry(Backoff);

impl Retry {
    pub(super) fn new() -> Self {
        Self(Backoff::new(FIRST_WAIT, LONGEST_WAIT))
    }

    /// Starts over after a success.
    pub(super) fn reset(&mut self) {
        self.0.reset();
    }

    /// The wait before the next try, where Discord may have asked for one.
    pub(super) fn next(&mut self, asked: Option<Duration>) -> Duration {
        self.0.next().max(asked.unwrap_or_default().min(LONGEST_ASKED))
    }
}

/// Waits, and then for the turn to ask Discord again: hundreds of jobs may have failed together.
/// `careful` says whether there were many invalid requests.
pub(super) async fn wait(wait: Duration, pace: &Pace, careful: impl Fn() -> bool) {
    sleep(wait).await;
    pace.turn(|| if careful() { CAREFUL_RETRY_GAP } else { RETRY_GAP }).await;
}

#[cfg(test)]
mod tests {
    use std::{
        collections::BTreeMap,
        sync::{Arc, Mutex},
    };

    use tokio::{task::JoinSet, time::Instant};

    use super::*;

    const OUTAGE: Duration = Duration::from_mins(10);
    const JOBS: usize = 600;

    /// Ten minutes of 403s for the outcomes of hundreds of songs: no ban comes of it, and all are
    /// shown within a minute afterwards.
    #[tokio::test(start_paused = true)]
    async fn outcomes_are_shown_within_a_minute_after_ten_minutes_of_failure() {
        let (pace, began) = (Arc::new(Pace::new()), Instant::now());
        let failures: Arc<Mutex<BTreeMap<u64, usize>>> = Arc::default();
        let mut jobs = JoinSet::new();
        for _ in 0..JOBS {
            let (pace, failures) = (Arc::clone(&pace), Arc::clone(&failures));
            jobs.spawn(async move {
                let mut retry = Retry::new();
                let many = || failures.lock().unwrap().values().sum::<usize>() >= 5000;
                while began.elapsed() < OUTAGE {
                    *failures.lock().unwrap().entry(began.elapsed().as_secs()).or_default() += 1;
                    // As after the first success, once the outage is over.
                    let careful = || many() && began.elapsed() < OUTAGE;
                    wait(retry.next(None), &pace, careful).await;
                }
                began.elapsed()
            });
        }
        let last = jobs.join_all().await.into_iter().max().unwrap();
        assert!(last <= OUTAGE + Duration::from_mins(1), "{last:?}");
        let failures: usize = failures.lock().unwrap().values().sum();
        assert!((JOBS..10_000).contains(&failures), "{failures}");
    }

    #[test]
    fn discord_is_granted_what_it_asks_for_within_reason() {
        let mut retry = Retry::new();
        assert_eq!(retry.next(Some(Duration::from_mins(2))), Duration::from_mins(2));
        assert_eq!(retry.next(Some(Duration::from_hours(24))), LONGEST_ASKED);
        for _ in 0..100 {
            assert!(retry.next(None) <= LONGEST_WAIT);
        }
    }
}
