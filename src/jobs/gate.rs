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
        Self { state: Mutex::new(State { shut: None, failures: 0, backoff }), moved: Notify::new() }
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
    /// Tells what came of the request. Returns an obstacle that was not there before.
    pub(super) fn tell(mut self, news: News) -> Option<Obstacle> {
        let mut state = self.gate.state();
        let was_shut = state.shut.map(|shut| shut.obstacle);
        match news {
            News::Fine => {
                state.failures = 0;
                state.backoff.reset();
                // Late good news of an ordinary request does not open what was shut after it.
                if self.probe {
                    state.shut = None;
                }
            }
            News::Hiccup => {
                state.failures = state.failures.saturating_add(1);
                if state.failures >= FAILURES || self.probe {
                    state.shut(Obstacle::Unreachable, None);
                }
            }
            News::Shut(obstacle, wait) => state.shut(obstacle, wait),
        }
        let is_shut = state.shut.map(|shut| shut.obstacle);
        drop(state);
        self.probe = false;
        self.gate.moved.notify_waiters();
        is_shut.filter(|_| is_shut != was_shut)
    }
}

impl State {
    fn shut(&mut self, obstacle: Obstacle, wait: Option<Duration>) {
        let wait = wait.unwrap_or_default().max(self.backoff.next());
        self.shut = Some(Shut { obstacle, until: Instant::now() + wait, probing: false });
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
}
