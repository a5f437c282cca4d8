//! From Whisul's acceptance to the song, by polling.

use std::{sync::Arc, time::Duration};

use tracing::warn;

use super::{
    gate::News,
    worker::{StepError, Worker},
};
use crate::{
    delivery::Obstacle,
    domain::{Event, Failure, Report, State, WhisulJob},
    whisul::PollError,
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
                return self.note_outcome(event).await;
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
            Err(error) => {
                warn!(%error, "a poll brought nothing; the next one may");
                Ok(None)
            }
        }
    }

    /// What a report means for the job. `None` while the song is being made.
    fn read(&self, report: Report) -> Option<Event> {
        let patient = self.watched_since.elapsed() <= self.jobs.rules.job_timeout;
        let event = self.job.reported(report, self.jobs.clock.now(), patient);
        if event == Some(Event::Fell(Failure::GivenUp)) {
            warn!("the song is still not done; the job is given up");
        }
        event
    }

    /// Writes down what came of the song. How long it took is worth knowing for the next ones.
    async fn note_outcome(&mut self, event: Event) -> Result<(), StepError> {
        self.note(event).await?;
        if let State::Completed { took, .. } = self.job.state {
            self.jobs.estimate().learn(took);
        }
        Ok(())
    }
}

/// What a poll's answer says about Whisul as a whole.
pub(super) fn news_of(answer: &Result<Report, PollError>) -> News {
    match answer {
        Ok(_) => News::Fine,
        Err(PollError::BadKey | PollError::OutOfCredit) => News::Shut(Obstacle::BadKey, None),
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
