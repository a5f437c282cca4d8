//! Cancelling a job from outside its own task: a click, a command or a deleted message.

use std::{sync::Arc, time::Duration};

use tokio::time::{Instant, timeout_at};
use tracing::Instrument;

use crate::{
    discord_api::Message,
    domain::{
        Cancellation, Event, Failure, FollowUps, Job, JobId, MessageAccess, MessageId, Shown, State,
    },
    jobs::{Jobs, job_task::job_span, live_jobs::CancelRequest},
    store::StoreError,
};

/// A job's first response is known to people a moment before it is written down.
const WRITE_TRIES: u32 = 10;
const WRITE_PAUSE: Duration = Duration::from_millis(100);

/// What became of a wish to cancel a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CancelOutcome {
    /// It is cancelled and refunded.
    Cancelled,
    /// It ran and is ended: its requester is refunded, the key is not.
    Ended,
    /// Its prompt is at Whisul, or it is over.
    TooLate,
    /// Its prompt is on its way to Whisul. It is cancelled if Whisul does not accept it; if Whisul
    /// does, it is ended where `even_running` says so, and goes on otherwise.
    Remembered {
        /// Whether the bot's owner wants it.
        even_running: bool,
    },
    /// There is no such job, or no longer.
    NotFound,
    /// That could not be written down in time. It may be yet; its message shows that, then.
    TimedOut,
}

/// What became of a job's row.
pub(super) enum Cancelling {
    /// The row says that the job is cancelled.
    Written(Box<Job>),
    /// The row is as it was.
    Unchanged(CancelOutcome),
}

impl Jobs {
    /// Cancels a waiting job and refunds it, if that can be written by `until`. Its own task shows
    /// it, so that none of its edits comes later. `respond` runs after the write. It gets the
    /// message only if nothing but the click's token can still show it, and returns that message's
    /// id if it did.
    ///
    /// # Errors
    /// When the database can't be read or written: the job waits on, then.
    pub async fn cancel(
        self: &Arc<Self>,
        id: JobId,
        cancellation: Cancellation,
        until: Instant,
        respond: impl AsyncFnOnce(Option<Message>) -> Option<MessageId>,
    ) -> Result<CancelOutcome, StoreError> {
        let request = CancelRequest { cancellation, even_running: false };
        self.end(id, request, until, respond).await
    }

    /// The same for the bot's owner, who may also end a song that runs.
    ///
    /// # Errors
    /// When the database can't be read or written: the job goes on, then.
    pub async fn cancel_or_end(
        self: &Arc<Self>,
        id: JobId,
        cancellation: Cancellation,
        until: Instant,
    ) -> Result<CancelOutcome, StoreError> {
        let request = CancelRequest { cancellation, even_running: true };
        // The job's own task shows it.
        self.end(id, request, until, async |_| None).await
    }

    async fn end(
        self: &Arc<Self>,
        id: JobId,
        request: CancelRequest,
        until: Instant,
        respond: impl AsyncFnOnce(Option<Message>) -> Option<MessageId>,
    ) -> Result<CancelOutcome, StoreError> {
        let jobs = Arc::clone(self);
        let mut cancelling =
            self.tasks.spawn(async move { jobs.write_cancellation(id, request).await });
        let Ok(ended) = timeout_at(until, &mut cancelling).await else {
            let jobs = Arc::clone(self);
            self.tasks.spawn(async move {
                _ = cancelling.await;
                jobs.live.wake(id);
            });
            return Ok(CancelOutcome::TimedOut);
        };
        match ended {
            Ok(Ok(Cancelling::Written(cancelled))) => {
                let span = job_span(id);
                self.respond_cancelled(&cancelled, respond).instrument(span).await;
                self.live.wake(id);
                let waited = matches!(cancelled.state, State::Cancelled(_));
                Ok(if waited { CancelOutcome::Cancelled } else { CancelOutcome::Ended })
            }
            Ok(Ok(Cancelling::Unchanged(why))) => Ok(why),
            Ok(Err(error)) => Err(error),
            Err(_panic) => Ok(CancelOutcome::TimedOut),
        }
    }

    pub(super) async fn write_cancellation(
        &self,
        id: JobId,
        request: CancelRequest,
    ) -> Result<Cancelling, StoreError> {
        let span = job_span(id);
        self.try_to_cancel(id, request).instrument(span).await
    }

    async fn try_to_cancel(
        &self,
        id: JobId,
        request: CancelRequest,
    ) -> Result<Cancelling, StoreError> {
        let mut is_remembered = false;
        for _ in 0..WRITE_TRIES {
            let Some(job) = self.store.job(id).await? else {
                return Ok(Cancelling::Unchanged(CancelOutcome::NotFound));
            };
            if job.state == State::Accepted {
                tokio::time::sleep(WRITE_PAUSE).await;
                continue;
            }
            // Mostly, the outcome of a submission is known soon. The row is read again after the
            // request is remembered: the job's task looks for it after it has written that outcome.
            if job.state == State::Submitting {
                let pause = if is_remembered { WRITE_PAUSE } else { Duration::ZERO };
                is_remembered = self.live.remember(id, &request);
                tokio::time::sleep(pause).await;
                continue;
            }
            // The job's task has done it.
            let is_cancelled =
                matches!(job.state, State::Cancelled(_) | State::Failed(Failure::Ended { .. }));
            if is_remembered && is_cancelled {
                return Ok(Cancelling::Written(Box::new(job)));
            }
            let Some(cancelled) = request.event(&job).and_then(|event| job.after(event)) else {
                return Ok(Cancelling::Unchanged(CancelOutcome::TooLate));
            };
            // The job's task may have been faster. It finds out when it writes the next time.
            if self.write(&job, &cancelled).await? {
                return Ok(Cancelling::Written(Box::new(cancelled)));
            }
        }
        let remembered = CancelOutcome::Remembered { even_running: request.even_running };
        Ok(Cancelling::Unchanged(if is_remembered { remembered } else { CancelOutcome::TimedOut }))
    }

    async fn respond_cancelled(
        &self,
        cancelled: &Job,
        respond: impl AsyncFnOnce(Option<Message>) -> Option<MessageId>,
    ) {
        let in_reach = cancelled.place.access == MessageAccess::Channel
            || cancelled.has_live_token(self.clock.now());
        let message = (!in_reach).then(|| self.render_outcome(cancelled, false));
        let Some(message) = respond(message).await else { return };
        let shown = Shown { message, channel: cancelled.place.channel, bare: false };
        let delivered = Event::Delivered { shown, follow_ups: FollowUps::default() };
        if let Some(delivered) = cancelled.after(delivered) {
            // If this is not written down, the task shows the same once more.
            _ = self.write(cancelled, &delivered).await;
        }
    }
}
