//! From Whisul's acceptance to the song, by polling.

use std::{sync::Arc, time::Duration};

use tracing::warn;

use super::{
    gate::News,
    worker::{StepError, Worker},
};
use crate::{
    delivery::Obstacle,
    domain::{Event, Failure, State, WhisulJob},
    whisul::{PollError, Report},
};

impl Worker {
    /// Asks Whisul how the song is, again and again until there is an outcome. A deleted message
    /// changes nothing about that: the song is being paid for.
    pub(super) async fn follow(&mut self) -> Result<(), StepError> {
        let State::Running { whisul_job, .. } = self.job.state.clone() else { return Ok(()) };
        loop {
            let wait = jittered(self.jobs.rules.poll_interval);
            self.showing(tokio::time::sleep(wait)).await?;
            if let Some(event) = self.poll(&whisul_job).await? {
                return self.note(event).await;
            }
        }
    }

    /// One poll, once it may be made. `None` when it brought nothing.
    async fn poll(&mut self, whisul_job: &WhisulJob) -> Result<Option<Event>, StepError> {
        let jobs = Arc::clone(&self.jobs);
        let ask = async {
            let (pass, permit) = jobs.leave_to_ask().await;
            let answer = permit.poll(whisul_job).await;
            jobs.hear(pass, news_of(&answer));
            answer
        };
        match self.showing(ask).await? {
            Ok(report) => Ok(self.read(report)),
            Err(PollError::Vanished) => Ok(Some(Event::Fell(Failure::Vanished))),
            Err(error) => {
                warn!(%error, "a poll brought nothing; the next one may");
                Ok(None)
            }
        }
    }

    /// What a report means for the job. `None` while the song is being made.
    fn read(&self, report: Report) -> Option<Event> {
        let State::Running { since, .. } = &self.job.state else { return None };
        let now = self.jobs.clock.now();
        match report {
            // Only an answer that says "running" ends the patience: outages and downtime don't.
            Report::Running if self.watched_since.elapsed() > self.jobs.rules.job_timeout => {
                warn!("the song is still not done; the job is given up");
                Some(Event::Fell(Failure::GivenUp))
            }
            Report::Running => None,
            Report::Failed { reason } => Some(Event::Fell(Failure::Generation { reason })),
            Report::Completed { song, took } => {
                // Whisul knows best when it was done, even if nobody asked for a while.
                let at = took.map_or(now, |took| since.after(took));
                self.jobs.estimate().learn(at.since(*since));
                Some(Event::Finished { song, at })
            }
        }
    }
}

/// What a poll's answer says about Whisul as a whole.
pub(super) fn news_of(answer: &Result<Report, PollError>) -> News {
    match answer {
        Ok(_) | Err(PollError::Vanished) => News::Fine,
        Err(PollError::BadKey) => News::Shut(Obstacle::BadKey, None),
        Err(PollError::Transient { retry_after: None, .. }) => News::Hiccup,
        Err(PollError::RateLimited { retry_after } | PollError::Transient { retry_after, .. }) => {
            News::Shut(Obstacle::Busy, *retry_after)
        }
    }
}

/// A little longer than the interval, so that jobs which began together don't poll together. Never
/// shorter: Whisul asks for that (polling guide).
fn jittered(interval: Duration) -> Duration {
    interval.mul_f64(1.0 + 0.2 * fastrand::f64())
}
