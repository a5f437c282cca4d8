//! From the line to Whisul.

use std::sync::Arc;

use tokio::time::Instant;
use tracing::{debug, error, warn};

use super::{
    Jobs,
    display::Deleted,
    follow::news_of,
    gate::{News, Pass},
    worker::{StepError, Worker},
};
use crate::{
    delivery::Obstacle,
    domain::{Event, Submission, WhisulJob, WhisulJobId},
    whisul::{Permit, SubmitError},
};

impl Worker {
    /// Waits for the job's turn and submits its prompt. Deleting the message takes the job back.
    ///
    /// Thousands may wait: the submission takes its room only when the turn has come.
    pub(super) async fn take_turn(&mut self) -> Result<(), StepError> {
        if self.slot.is_none() {
            let place = self.place.take();
            let mut place = place.unwrap_or_else(|| self.jobs.line.join(&self.job));
            match self.waiting_for(place.turn()).await? {
                Ok(slot) => self.slot = Some(slot),
                Err(Deleted) => return self.take_back().await,
            }
        }
        Box::pin(self.submit()).await
    }

    async fn submit(&mut self) -> Result<(), StepError> {
        let jobs = Arc::clone(&self.jobs);
        if self.display.confirm(&jobs, &self.job).await == Err(Deleted) {
            return self.take_back().await;
        }
        let Ok((pass, permit)) = self.waiting_for(jobs.leave_to_submit()).await? else {
            return self.take_back().await;
        };
        // Once more, if that took long.
        if self.display.confirm(&jobs, &self.job).await == Err(Deleted) {
            return self.take_back().await;
        }
        // An answer may take longer than a stop does.
        if jobs.stop.is_cancelled() {
            return Err(StepError::Stopping);
        }
        self.note(Event::TurnCame).await?;
        // To write that down may take long, too. What has happened meanwhile keeps the prompt back.
        if jobs.stop.is_cancelled() || !pass.stands() {
            return self.note(Event::NotTaken).await;
        }
        // From here on nothing interrupts: the answer says whether a song was paid for.
        let submission = permit.submit(&self.job.prompt);
        let answer = self.display.during(&jobs, &self.job, submission).await;
        let news = match &answer {
            Ok(_) | Err(SubmitError::Rejected { .. }) => News::Fine,
            Err(SubmitError::BadKey { .. } | SubmitError::OutOfCredit) => {
                News::Shut(Obstacle::BadKey, None)
            }
            Err(SubmitError::NotTaken { retry_after: None, .. } | SubmitError::Blocked { .. }) => {
                News::Shut(Obstacle::Unreachable, None)
            }
            Err(
                SubmitError::RateLimited { retry_after }
                | SubmitError::NotTaken { retry_after, .. },
            ) => News::Shut(Obstacle::Busy, *retry_after),
            Err(SubmitError::Refused { .. } | SubmitError::Ambiguous { .. }) => News::Hiccup,
        };
        self.jobs.hear(pass, news);
        self.watched_since = Instant::now();
        self.note(submission_of(answer).event(self.jobs.clock.now())).await
    }

    /// A job found in the middle of its submission: nobody knows whether it was paid for.
    pub(super) async fn settle_submission(&mut self) -> Result<(), StepError> {
        warn!("the submission was interrupted; it may have been paid for and is not repeated");
        self.note(Submission::Unknown.event(self.jobs.clock.now())).await
    }

    async fn take_back(&mut self) -> Result<(), StepError> {
        self.slot = None;
        self.note(Event::TakenBack).await
    }
}

impl Jobs {
    /// Waits until a prompt may be sent. Whether a Whisul that could not be reached is back is found
    /// out by asking for a job that nobody has: a prompt that met an error would be a song lost.
    async fn leave_to_submit(self: &Arc<Self>) -> (Pass<'_>, Permit<'_>) {
        loop {
            let (pass, permit) = self.leave_to_ask().await;
            if !pass.seeks_whisul() {
                return (pass, permit);
            }
            let nobodys = WhisulJob { id: WhisulJobId::nobodys(), poll_url: None };
            let answer = permit.poll(&nobodys).await;
            if let Err(error) = &answer {
                debug!(%error, "Whisul is not back yet");
            }
            self.hear(pass, news_of(&answer));
        }
    }
}

/// What an answer says about the submission.
fn submission_of(answer: Result<WhisulJob, SubmitError>) -> Submission {
    match answer {
        Ok(whisul_job) => Submission::Taken(whisul_job),
        Err(SubmitError::Rejected { reason, .. }) => {
            Submission::Rejected { reason: reason.into_text() }
        }
        Err(error @ SubmitError::Refused { .. }) => {
            error!(%error, "Whisul's answer to a submission is not documented");
            Submission::Refused
        }
        Err(error @ SubmitError::Ambiguous { .. }) => {
            warn!(%error, "a submission's fate is unknown; it is not repeated");
            Submission::Unknown
        }
        Err(
            error @ (SubmitError::BadKey { .. }
            | SubmitError::Blocked { .. }
            | SubmitError::OutOfCredit
            | SubmitError::RateLimited { .. }
            | SubmitError::NotTaken { .. }),
        ) => {
            warn!(%error, "Whisul did not take the prompt; it goes back into line");
            Submission::NotTaken
        }
    }
}
