//! From the queue to Whisul.

use std::sync::Arc;

use futures_util::FutureExt;
use tracing::{error, warn};

use super::{Worker, live_message::Deleted, step_error::StepError, watch::Watch};
use crate::{
    domain::{Cancellation, Canceller, Event, Failure, Submission, WhisulJob},
    jobs::circuit_breaker::{Doubt, TRIES, Tally, probe::submission_outcome},
    whisul::SubmitError,
};

/// How often a prompt is sent that Whisul answers with 429, or with 503 and a time to wait.
const TRIES_WHILE_BUSY: u32 = 5;

impl Worker {
    /// Waits for the job's turn and submits its prompt. Deleting the message cancels the job.
    ///
    /// Thousands may wait: the submission takes its room only when the turn has come.
    pub(super) async fn take_turn(&mut self) -> Result<(), StepError> {
        if self.slot.is_none() {
            let place = self.place.take();
            let mut place = place.unwrap_or_else(|| self.jobs.queue.join(&self.job));
            match self.waiting_for(place.turn()).await? {
                Ok(slot) => self.slot = Some(slot),
                Err(Deleted) => return self.cancel().await,
            }
        }
        Box::pin(self.submit()).await
    }

    async fn submit(&mut self) -> Result<(), StepError> {
        let jobs = Arc::clone(&self.jobs);
        if self.display.confirm(&jobs, &self.job).await == Err(Deleted) {
            return self.cancel().await;
        }
        let prompt_of = Some(self.job.requester);
        if self.gives_way() {
            // Its slot would keep out prompts that Whisul may take.
            self.slot = None;
            return match self.waiting_for(jobs.breaker.admits(prompt_of)).await? {
                Ok(()) => Ok(()),
                Err(Deleted) => self.cancel().await,
            };
        }
        let Ok((pass, permit)) = self.waiting_for(jobs.permit_to_call(prompt_of)).await? else {
            return self.cancel().await;
        };
        // Once more, if that took long.
        if self.display.confirm(&jobs, &self.job).await == Err(Deleted) {
            return self.cancel().await;
        }
        // An answer may take longer than a stop does.
        if jobs.stop.is_cancelled() {
            return Err(StepError::Stopping);
        }
        self.persist(Event::TurnCame).await?;
        // To write that down may take long, too. What has happened meanwhile keeps the prompt back.
        let is_cancelled = jobs.registry.is_to_be_cancelled(self.job.id);
        if is_cancelled || jobs.stop.is_cancelled() || !pass.stands() {
            return self.persist(Event::NotTaken).await;
        }
        // From here on nothing interrupts: the answer says whether a song was paid for.
        let submission = async {
            let answer = permit.submit(&self.job.prompt).await;
            // An edit that is on its way may take long: others' prompts are kept back at once.
            let doubt = jobs.record_call(pass, submission_outcome(&answer));
            (answer, doubt)
        };
        let (answer, doubt) = self.display.during(&jobs, &self.job, submission).await;
        self.watch = Watch::new(&jobs);
        let setback = Setback::of(&answer);
        self.persist(submission_of(answer).event(jobs.clock.now())).await?;
        match setback {
            Some(setback) if !jobs.registry.is_to_be_cancelled(self.job.id) => {
                self.set_back(setback, doubt).await
            }
            _ => Ok(()),
        }
    }

    /// Whether it must wait while others' prompts may find out whether Whisul takes some.
    fn gives_way(&self) -> bool {
        let breaker = &self.jobs.breaker;
        let is_suspect = self.display.set_back || breaker.suspects(self.job.requester);
        is_suspect && breaker.admits(Some(self.job.requester)).now_or_never().is_none()
    }

    /// Whisul turned the prompt away for a reason that may be the prompt's own. Its slot is for
    /// others meanwhile. It is sent a few times at most.
    async fn set_back(&mut self, setback: Setback, doubt: Doubt) -> Result<(), StepError> {
        self.slot = None;
        self.display.set_back = true;
        let jobs = Arc::clone(&self.jobs);
        let is_own = match setback {
            Setback::KeyOrPrompt => match self.waiting_for(jobs.breaker.verdict(doubt)).await? {
                // Whisul rejects the key, or is away: the job waits in the queue with all others.
                Ok(false) => return Ok(()),
                // So it does where Whisul rejects everybody's prompts.
                Ok(true) => !jobs.breaker.doubts_key(),
                Err(Deleted) => return self.cancel().await,
            },
            // No probe can tell, but other prompts that are taken can.
            Setback::OutOfCredit | Setback::Busy => {
                let tally = jobs.breaker.tally();
                self.tally_before.replace(tally).is_some_and(|before| setback.is_own(before, tally))
            }
        };
        if is_own {
            // That it was the prompt's own trouble the time before, too, is known only now.
            let before = u32::from(setback != Setback::KeyOrPrompt);
            self.turned_away = self.turned_away.max(before) + 1;
        }
        if self.turned_away >= setback.tries() {
            warn!(?setback, "Whisul takes other prompts, but not this one; it is not sent again");
            return self.persist(Event::Failed(Failure::Rejected { reason: None })).await;
        }
        // Whose prompt was turned away waits without a slot: with one, it would keep the prompts out
        // that would be taken.
        let (pause, requester) = (self.setbacks.next_whole(), Some(self.job.requester));
        let wait = async {
            tokio::time::sleep(pause).await;
            jobs.breaker.admits(requester).await;
        };
        match self.waiting_for(wait).await? {
            Ok(()) => Ok(()),
            Err(Deleted) => self.cancel().await,
        }
    }

    /// A job found in the middle of its submission: nobody knows whether it was paid for.
    pub(super) async fn settle_submission(&mut self) -> Result<(), StepError> {
        warn!("submission interrupted; it may have been paid for and is not repeated");
        self.persist(Submission::Unknown.event(self.jobs.clock.now())).await
    }

    async fn cancel(&mut self) -> Result<(), StepError> {
        self.slot = None;
        self.persist(Event::Cancelled(Cancellation::by(Canceller::Deletion))).await
    }
}

/// Why a prompt was turned away that Whisul surely did not take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Setback {
    /// The key is rejected, or a firewall dislikes the prompt. A probe and other people's prompts
    /// tell which.
    KeyOrPrompt,
    OutOfCredit,
    /// Whisul asks for fewer prompts. That a busy service takes another one between two tries may be
    /// chance.
    Busy,
}

impl Setback {
    fn of(answer: &Result<WhisulJob, SubmitError>) -> Option<Self> {
        match answer {
            Err(SubmitError::BadKey { .. }) => Some(Self::KeyOrPrompt),
            Err(SubmitError::OutOfCredit) => Some(Self::OutOfCredit),
            Err(
                SubmitError::RateLimited { .. }
                | SubmitError::NotTaken { retry_after: Some(_), .. },
            ) => Some(Self::Busy),
            _ => None,
        }
    }

    /// Whether Whisul has taken other prompts between two tries, and was too busy for none.
    fn is_own(self, before: Tally, now: Tally) -> bool {
        let is_alone = self != Self::Busy || now.busy - before.busy == 1;
        is_alone && before.taken < now.taken
    }

    /// How often such a prompt is sent at most while Whisul takes others.
    fn tries(self) -> u32 {
        match self {
            Self::KeyOrPrompt | Self::OutOfCredit => TRIES,
            Self::Busy => TRIES_WHILE_BUSY,
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
            warn!(%error, "submission with unknown outcome, it is not repeated");
            Submission::Unknown
        }
        Err(
            error @ (SubmitError::BadKey { .. }
            | SubmitError::OutOfCredit
            | SubmitError::RateLimited { .. }
            | SubmitError::NotTaken { .. }),
        ) => {
            warn!(%error, "Whisul didn't take the prompt, it returns to the queue");
            Submission::NotTaken
        }
    }
}
