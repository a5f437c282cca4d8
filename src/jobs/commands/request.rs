//! A new job: checked, charged, written down and answered.

use std::{sync::Arc, time::Duration};

use tokio::{
    sync::oneshot,
    task::JoinHandle,
    time::{Instant, timeout_at},
};
use tracing::{Instrument, info, warn};

use crate::{
    domain::{
        Event, InteractionId, Job, JobId, LimitExceeded, Place, Prompt, Requester, Restriction,
        RoleId, UserId,
    },
    jobs::{Jobs, job_task::job_span, live_jobs::LiveJob, queue::Reservation, worker::StepError},
    store::{Admission, StoreError},
};

/// Of the 3 seconds, this much may go into writing the job down. The rest is for the response.
const ADMISSION_TIMEOUT: Duration = Duration::from_millis(1500);

/// A request for a song.
#[derive(Clone, Debug)]
pub struct SongRequest {
    /// The interaction with which they request.
    pub interaction: InteractionId,
    /// Who.
    pub requester: UserId,
    /// The roles that they hold there.
    pub roles: Vec<RoleId>,
    /// Where.
    pub place: Place,
    /// For what.
    pub prompt: Prompt,
    /// The job whose message's button they asked with.
    pub origin: Option<JobId>,
}

/// Why there is no new job. Nothing was charged, and nobody was answered yet.
#[derive(Debug, thiserror::Error)]
pub enum RequestError {
    /// A limit has no room.
    #[error("a limit has no room")]
    OverLimit(LimitExceeded),
    /// An admin keeps it out.
    #[error("an admin keeps it out")]
    Restricted(Restriction),
    /// They clicked twice: the job of the first click is still under way.
    #[error("the same was asked for a moment ago")]
    Repeated,
    /// The job could not be written down.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Discord would not show the response, which holds the prompt.
    #[error("Discord would not show the response")]
    NotShown,
    /// The bot made a mistake before anything was written down.
    #[error("the request panicked")]
    Panicked,
    /// It could not be written down in time for a response.
    #[error("the job was not written down in time")]
    TimedOut,
}

/// A job that could not be written down in time.
struct NotWritten {
    error: RequestError,
    /// It is still being written.
    writing: Option<JoinHandle<Result<Admission, StoreError>>>,
}

impl Jobs {
    /// Admits a new job and answers the person who asked for it. An interaction that was seen before is
    /// left to the job that it already made.
    ///
    /// # Errors
    /// When the job is refused, or can't be written down.
    pub async fn request(self: &Arc<Self>, request: SongRequest) -> Result<(), RequestError> {
        let jobs = Arc::clone(self);
        // A task of its own: the person who asks may leave, and a panic drops what it holds.
        let admitting = async move { jobs.start_job(request).await };
        match self.tasks.spawn(admitting.in_current_span()).await {
            // If the task panicked, its restart looks the first response up; a second one here could be
            // mistaken for it.
            Ok(Ok(Some(result_receiver))) => result_receiver.await.unwrap_or(Ok(())),
            Ok(Ok(None)) => Ok(()),
            Ok(Err(error)) => Err(error),
            Err(_) => Err(RequestError::Panicked),
        }
    }

    /// Admits a new job and starts its task, which begins with the first response. Returns the receiver
    /// of its result; `None` if the job exists.
    async fn start_job(
        self: &Arc<Self>,
        request: SongRequest,
    ) -> Result<Option<oneshot::Receiver<Result<(), RequestError>>>, RequestError> {
        self.clock.observe(request.interaction);
        let Some(live_job) = self.live.enter(request.interaction.into()) else {
            return Ok(None);
        };
        let span = job_span(live_job.id);
        self.admit_and_start(request, live_job).instrument(span).await
    }

    async fn admit_and_start(
        self: &Arc<Self>,
        request: SongRequest,
        live_job: LiveJob,
    ) -> Result<Option<oneshot::Receiver<Result<(), RequestError>>>, RequestError> {
        let SongRequest { interaction, requester, roles, place, prompt, origin } = request;
        let mut reservation = self.queue.take_round(requester, |round| {
            Job::accepted(interaction.into(), requester, place, prompt, round).stemming_from(origin)
        });
        let until = Instant::now() + ADMISSION_TIMEOUT;
        let mut admission = self.admit(reservation.job(), roles.clone(), until).await;
        // A song whose message is deleted is not wanted, and must not stand in the way of this one.
        if matches!(admission, Ok(Admission::OverLimit(_) | Admission::Repeated))
            && self.cancel_unseen(requester, until).await
        {
            admission = self.admit(reservation.job(), roles, until).await;
        }
        match admission {
            Ok(Admission::Accepted) => {}
            Ok(Admission::Known) => return Ok(None),
            Ok(Admission::Repeated) => return Err(RequestError::Repeated),
            Ok(Admission::OverLimit(refusal)) => {
                self.metrics.families().refused(refusal.limit.name());
                return Err(RequestError::OverLimit(refusal));
            }
            Ok(Admission::Restricted(restriction)) => {
                return Err(RequestError::Restricted(restriction));
            }
            Err(NotWritten { error, writing }) => {
                let jobs = Arc::clone(self);
                let settling = jobs.settle_late(writing, reservation, live_job);
                self.tasks.spawn(settling.in_current_span());
                return Err(error);
            }
        }
        reservation.keep_round(true);
        info!(%requester, "song requested");
        let (result_sender, result_receiver) = oneshot::channel();
        let (jobs, row_changed) = (Arc::clone(self), Arc::clone(&live_job.row_changed));
        // Of those who wait in the queue for hours, none needs room for this any more.
        let respond = Box::pin(jobs.respond(reservation, row_changed, result_sender));
        let task = async move { respond.await.run().await };
        self.spawn_task(live_job, Box::pin(task));
        Ok(Some(result_receiver))
    }

    /// Checks, charges and writes down, within the time that a person can be answered.
    async fn admit(
        self: &Arc<Self>,
        job: &Job,
        roles: Vec<RoleId>,
        until: Instant,
    ) -> Result<Admission, NotWritten> {
        let (jobs, job) = (Arc::clone(self), job.clone());
        let writing = async move {
            let requester = Requester { roles: &roles, in_guild: job.place.guild.is_some() };
            jobs.write_new(&job, &requester).await
        };
        let mut writing = self.tasks.spawn(writing.in_current_span());
        match timeout_at(until, &mut writing).await {
            Ok(Ok(Ok(admission))) => Ok(admission),
            Ok(Ok(Err(error))) => Err(NotWritten { error: error.into(), writing: None }),
            Ok(Err(_)) => Err(NotWritten { error: RequestError::TimedOut, writing: None }),
            Err(_) => Err(NotWritten { error: RequestError::TimedOut, writing: Some(writing) }),
        }
    }

    /// Abandons a job that is written down although it was late or said to have failed. No response was
    /// sent and no task owns it, so this retries until it succeeds.
    async fn settle_late(
        self: Arc<Self>,
        writing: Option<JoinHandle<Result<Admission, StoreError>>>,
        mut reservation: Reservation,
        live_job: LiveJob,
    ) {
        let admission = match writing {
            Some(writing) => writing.await.ok().and_then(Result::ok),
            None => None,
        };
        if admission.is_some_and(|admission| !matches!(admission, Admission::Accepted)) {
            return;
        }
        let mut worker = self.worker(reservation.job().clone(), None, &live_job.row_changed);
        match worker.persist(Event::ResponseFailed).await {
            // The worker has returned its round.
            Ok(()) => reservation.keep_round(true),
            // It is not written down, or is a job of an earlier time.
            Err(StepError::Gone | StepError::Overtaken) => {}
            Err(error) => {
                warn!(%error, "abandoning a job failed, the next start resumes it");
            }
        }
    }
}
