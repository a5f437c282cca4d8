//! From the queue to Whisul.

use std::{pin::pin, sync::Arc};

use futures_util::FutureExt;
use tracing::{error, warn};

use super::{Worker, live_message::Deleted, step_error::StepError, watch::Watch};
use crate::{
    domain::{Cancellation, Canceller, Event, Failure, Submission, WhisulJob},
    jobs::{
        WhisulCall,
        circuit_breaker::{Doubt, KEY_REJECTION_TRIES, Tally, probe::submission_outcome},
    },
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
            let ticket = self.ticket.take();
            let mut ticket = ticket.unwrap_or_else(|| self.jobs.queue.join(&self.job));
            match self.resting_until(pin!(ticket.turn())).await? {
                Ok(slot) => self.slot = Some(slot),
                Err(Deleted) => return Box::pin(self.cancel()).await,
            }
        }
        Box::pin(self.submit()).await
    }

    async fn submit(&mut self) -> Result<(), StepError> {
        let jobs = Arc::clone(&self.jobs);
        if self.live_message.confirm(&jobs, &self.job).await == Err(Deleted) {
            return self.cancel().await;
        }
        let prompt_of = Some(self.job.requester);
        if self.must_yield() {
            // With its slot, it would keep out prompts that Whisul may accept.
            self.slot = None;
            return match self.waiting_for(jobs.breaker.wait_until_allowed(prompt_of)).await? {
                Ok(()) => Ok(()),
                Err(Deleted) => self.cancel().await,
            };
        }
        let Ok((breaker_permit, rate_permit)) =
            self.waiting_for(jobs.permit_to_call(WhisulCall::Prompt(self.job.requester))).await?
        else {
            return self.cancel().await;
        };
        // The wait may have been long, so check again that the message exists.
        if self.live_message.confirm(&jobs, &self.job).await == Err(Deleted) {
            return self.cancel().await;
        }
        // A response may take longer than a stop does.
        if jobs.stop.is_cancelled() {
            return Err(StepError::Stopping);
        }
        self.persist(Event::TurnCame).await?;
        // The write may be slow, too. A stop, cancellation or breaker change since then keeps the
        // prompt back.
        let is_cancelled = jobs.live.is_to_be_cancelled(self.job.id);
        if is_cancelled || jobs.stop.is_cancelled() || !breaker_permit.is_still_valid() {
            return self.persist(Event::NotTaken).await;
        }
        // From here on nothing interrupts: the response says whether a song was paid for.
        let submission = async {
            let response = rate_permit.submit(&self.job.prompt).await;
            // An edit that is on its way may take long: others' prompts are kept back at once.
            let doubt = jobs.record_call(breaker_permit, submission_outcome(&response));
            (response, doubt)
        };
        let (response, doubt) = self.live_message.during(&jobs, &self.job, submission).await;
        self.watch = Watch::new(&jobs);
        let rejection = PromptRejection::of(&response);
        self.persist(submission_of(response).event(jobs.clock.now())).await?;
        match rejection {
            Some(rejection) if !jobs.live.is_to_be_cancelled(self.job.id) => {
                self.handle_rejection(rejection, doubt).await
            }
            _ => Ok(()),
        }
    }

    /// Whether it must wait while others' prompts may find out whether Whisul takes some.
    fn must_yield(&self) -> bool {
        let breaker = &self.jobs.breaker;
        let is_suspect = self.live_message.resubmit_pending || breaker.suspects(self.job.requester);
        is_suspect && breaker.wait_until_allowed(Some(self.job.requester)).now_or_never().is_none()
    }

    /// Whisul rejected the prompt for a reason that may be the prompt's own. It releases its slot,
    /// waits and is sent again, a few times at most.
    async fn handle_rejection(
        &mut self,
        rejection: PromptRejection,
        doubt: Doubt,
    ) -> Result<(), StepError> {
        self.slot = None;
        self.live_message.resubmit_pending = true;
        let jobs = Arc::clone(&self.jobs);
        let is_own = match rejection {
            PromptRejection::KeyOrPrompt => {
                match self.waiting_for(jobs.breaker.verdict(doubt)).await? {
                    // Whisul rejects the key, or is away: the job waits in the queue with all others.
                    Ok(false) => return Ok(()),
                    // So it does where Whisul rejects everybody's prompts.
                    Ok(true) => !jobs.breaker.blames_key(),
                    Err(Deleted) => return self.cancel().await,
                }
            }
            // No probe can tell, but other prompts that are taken can.
            PromptRejection::OutOfCredit | PromptRejection::Busy => {
                let tally = jobs.breaker.tally();
                self.tally_before
                    .replace(tally)
                    .is_some_and(|before| rejection.is_own(before, tally))
            }
        };
        if is_own {
            // The tallies show that the previous rejection was the prompt's own fault, too.
            let before = u32::from(rejection != PromptRejection::KeyOrPrompt);
            self.rejections = self.rejections.max(before) + 1;
        }
        if self.rejections >= rejection.tries() {
            warn!(?rejection, "Whisul takes other prompts, but not this one; it is not sent again");
            return self.persist(Event::Failed(Failure::Rejected { reason: None })).await;
        }
        // The slot is free while this prompt waits, so that others can go.
        let (pause, requester) = (self.rejection_backoff.next_whole(), Some(self.job.requester));
        let wait = async {
            tokio::time::sleep(pause).await;
            jobs.breaker.wait_until_allowed(requester).await;
        };
        match self.waiting_for(wait).await? {
            Ok(()) => Ok(()),
            Err(Deleted) => self.cancel().await,
        }
    }

    /// A job found in the middle of its submission: nobody knows whether it was paid for.
    pub(super) async fn settle_submission(&mut self) -> Result<(), StepError> {
        warn!("submission interrupted; it may have been paid for and is not repeated");
        self.persist(Submission::UnknownOutcome.event(self.jobs.clock.now())).await
    }

    async fn cancel(&mut self) -> Result<(), StepError> {
        self.slot = None;
        self.persist(Event::Cancelled(Cancellation::by(Canceller::Deletion))).await
    }
}

/// Why a prompt was turned away that Whisul surely did not take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum PromptRejection {
    /// The key is rejected, or a firewall dislikes the prompt. A probe and other people's prompts
    /// tell which.
    KeyOrPrompt,
    OutOfCredit,
    /// Whisul asks for fewer prompts. That a busy service takes another one between two tries may be
    /// chance.
    Busy,
}

impl PromptRejection {
    fn of(response: &Result<WhisulJob, SubmitError>) -> Option<Self> {
        match response {
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
            Self::KeyOrPrompt | Self::OutOfCredit => KEY_REJECTION_TRIES,
            Self::Busy => TRIES_WHILE_BUSY,
        }
    }
}

/// What a response says about the submission.
fn submission_of(response: Result<WhisulJob, SubmitError>) -> Submission {
    match response {
        Ok(whisul_job) => Submission::Taken(whisul_job),
        Err(SubmitError::Rejected { reason, .. }) => {
            Submission::Rejected { reason: reason.into_text() }
        }
        Err(error @ SubmitError::Undocumented { .. }) => {
            error!(%error, "Whisul's response to a submission is not documented");
            Submission::Undocumented
        }
        Err(error @ SubmitError::UnknownOutcome { .. }) => {
            warn!(%error, "submission with unknown outcome, it is not repeated");
            Submission::UnknownOutcome
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
