//! A new job: checked, charged, written down and answered.

use std::{sync::Arc, time::Duration};

use tokio::time::{Instant, timeout};
use tracing::{info, warn};

use super::{
    Jobs,
    worker::{StepError, Worker},
};
use crate::{
    delivery::{DiscordError, Message, Posted},
    domain::{Event, Job, JobId, Place, Prompt, Reach, Refusal, Requester, RoleId, UserId},
    store::{Admission, StoreError},
};

/// For how long Discord takes a first answer (Discord docs, Receiving and Responding).
const ANSWERABLE: Duration = Duration::from_secs(3);
/// Of these, this much may go into writing the job down,
const ADMISSION: Duration = Duration::from_millis(1500);
/// and for this long an answer that did not get through is tried again, with a pause between.
const RETRIES: Duration = Duration::from_secs(1);
const PAUSE: Duration = Duration::from_millis(200);

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
        let answered = self.answer(&job, &message).await;
        let job = match answered {
            Some(event) => self.first_step(job, event).await,
            None => job,
        };
        self.take_on(job, Some(&message));
        Ok(())
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
                let job = jobs.first_step(job, Event::AnswerFailed).await;
                // Should that not have been written down, the job's task sees to it.
                jobs.take_on(job, None);
            }
        });
        Err(AskError::Late)
    }

    /// Gives the first answer. `None` where its fate is unknown: the job's task finds that out.
    async fn answer(&self, job: &Job, message: &Message) -> Option<Event> {
        let token = job.place.token.as_ref()?;
        let began = Instant::now();
        let mut may_stand = false;
        loop {
            match self.discord.answer(job.id, token, message).await {
                Ok(posted) => return Some(stands(job, posted)),
                // Should an earlier try have got through, Discord will say so.
                Err(error) if error.is_passing() && began.elapsed() < RETRIES => {
                    warn!(job = %job.id, %error, "a first answer did not get through; once more");
                    may_stand |= matches!(error, DiscordError::Unknown { .. });
                    tokio::time::sleep(PAUSE).await;
                }
                Err(error) => {
                    warn!(job = %job.id, %error, "a first answer did not get through");
                    may_stand |= error.is_passing() || error == DiscordError::AlreadyAnswered;
                    return (!may_stand).then_some(Event::AnswerFailed);
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
        let look = self.jobs.postman.find_first_answer(&self.job, self.jobs.clock.now());
        if let Some(posted) = self.unless_stopping(look).await?? {
            return self.note(stands(&self.job, posted)).await;
        }
        // An answer may still be on its way, from before this task began.
        let may_come = ANSWERABLE.saturating_sub(self.watched_since.elapsed());
        if may_come > Duration::ZERO {
            return self.sleep(may_come).await;
        }
        info!("the first answer does not stand; the job is withdrawn");
        self.note(Event::AnswerFailed).await
    }
}

/// The first answer stands. A message that only its requester sees is out of the bot's reach.
fn stands(job: &Job, posted: Posted) -> Event {
    let reach = if posted.ephemeral { Reach::TokenOnly } else { job.place.reach };
    Event::AnswerStands { message: posted.message, reach }
}
