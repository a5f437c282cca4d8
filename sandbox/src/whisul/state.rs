//! The state of a Whisul sandbox.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Mutex, MutexGuard},
    time::{Duration, Instant},
};

use super::{Plan, Raw, WhisulRules, job::Job};
use crate::{Changes, lock};

/// The key that a sandbox accepts at first.
const FIRST_KEY: &str = "whisul-sandbox-key";

/// Shared by the handle and the server.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) rules: WhisulRules,
    pub(super) changes: Changes,
    state: Mutex<State>,
}

#[derive(Debug)]
pub(super) struct State {
    pub(super) key: String,
    /// With the part of a prompt that each is for, the oldest first.
    pub(super) plans: Vec<(String, Plan)>,
    pub(super) jobs: Vec<Job>,
    /// Where each job is in `jobs`: thousands of songs are polled many times.
    places: HashMap<String, usize>,
    pub(super) recent: Recent,
}

impl State {
    /// The job with this id.
    pub(super) fn job(&mut self, id: &str) -> Option<&mut Job> {
        let place = self.places.get(id)?;
        self.jobs.get_mut(*place)
    }
}

impl Shared {
    pub(super) fn new(rules: WhisulRules, changes: Changes) -> Self {
        let state = State {
            key: FIRST_KEY.to_owned(),
            plans: Vec::new(),
            jobs: Vec::new(),
            places: HashMap::new(),
            recent: Recent::default(),
        };
        Self { rules, changes, state: Mutex::new(state) }
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    /// Takes a prompt in. Returns the job's id, when it will end, if that is known, and the response,
    /// if that is not as usual.
    ///
    /// # Errors
    /// The status and the JSON with which the prompt's plan refuses it.
    #[expect(clippy::type_complexity, reason = "one caller takes it apart at once")]
    pub(super) fn accept(
        &self,
        prompt: String,
    ) -> Result<(String, Option<Instant>, Option<Raw>), (u16, String)> {
        let mut state = self.state();
        let plans = state.plans.iter().rev();
        let plan = plans.clone().find(|(part, _)| prompt.contains(part)).map(|(_, plan)| plan);
        let plan = plan.cloned().unwrap_or_default();
        if let Some(refusal) = plan.refusal {
            return Err(refusal);
        }
        let raw = plan.accepted.clone();
        let job = Job::new(state.jobs.len(), prompt, plan, self.rules.song_takes);
        let accepted = (job.id.clone(), job.ends_at, raw);
        let place = state.jobs.len();
        state.places.insert(job.id.clone(), place);
        state.jobs.push(job);
        Ok(accepted)
    }
}

/// The requests that count towards the rate limit, the oldest first.
#[derive(Debug, Default)]
pub(super) struct Recent(VecDeque<Instant>);

impl Recent {
    /// Admits a request if there were fewer than so many within the time before it.
    ///
    /// # Errors
    /// How long to wait until one would be admitted.
    pub(super) fn admit(
        &mut self,
        requests: usize,
        per: Duration,
        now: Instant,
    ) -> Result<(), Duration> {
        while self.0.front().is_some_and(|first| now.duration_since(*first) >= per) {
            self.0.pop_front();
        }
        if self.0.len() < requests {
            self.0.push_back(now);
            return Ok(());
        }
        Err(self.0.front().map_or(per, |first| per.saturating_sub(now.duration_since(*first))))
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::Recent;

    #[test]
    fn so_many_requests_fit_in_any_span() {
        let (mut recent, start) = (Recent::default(), Instant::now());
        let mut at = |milliseconds| {
            let now = start + Duration::from_millis(milliseconds);
            recent.admit(2, Duration::from_secs(1), now)
        };
        assert_eq!(at(0), Ok(()));
        assert_eq!(at(900), Ok(()));
        assert_eq!(at(999), Err(Duration::from_millis(1)));
        assert_eq!(at(1000), Ok(()));
        assert_eq!(at(1001), Err(Duration::from_millis(899)));
    }
}
