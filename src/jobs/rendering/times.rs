//! The times that a job's message shows, kept so that they don't change without need.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

use crate::{
    domain::{Estimate, Forecast, Job, Outlook, State, Timestamp, Wait},
    jobs::Jobs,
};

/// For how long one forecast serves all who wait, if nothing else changes: there may be thousands.
const FORECAST_LASTS: Duration = Duration::from_secs(1);

/// What a message has told about times.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::jobs) struct ToldTimes {
    /// About the song, since Whisul makes it.
    outlook: Option<Outlook>,
    /// About the wait in the queue.
    wait: Option<Wait>,
}

impl ToldTimes {
    /// What can be said about the song. It stays the same while the song is made.
    pub(super) fn outlook(&mut self, jobs: &Jobs, job: &Job) -> Outlook {
        match job.state {
            State::Running { .. } => *self.outlook.get_or_insert_with(|| jobs.estimate().outlook()),
            _ => Outlook::default(),
        }
    }

    /// What can be said about the wait. It stays the same until the place in the queue or the estimate
    /// changes notably.
    pub(in crate::jobs) fn wait(
        &mut self,
        jobs: &Jobs,
        job: &Job,
        position: Option<usize>,
    ) -> Option<Wait> {
        let wait = jobs.estimated_wait(job, position);
        self.wait = wait.map(|wait| wait.unless_told(self.wait));
        self.wait
    }
}

/// The latest forecast, and what it was made of.
#[derive(Debug, Default)]
pub(in crate::jobs) struct LatestForecast {
    latest: Mutex<Option<Made>>,
}

#[derive(Debug)]
struct Made {
    at: Instant,
    of: Known,
    forecast: Option<Arc<Forecast>>,
}

#[derive(Debug, PartialEq, Eq)]
struct Known {
    estimate: Estimate,
    running: Vec<Option<Timestamp>>,
}

impl Jobs {
    /// How long a job still waits for its turn. `None` while nobody knows: without past songs, and
    /// while something holds up its prompt.
    pub fn wait_of(&self, job: &Job) -> Option<Wait> {
        self.estimated_wait(job, self.queue.rank(job))
    }

    fn estimated_wait(&self, job: &Job, position: Option<usize>) -> Option<Wait> {
        let ahead = position?.saturating_sub(1);
        if !job.awaits_turn() || self.breaker.obstacle(Some(job.requester)).is_some() {
            return None;
        }
        let at = self.clock.now();
        let span = self.forecast(at)?.wait(ahead)?;
        Some(Wait { at, ahead, span })
    }

    fn forecast(&self, now: Timestamp) -> Option<Arc<Forecast>> {
        let (room, running) = self.queue.running();
        let known = Known { estimate: self.estimate().clone(), running };
        let mut latest = self.forecast.latest.lock().unwrap_or_else(PoisonError::into_inner);
        let holds = |made: &&Made| made.at.elapsed() < FORECAST_LASTS && made.of == known;
        if let Some(made) = latest.as_ref().filter(holds) {
            return made.forecast.clone();
        }
        let running = known.running.iter();
        let running: Vec<Duration> =
            running.map(|since| since.map_or(Duration::ZERO, |since| now.since(since))).collect();
        let lag = self.poll_plan().seen_after();
        let forecast = Forecast::new(&known.estimate, room, &running, lag).map(Arc::new);
        *latest = Some(Made { at: Instant::now(), of: known, forecast: forecast.clone() });
        forecast
    }
}
