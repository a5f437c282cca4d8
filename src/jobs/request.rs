//! A new job: checked, charged, written down and answered.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tokio::time::{Instant, timeout_at};
use tracing::{Instrument, error, info, warn};

use super::{Jobs, supervise::InHand, times::ToldTimes, worker::StepError};
use crate::{
    discord_api::{AnswerTime, DiscordError, Message},
    domain::{
        Event, FirstAnswer, Job, JobId, Place, Prompt, Refusal, Requester, Restriction, RoleId,
        State, Step, UserId,
    },
    failpoint::{Moment, reach},
    store::{Admission, StoreError},
};

/// A first answer is due within 3 seconds (Discord docs, Receiving and Responding); after this long
/// none will arrive any more.
pub(super) const ANSWER_WINDOW: Duration = Duration::from_secs(4);
/// Of the 3 seconds, this much may go into writing the job down. The rest is for the answer.
const ADMISSION: Duration = Duration::from_millis(1500);

/// For how long a token surely lives: 15 minutes (Discord docs, Receiving and Responding), less what
/// passed on the way.
pub(super) const TOKEN_LIFETIME: Duration = Duration::from_mins(14);

/// A request for a song.
#[derive(Clone, Debug)]
pub struct SongRequest {
    /// The interaction with which they request.
    pub interaction: JobId,
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
    Refused(Refusal),
    /// An admin keeps it out.
    #[error("an admin keeps it out")]
    Restricted(Restriction),
    /// They clicked twice: the job of the first click is still under way.
    #[error("the same was asked for a moment ago")]
    Repeated,
    /// The job could not be written down.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Discord would not show the answer, which holds the prompt.
    #[error("Discord would not show the answer")]
    NotShown,
    /// The bot made a mistake before anything was written down.
    #[error("the request panicked")]
    Panicked,
    /// It could not be written down in time for an answer.
    #[error("the job was not written down in time")]
    Late,
}

impl Jobs {
    /// Takes on a new job and answers the person who asked for it. An interaction that was seen before is
    /// left to the job that it already made.
    ///
    /// # Errors
    /// When the job is refused, or can't be written down.
    pub async fn request(self: &Arc<Self>, request: SongRequest) -> Result<(), RequestError> {
        let (jobs, has_job) = (Arc::clone(self), Arc::new(AtomicBool::new(false)));
        let noted = Arc::clone(&has_job);
        // A task of its own: the person who asks may leave, and what panics leaves nothing behind.
        let taking_on = async move { jobs.admit_and_answer(request, &noted).await };
        match self.tasks.spawn(taking_on.in_current_span()).await {
            Ok(result) => result,
            // Its job has been taken up again, which finds out whether there is a first answer: a
            // second one now could be taken for it.
            Err(_) if has_job.load(Ordering::Relaxed) => {
                error!("a request for a song panicked, resuming its job");
                Ok(())
            }
            Err(_) => Err(RequestError::Panicked),
        }
    }

    async fn admit_and_answer(
        self: &Arc<Self>,
        request: SongRequest,
        has_job: &AtomicBool,
    ) -> Result<(), RequestError> {
        self.clock.observe(request.interaction);
        if !self.registry.enter(request.interaction) {
            return Ok(());
        }
        let round = self.queue.take_round(request.requester);
        let job = Job::accepted(
            request.interaction,
            request.requester,
            request.place,
            request.prompt,
            round,
        )
        .stemming_from(request.origin);
        let mut in_hand = InHand::new(self, &job);
        let until = Instant::now() + ADMISSION;
        let mut admission = self.admit(&job, request.roles.clone(), until).await;
        // A song whose message is deleted is not wanted, and must not stand in the way of this one.
        if matches!(admission, Ok(Admission::Refused(_) | Admission::Repeated))
            && self.cancel_unseen(job.requester, until).await
        {
            admission = self.admit(&job, request.roles, until).await;
        }
        let admission = match admission {
            Ok(admission) => admission,
            Err(error) => {
                in_hand.pass_on();
                return Err(error);
            }
        };
        match admission {
            Admission::Accepted => {}
            Admission::Known => return Ok(()),
            Admission::Repeated => return Err(RequestError::Repeated),
            Admission::Refused(refusal) => return Err(RequestError::Refused(refusal)),
            Admission::Restricted(restriction) => {
                return Err(RequestError::Restricted(restriction));
            }
        }
        in_hand.admitted();
        has_job.store(true, Ordering::Relaxed);
        info!(job = %job.id, requester = %job.requester, "song requested");
        let mut told = ToldTimes::default();
        let message = self.render_first(&job, self.queue.reserve(&job), &mut told);
        reach("answer", Moment::Before);
        let (answer, error) = self.answer(&job, &message).await;
        reach("answer", Moment::After);
        let job = match job.answered(answer, true) {
            Some(event) => self.first_step(job, event).await,
            None => job,
        };
        let abandoned = job.state == State::Abandoned;
        if abandoned {
            self.queue.return_round(&job);
        } else if job.next_step() != Step::TakeTurn {
            // Finding out whether the answer stands may take hours.
            self.queue.release(&job);
        }
        self.work_on(job, Some((&message, told)));
        in_hand.pass_on();
        match error {
            Some(error) if abandoned && error.is_rejection() => Err(RequestError::NotShown),
            _ => Ok(()),
        }
    }

    /// Checks, charges and writes down, within the time that a person can be answered. Should the
    /// job be written down all the same when it is late or said to have failed, it is abandoned.
    async fn admit(
        self: &Arc<Self>,
        job: &Job,
        roles: Vec<RoleId>,
        until: Instant,
    ) -> Result<Admission, RequestError> {
        let (jobs, late) = (Arc::clone(self), job.clone());
        let mut admission = self.tasks.spawn(async move {
            let requester = Requester { roles: &roles, in_guild: late.place.guild.is_some() };
            jobs.write_new(&late, &requester).await
        });
        let in_time = timeout_at(until, &mut admission).await;
        if let Ok(Ok(Ok(admission))) = in_time {
            return Ok(admission);
        }
        let over = in_time.is_ok();
        let (jobs, job) = (Arc::clone(self), job.clone());
        self.tasks.spawn(async move {
            let admission = if over { None } else { admission.await.ok().and_then(Result::ok) };
            match admission {
                None | Some(Admission::Accepted) => jobs.abandon(&job).await,
                Some(
                    Admission::Known
                    | Admission::Repeated
                    | Admission::Refused(_)
                    | Admission::Restricted(_),
                ) => {
                    jobs.let_go(&job);
                }
            }
        });
        match in_time {
            Ok(Ok(Err(error))) => Err(error.into()),
            _ => Err(RequestError::Late),
        }
    }

    /// Withdraws a job of which nobody was told, if it is written down. Nobody else takes care of
    /// it, so this is tried as often as it takes.
    async fn abandon(self: &Arc<Self>, job: &Job) {
        match self.worker(job.clone(), None).note(Event::AnswerFailed).await {
            Ok(()) => self.registry.leave(job.id),
            // It is not written down, or is a job of an earlier time.
            Err(StepError::Gone | StepError::Overtaken) => self.let_go(job),
            Err(error) => {
                warn!(job = %job.id, %error, "abandoning a job failed, the next start resumes it");
            }
        }
    }

    /// An interaction has made no job that anybody waits for.
    pub(super) fn let_go(&self, job: &Job) {
        self.queue.return_round(job);
        self.registry.leave(job.id);
    }

    /// How long an interaction can be answered.
    pub fn time_to_answer(&self, interaction: JobId) -> AnswerTime {
        AnswerTime::after(self.clock.now().since(interaction.created_at()))
    }

    /// Gives the first answer, within the time that there is for it. Where its fate is unknown,
    /// the job's task finds that out.
    async fn answer(
        self: &Arc<Self>,
        job: &Job,
        message: &Message,
    ) -> (FirstAnswer, Option<DiscordError>) {
        let Some(token) = &job.place.token else { return (FirstAnswer::Missing, None) };
        let answer = || self.discord.answer(job.id, token, job.place.channel, message);
        let mut one_may_stand = false;
        let failed = |error: &DiscordError| {
            warn!(job = %job.id, %error, "first response failed");
            one_may_stand |= error.may_be_carried_out();
            if *error == DiscordError::AnsweredElsewhere {
                self.answered_elsewhere(job.id);
            }
        };
        let result = self.time_to_answer(job.id).retry(answer, failed).await;
        let answer = FirstAnswer::from(&result);
        let Err(error) = result else {
            self.clock.observe_answered(job.id);
            return (answer, None);
        };
        let answer = match answer {
            answer if one_may_stand => answer.after_unknown(),
            _ if error.is_rejection() => FirstAnswer::Missing,
            answer => answer,
        };
        (answer, Some(error))
    }

    /// Writes down what came of the first answer. If that fails, the job stays accepted, and its
    /// task looks the answer up.
    async fn first_step(&self, job: Job, event: Event) -> Job {
        let Some(next) = job.after(event) else { return job };
        match self.write(&job, &next).await {
            Ok(true) => next,
            Ok(false) => job,
            Err(error) => {
                warn!(job = %job.id, %error, "recording the first response failed");
                job
            }
        }
    }
}
