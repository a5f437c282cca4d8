//! A new job: checked, charged, written down and answered.

use std::{sync::Arc, time::Duration};

use tokio::time::{Instant, timeout};
use tracing::{info, warn};

use super::{
    Jobs,
    worker::{StepError, Worker},
};
use crate::{
    delivery::{ANSWER_PAUSE, ANSWER_RETRIES, DiscordError, Message},
    domain::{
        Event, FirstAnswer, Job, JobId, Place, Prompt, Refusal, Requester, RoleId, State, UserId,
    },
    store::{Admission, StoreError},
};

/// A first answer is due within 3 seconds (Discord docs, Receiving and Responding); after this long
/// none will arrive any more.
const ANSWER_WINDOW: Duration = Duration::from_secs(4);
/// Of the 3 seconds, this much may go into writing the job down. The rest is for the answer.
const ADMISSION: Duration = Duration::from_millis(1500);

/// Somebody asks for a song.
#[derive(Clone, Debug)]
pub struct Ask {
    /// The interaction with which they ask.
    pub interaction: JobId,
    /// Who.
    pub requester: UserId,
    /// The roles that they hold there.
    pub roles: Vec<RoleId>,
    /// Where.
    pub place: Place,
    /// For what.
    pub prompt: Prompt,
}

/// Why there is no new job. Nothing was charged, and nobody was answered yet.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// A limit has no room.
    #[error("a limit has no room")]
    Refused(Refusal),
    /// The job could not be written down.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Discord would not show the answer, which holds the prompt.
    #[error("Discord would not show the answer")]
    NotShown,
    /// It could not be written down in time for an answer.
    #[error("the job was not written down in time")]
    Late,
}

impl Jobs {
    /// Takes on a new job and answers whoever asked for it. An interaction that was seen before is
    /// left to the job that it already made.
    ///
    /// # Errors
    /// When the job is refused, or can't be written down.
    pub async fn ask(self: &Arc<Self>, ask: Ask) -> Result<(), AskError> {
        self.clock.hear(ask.interaction);
        let round = self.line.take_round(ask.requester);
        let job = Job::accepted(ask.interaction, ask.requester, ask.place, ask.prompt, round);
        let admission = self.admit(&job, ask.roles).await;
        if !matches!(admission, Ok(Admission::Accepted)) {
            self.line.give_round_back(&job);
        }
        match admission? {
            Admission::Accepted => {}
            Admission::Known => return Ok(()),
            Admission::Refused(refusal) => return Err(AskError::Refused(refusal)),
        }
        info!(job = %job.id, requester = %job.requester, "a song was asked for");
        let message = self.render(&job);
        let (answer, error) = self.answer(&job, &message).await;
        let job = match job.answered(answer, self.clock.now()) {
            Some(event) => self.first_step(job, event).await,
            None => job,
        };
        let withdrawn = job.state == State::Withdrawn;
        if withdrawn {
            self.line.give_round_back(&job);
        }
        self.take_on(job, Some(&message));
        match error {
            Some(DiscordError::Refused { .. }) if withdrawn => Err(AskError::NotShown),
            _ => Ok(()),
        }
    }

    /// Checks, charges and writes down, within the time that a person can be answered. If that is
    /// not enough and the job is written down all the same, it is withdrawn again.
    async fn admit(self: &Arc<Self>, job: &Job, roles: Vec<RoleId>) -> Result<Admission, AskError> {
        let (jobs, late) = (Arc::clone(self), job.clone());
        let mut admission = self.tasks.spawn(async move {
            let requester = Requester { roles: &roles, in_guild: late.place.guild.is_some() };
            jobs.write_new(&late, &requester).await
        });
        if let Ok(admission) = timeout(ADMISSION, &mut admission).await {
            return Ok(admission.map_err(|_panicked| AskError::Late)??);
        }
        let (jobs, job) = (Arc::clone(self), job.clone());
        self.tasks.spawn(async move {
            if let Ok(Ok(Admission::Accepted)) = admission.await {
                // As often as it takes: nobody else takes care of this job.
                let noted = jobs.worker(job, None).note(Event::AnswerFailed).await;
                if let Err(error) = noted {
                    warn!(%error, "a job that was written down too late is not withdrawn yet");
                }
            }
        });
        Err(AskError::Late)
    }

    /// Gives the first answer, within the time that there is for it. Where its fate is unknown,
    /// the job's task finds that out.
    async fn answer(&self, job: &Job, message: &Message) -> (FirstAnswer, Option<DiscordError>) {
        let Some(token) = &job.place.token else { return (FirstAnswer::Missing, None) };
        let (began, mut one_may_stand) = (Instant::now(), false);
        loop {
            let result = self.discord.answer(job.id, token, message).await;
            let answer = FirstAnswer::from(&result);
            match result {
                Ok(_) => return (answer, None),
                Err(error) if error.is_passing() && began.elapsed() < ANSWER_RETRIES => {
                    warn!(job = %job.id, %error, "a first answer did not get through; once more");
                    one_may_stand |= matches!(error, DiscordError::Unknown { .. });
                    tokio::time::sleep(ANSWER_PAUSE).await;
                }
                Err(error) => {
                    warn!(job = %job.id, %error, "a first answer did not get through");
                    let answer = if one_may_stand { answer.after_unknown() } else { answer };
                    return (answer, Some(error));
                }
            }
        }
    }

    /// Writes down what came of the first answer. If that fails, the job stays accepted, and its
    /// task looks the answer up.
    async fn first_step(&self, job: Job, event: Event) -> Job {
        let Some(next) = job.after(event) else { return job };
        match self.write(&job, &next).await {
            Ok(true) => next,
            Ok(false) => job,
            Err(error) => {
                warn!(job = %job.id, %error, "a first answer could not be written down");
                job
            }
        }
    }
}

impl Worker {
    /// Finds out whether the first answer stands. Nothing is submitted before it does.
    pub(super) async fn find_answer(&mut self) -> Result<(), StepError> {
        let look = self.jobs.postman.find_first_answer(&self.job);
        let result = self.unless_stopping(look).await?;
        let (answer, now) = (FirstAnswer::from(&result), self.jobs.clock.now());
        // An answer that is still on its way must not arrive after the job was withdrawn. No clock
        // is asked how old the job is: it was there when this task began.
        let still_open = ANSWER_WINDOW.saturating_sub(self.watched_since.elapsed());
        if matches!(answer, FirstAnswer::Missing | FirstAnswer::Deleted) && !still_open.is_zero() {
            return self.sleep(still_open).await;
        }
        match (self.job.answered(answer, now), result) {
            (Some(event), Ok(_)) => self.note(event).await,
            (Some(event), Err(error)) => {
                info!(%error, "no first answer was found; nothing is submitted");
                self.note(event).await
            }
            (None, Err(error)) => Err(error.into()),
            (None, Ok(_)) => Ok(()),
        }
    }
}
