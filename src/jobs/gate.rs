//! The gate that every request to Whisul passes.
//!
//! While Whisul is down, wants to be left alone or refuses the key, the gate is shut: nobody asks
//! but a single probe now and then, whose success opens it for all.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{sync::Notify, time::Instant};

use super::backoff::Backoff;
use crate::delivery::Obstacle;

/// How many answers in a row must fail before that is taken for an outage.
const FAILURES: u32 = 3;
/// Waits between probes.
const FIRST_WAIT: Duration = Duration::from_secs(2);
const LONGEST_WAIT: Duration = Duration::from_mins(1);

/// See the module.
#[derive(Debug)]
pub(super) struct Gate {
    state: Mutex<State>,
    moved: Notify,
}

#[derive(Debug)]
struct State {
    shut: Option<Shut>,
    failures: u32,
    backoff: Backoff,
    /// The obstacles met since Whisul last answered as it should: each is worth telling once.
    told: Vec<Obstacle>,
}

#[derive(Clone, Copy, Debug)]
struct Shut {
    obstacle: Obstacle,
    /// When the next probe may go.
    until: Instant,
    /// Whether a probe is on its way.
    probing: bool,
}

/// What came of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum News {
    /// Whisul answered as it should.
    Fine,
    /// It answered with an error that may be its only one.
    Hiccup,
    /// It can't be reached at all, or asked everyone to wait.
    Shut(Obstacle, Option<Duration>),
}

/// Leave to make one request. Dropping it without news lets another probe go.
#[derive(Debug)]
pub(super) struct Pass<'a> {
    gate: &'a Gate,
    probe: bool,
}

impl Gate {
    pub(super) fn new() -> Self {
        let backoff = Backoff::new(FIRST_WAIT, LONGEST_WAIT);
        let state = State { shut: None, failures: 0, backoff, told: Vec::new() };
        Self { state: Mutex::new(state), moved: Notify::new() }
    }

    /// What shuts the gate at present.
    pub(super) fn obstacle(&self) -> Option<Obstacle> {
        self.state().shut.map(|shut| shut.obstacle)
    }

    /// Waits until a request may be made.
    pub(super) async fn pass(&self) -> Pass<'_> {
        loop {
            let moved = self.moved.notified();
            tokio::pin!(moved);
            moved.as_mut().enable();
            let wait_until = {
                let mut state = self.state();
                match &mut state.shut {
                    None => return Pass { gate: self, probe: false },
                    Some(shut) if !shut.probing && shut.until <= Instant::now() => {
                        shut.probing = true;
                        return Pass { gate: self, probe: true };
                    }
                    Some(shut) if shut.probing => None,
                    Some(shut) => Some(shut.until),
                }
            };
            match wait_until {
                Some(until) => tokio::select! {
                    () = moved => {}
                    () = tokio::time::sleep_until(until) => {}
                },
                None => moved.await,
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pass<'_> {
    /// Whether the request is to find out if Whisul is back, which could not be reached.
    pub(super) fn seeks_whisul(&self) -> bool {
        self.probe && self.gate.obstacle() == Some(Obstacle::Unreachable)
    }

    /// Whether the request may still be made: the gate may have been shut since.
    pub(super) fn stands(&self) -> bool {
        self.probe || self.gate.obstacle().is_none()
    }

    /// Tells what came of the request. Returns an obstacle that is news to everybody.
    pub(super) fn tell(mut self, news: News) -> Option<Obstacle> {
        let probe = std::mem::take(&mut self.probe);
        let mut state = self.gate.state();
        let found = match news {
            News::Fine => {
                // Late good news of an ordinary request does not open what was shut after it.
                if probe || state.shut.is_none() {
                    state.open();
                }
                None
            }
            News::Hiccup => {
                state.failures = state.failures.saturating_add(1);
                let lasting = probe || state.failures >= FAILURES;
                if lasting { state.shut(Obstacle::Unreachable, None, probe) } else { None }
            }
            News::Shut(obstacle, wait) => state.shut(obstacle, wait, probe),
        };
        drop(state);
        self.gate.moved.notify_waiters();
        found
    }
}

impl State {
    fn open(&mut self) {
        self.shut = None;
        self.failures = 0;
        self.backoff.reset();
        self.told.clear();
    }

    /// Shuts the gate, or keeps it shut. Returns the obstacle if it was not told before.
    fn shut(
        &mut self,
        obstacle: Obstacle,
        asked: Option<Duration>,
        probe: bool,
    ) -> Option<Obstacle> {
        let (now, asked) = (Instant::now(), asked.unwrap_or_default());
        self.shut = Some(match self.shut {
            // Of requests that were under way together, only the first and the probes lengthen the
            // wait: the others failed for the same cause.
            Some(shut) if !probe => Shut { obstacle, until: shut.until.max(now + asked), ..shut },
            _ => Shut { obstacle, until: now + asked.max(self.backoff.next()), probing: false },
        });
        if self.told.contains(&obstacle) {
            return None;
        }
        self.told.push(obstacle);
        Some(obstacle)
    }
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        if self.probe {
            if let Some(shut) = &mut self.gate.state().shut {
                shut.probing = false;
            }
            self.gate.moved.notify_waiters();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;

    use super::*;

    async fn passes_at_once(gate: &Gate) -> bool {
        let mut pass = pin!(gate.pass());
        std::future::poll_fn(|context| {
            std::task::Poll::Ready(pass.as_mut().poll(context).is_ready())
        })
        .await
    }

    #[tokio::test(start_paused = true)]
    async fn one_probe_at_a_time_and_its_success_opens_for_all() {
        let gate = Gate::new();
        let busy = News::Shut(Obstacle::Busy, Some(Duration::from_secs(30)));
        assert_eq!(gate.pass().await.tell(busy), Some(Obstacle::Busy));
        assert!(!passes_at_once(&gate).await);
        let shut_at = Instant::now();
        let probe = gate.pass().await;
        assert!(shut_at.elapsed() >= Duration::from_secs(30));
        assert!(!passes_at_once(&gate).await, "a second probe while the first is out");
        assert_eq!(probe.tell(News::Fine), None);
        assert!(passes_at_once(&gate).await);
    }

    #[tokio::test(start_paused = true)]
    async fn a_probe_that_was_given_up_lets_another_go() {
        let gate = Gate::new();
        gate.pass().await.tell(News::Shut(Obstacle::Unreachable, None));
        drop(gate.pass().await);
        assert!(passes_at_once(&gate).await);
    }

    #[tokio::test(start_paused = true)]
    async fn a_single_hiccup_shuts_nothing() {
        let gate = Gate::new();
        assert_eq!(gate.pass().await.tell(News::Hiccup), None);
        gate.pass().await.tell(News::Fine);
        assert_eq!(gate.pass().await.tell(News::Hiccup), None);
        assert_eq!(gate.pass().await.tell(News::Hiccup), None);
        assert_eq!(gate.pass().await.tell(News::Hiccup), Some(Obstacle::Unreachable));
    }

    #[tokio::test(start_paused = true)]
    async fn requests_that_fail_together_are_one_failure() {
        let gate = Gate::new();
        let (first, second, last) = (gate.pass().await, gate.pass().await, gate.pass().await);
        let bad_key = News::Shut(Obstacle::BadKey, None);
        assert_eq!(first.tell(bad_key), Some(Obstacle::BadKey));
        assert!(!second.stands(), "it has not been made yet, and need not be");
        let shut_at = Instant::now();
        let probe = gate.pass().await;
        assert_eq!(second.tell(bad_key), None);
        assert!(probe.stands() && !passes_at_once(&gate).await, "the probe is still out");
        assert_eq!(probe.tell(News::Fine), None);
        assert!(shut_at.elapsed() <= FIRST_WAIT);
        assert_eq!(last.tell(News::Fine), None);
    }

    #[tokio::test(start_paused = true)]
    async fn an_obstacle_is_news_once_until_whisul_answers_again() {
        let gate = Gate::new();
        let bad_key = News::Shut(Obstacle::BadKey, None);
        assert_eq!(gate.pass().await.tell(bad_key), Some(Obstacle::BadKey));
        assert_eq!(gate.pass().await.tell(News::Hiccup), Some(Obstacle::Unreachable));
        assert_eq!(gate.pass().await.tell(bad_key), None);
        assert_eq!(gate.pass().await.tell(News::Fine), None);
        assert_eq!(gate.pass().await.tell(bad_key), Some(Obstacle::BadKey));
    }
}
