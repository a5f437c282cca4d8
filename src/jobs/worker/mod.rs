//! One live job's task: from state to state until nothing is left to do.

mod attach;
mod deliver;
mod first_response;
mod live_message;
mod notify;
mod poll;
mod retry;
mod step_error;
mod submit;
mod waiting;
mod watch;

use std::{sync::Arc, time::Duration};

use tokio::{sync::Notify, time::Instant};
use tracing::{info, warn};

pub(super) use self::{live_message::is_last_chance, step_error::StepError};
use self::{
    live_message::{LiveMessage, patience},
    retry::{FIRST_WAIT, Retry},
    watch::Watch,
};
use super::{
    Backoff, Jobs,
    circuit_breaker::Tally,
    job_task::{InJobSpan, JobTask},
    live_jobs::LiveJob,
    queue::{QueueTicket, Slot},
    rendering::times::ToldTimes,
};
use crate::{
    discord_api::{DiscordError, Message},
    domain::{Event, Job, JobStep, RejectedRoutes, State, TokenTrouble},
};

/// The longest wait of a prompt that Whisul rejected while it accepted others.
const LONGEST_REJECTION_WAIT: Duration = Duration::from_mins(1);

/// Takes care of one job.
pub(super) struct Worker {
    jobs: Arc<Jobs>,
    pub(super) job: Job,
    live_message: LiveMessage,
    /// Notified when another writer has changed the job's row.
    row_changed: Arc<Notify>,
    /// Held while the job waits in the queue.
    ticket: Option<QueueTicket>,
    /// Held while the song is at Whisul.
    slot: Option<Slot>,
    /// When this run received the interaction; `None` after a restart.
    received_at: Option<Instant>,
    /// When this run of the bot took care of it first.
    began: Instant,
    /// Since when this run of the bot has seen it in its present state.
    unchanged_since: Instant,
    watch: Watch,
    /// How often Whisul rejected its prompt while it accepted others.
    rejections: u32,
    /// How other prompts had fared at the last of these rejections.
    tally_before: Option<Tally>,
    /// The waits after them.
    rejection_backoff: Backoff,
    /// When this run of the bot began to post its outcome as a new message.
    post_began: Option<Instant>,
    /// How often this run of the bot has tried in vain to attach the files.
    attach_tries: u32,
    /// Routes on which Discord rejects the outcome.
    rejected: RejectedRoutes,
    /// Whether the token keeps failing.
    token_trouble: TokenTrouble,
    retry: Retry,
}

impl Jobs {
    /// Starts the task of a job that an earlier run of the bot left.
    ///
    /// The job has its place in the queue, or its room at Whisul, when this returns: in which order
    /// tasks get to run is up to luck.
    pub(super) fn resume_job(self: &Arc<Self>, job: Job, live_job: LiveJob) {
        let worker = self.worker(job, None, &live_job.row_changed);
        self.spawn_task(live_job, Box::pin(worker.run()));
    }

    /// Starts the task of a live job.
    pub(super) fn spawn_task(self: &Arc<Self>, live_job: LiveJob, task: JobTask) {
        let id = live_job.id;
        let supervised = Box::pin(Arc::clone(self).supervise(live_job, task));
        self.tasks.spawn(InJobSpan::new(id, supervised));
    }

    /// What takes care of a job. `shown` is what its message shows, and what that tells about times.
    pub(super) fn worker(
        self: &Arc<Self>,
        job: Job,
        shown: Option<(&Message, ToldTimes)>,
        row_changed: &Arc<Notify>,
    ) -> Box<Worker> {
        Box::new(Worker {
            jobs: Arc::clone(self),
            row_changed: Arc::clone(row_changed),
            live_message: LiveMessage::new(shown, patience(self, &job)),
            ticket: (job.next_step() == JobStep::TakeTurn).then(|| self.queue.join(&job)),
            slot: job.is_at_whisul().then(|| self.queue.occupy(&job)),
            received_at: shown.map(|_| Instant::now()),
            began: Instant::now(),
            unchanged_since: Instant::now(),
            watch: Watch::resumed(self),
            rejections: 0,
            tally_before: None,
            rejection_backoff: Backoff::new(self.config.poll_interval, LONGEST_REJECTION_WAIT),
            post_began: None,
            attach_tries: 0,
            rejected: RejectedRoutes::default(),
            token_trouble: TokenTrouble::default(),
            retry: Retry::new(),
            job,
        })
    }
}

impl Worker {
    pub(super) async fn run(mut self: Box<Self>) {
        while !self.job.is_settled() {
            match self.step().await {
                Ok(()) => self.retry.reset(),
                Err(StepError::Stopping) => break,
                Err(StepError::Overdue) => Box::pin(self.end_overdue()).await,
                Err(error @ StepError::Gone) => {
                    warn!(%error, "the job's row is gone, its task ends");
                    if self.job.awaits_turn() {
                        self.jobs.queue.return_round(&self.job);
                    }
                    break;
                }
                Err(error) => {
                    let wait = self.retry.next(asked_wait(&error));
                    if matches!(error, StepError::Overtaken) {
                        info!("another writer has changed the job, going on from that");
                    } else {
                        warn!(%error, ?wait, "step failed, retrying");
                    }
                    if Box::pin(self.wait_for_retry(wait, &error)).await.is_err() {
                        break;
                    }
                }
            }
        }
    }

    async fn step(&mut self) -> Result<(), StepError> {
        if let Some(event) = self.cancellation() {
            return Box::pin(self.persist(event)).await;
        }
        if self.jobs.stop.is_cancelled() {
            return Err(StepError::Stopping);
        }
        if waiting::overdue_in(&self.jobs, &self.job, self.unchanged_since)
            .is_some_and(|left| left.is_zero())
        {
            return Err(StepError::Overdue);
        }
        // Boxed, so that each job has room for the step that it takes, not for the largest.
        match self.job.next_step() {
            JobStep::FindResponse => Box::pin(self.find_first_response()).await,
            JobStep::TakeTurn => Box::pin(self.take_turn()).await,
            JobStep::SettleSubmission => Box::pin(self.settle_submission()).await,
            JobStep::Follow => Box::pin(self.follow()).await,
            JobStep::Deliver => {
                self.slot = None;
                Box::pin(self.deliver()).await
            }
            JobStep::Notify => Box::pin(self.notify()).await,
            JobStep::Attach => Box::pin(self.attach()).await,
            JobStep::Rest => Ok(()),
        }
    }

    /// A cancellation that was requested while the prompt was being submitted.
    fn cancellation(&self) -> Option<Event> {
        if self.job.state == State::Submitting {
            return None;
        }
        let request = self.jobs.live.take_cancel_request(self.job.id)?;
        let event = request.event(&self.job)?;
        info!(
            state = self.job.state.name(),
            "cancelling the job as requested during its submission"
        );
        Some(event)
    }

    /// Ends what has lasted for too long.
    async fn end_overdue(&mut self) {
        let Some((_, event)) = self.job.overdue_after(self.jobs.config.job_timeout) else { return };
        warn!(state = self.job.state.name(), "ending a job that is overdue");
        if event == Event::DeliveryEnded {
            self.report_undeliverable("no route was open for a week");
        }
        self.slot = None;
        self.ticket = None;
        if let Err(error) = self.persist(event).await {
            warn!(%error, "writing the end of an overdue job failed, retrying");
            _ = self.sleep(FIRST_WAIT).await;
        }
    }

    /// Writes an event down, for as long as that takes: what has happened must not be forgotten
    /// because a disk is full.
    pub(super) async fn persist(&mut self, event: Event) -> Result<(), StepError> {
        let next = self.job.after(event).ok_or(StepError::Overtaken)?;
        let mut backoff = Backoff::new(FIRST_WAIT, Duration::from_secs(30));
        let next = loop {
            match self.jobs.write_limiting_refunds(&self.job, &next).await {
                Ok(Some(written)) => break written,
                Ok(None) => return Err(self.overtaken().await),
                Err(error) => {
                    warn!(%error, "writing the job's state failed, retrying");
                    let slept = self.sleep(backoff.next()).await;
                    // What came of a submission is heard but once: for that, a stop waits as long
                    // as it may.
                    match slept {
                        Err(_) if self.job.state == State::Submitting => {
                            tokio::time::sleep(FIRST_WAIT).await;
                        }
                        slept => slept?,
                    }
                }
            }
        };
        self.move_on(next);
        Ok(())
    }

    /// Goes on from what is on disk, where somebody else has written.
    async fn overtaken(&mut self) -> StepError {
        match self.jobs.store.job(self.job.id).await {
            Ok(Some(job)) => self.move_on(job),
            Ok(None) => return StepError::Gone,
            Err(error) => warn!(%error, "reading the job failed"),
        }
        StepError::Overtaken
    }

    fn move_on(&mut self, next: Job) {
        if self.job.awaits_turn() && next.has_outcome() {
            self.jobs.queue.return_round(&next);
        }
        if self.job.state.name() != next.state.name() {
            self.unchanged_since = Instant::now();
            self.rejected = RejectedRoutes::default();
        }
        if let (State::Running { since, .. }, Some(slot)) = (&next.state, &self.slot) {
            slot.began(*since);
        }
        self.job = next;
    }
}

/// How long Discord asks to wait before a step that failed is tried again.
fn asked_wait(error: &StepError) -> Option<Duration> {
    match error {
        StepError::Discord(DiscordError::RateLimited { after }) => Some(*after),
        _ => None,
    }
}
