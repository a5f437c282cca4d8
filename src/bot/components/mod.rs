//! Buttons and forms. They are answered from what their `custom_id` says, so that they work after a
//! restart; whether somebody may use them is decided at each click.
//!
//! A modified client may send any `custom_id` with any message. So a button does something only if
//! it is on the clicked message, and that message is the bot's own: the person who sees it may read the
//! prompt on it, and what a click changes or deletes is that message alone.

mod deletion;
mod pending_deletions;

use std::{panic::AssertUnwindSafe, time::Duration};

use futures_util::FutureExt;
use serenity::all::{
    ActionRowComponent, ApplicationId, ButtonKind, ComponentInteraction, Interaction,
    Message as DiscordMessage, ModalInteraction, ModalInteractionData,
};
use tokio::time::Instant;
use tracing::{error, info};

pub use pending_deletions::PendingDeletions;

use crate::{
    bot::{
        BotState,
        command_error::{CommandError, in_time},
        commands::quota::quota_of,
        invoker::Invoker,
    },
    discord_api::{InteractionResponse, Message},
    domain::{Action, Cancellation, Canceller, Job, JobId, MessageAccess, MessageId, State},
    jobs::CancelOutcome,
    messages::{PROMPT_INPUT, prompt_form, text},
};

/// Of the 3 seconds for a response, this much may go into writing down that a job is cancelled.
const TAKING_BACK: Duration = Duration::from_millis(1500);

/// Answers an interaction, if it is with a button or a form; `false` if it is another's to answer.
/// Poise knows neither, so errors and panics end here.
pub(super) async fn handle(state: &BotState, interaction: &Interaction) -> bool {
    let (invoker, custom_id) = match interaction {
        Interaction::Component(click) => (Invoker::of_click(click), click.data.custom_id.as_str()),
        Interaction::Modal(form) => {
            let access = match Action::parse(&form.data.custom_id) {
                Some(Action::Compose { access, .. }) => access,
                _ => MessageAccess::TokenOnly,
            };
            (Invoker::of_form(form, access), form.data.custom_id.as_str())
        }
        _ => return false,
    };
    let components = Components { state, invoker: &invoker };
    let work = async {
        match (Action::parse(custom_id), interaction) {
            (Some(action), Interaction::Component(click)) => components.click(action, click).await,
            (Some(action), Interaction::Modal(form)) => components.form(action, form).await,
            (_, Interaction::Modal(_)) => Err(unknown_form()),
            _ => {
                info!("somebody clicked a button that this bot doesn't know");
                Err(CommandError::declined(text::UNKNOWN_BUTTON))
            }
        }
    };
    let sentence = match AssertUnwindSafe(work).catch_unwind().await {
        Ok(Ok(())) => return true,
        Ok(Err(error)) => error.reported(),
        Err(_panic) => {
            // The panic's own message may hold anything; the panic hook has printed it.
            error!("component handler panicked");
            text::UNFORESEEN.into()
        }
    };
    state.reply_ephemeral(&invoker, &sentence).await;
    true
}

/// A click or a sent form, and what answers it.
pub(super) struct Components<'a> {
    pub(super) state: &'a BotState,
    pub(super) invoker: &'a Invoker,
}

impl Components<'_> {
    async fn click(
        &self,
        action: Action,
        click: &ComponentInteraction,
    ) -> Result<(), CommandError> {
        if !self.has_button(&click.message, &click.data.custom_id) {
            info!(user = %self.invoker.user, "a click on a button that is not on its message");
            return Err(self.not_there(action).await);
        }
        match action {
            Action::Again(id) => {
                let job = self.job(id).await?;
                self.state.request_song(self.invoker, job.prompt.as_str(), Some(id)).await
            }
            Action::Edit(id) => self.open_form(&self.job(id).await?).await,
            Action::Delete(id) => {
                let job = in_time(self.state.jobs.store().job(id)).await?;
                let job = job.ok_or(CommandError::declined(text::OWNER_FORGOTTEN))?;
                self.ask_to_delete(&job, click).await
            }
            Action::DeleteNow { job, message } => self.delete(job, message).await,
            Action::CancelOwn(id) => self.cancel_own(&self.job(id).await?, click).await,
            Action::Cancel { job, .. } => self.cancel(&self.job(job).await?, click).await,
            Action::Songs { page, search } => {
                let listing = self.state.jobs.listing(self.invoker.user, &search, page);
                let shown = in_time(listing).await?;
                self.state.respond(self.invoker, &InteractionResponse::Update(shown)).await;
                Ok(())
            }
            Action::Forget => self.forget().await,
            Action::Compose { .. } => Err(CommandError::declined(text::UNKNOWN_BUTTON)),
        }
    }

    /// What is wrong with a click on a button that is not on its message.
    async fn not_there(&self, action: Action) -> CommandError {
        if let Action::Cancel { job: id, .. } | Action::CancelOwn(id) = action
            && let Ok(Some(job)) = in_time(self.state.jobs.store().job(id)).await
            && self.invoker.may_cancel(&job)
            && !matches!(job.state, State::Accepted | State::Announced)
        {
            // The message has moved on while they clicked.
            return CommandError::declined(text::TOO_LATE_TO_CANCEL);
        }
        CommandError::declined(text::UNKNOWN_BUTTON)
    }

    async fn form(&self, action: Action, form: &ModalInteraction) -> Result<(), CommandError> {
        let (Action::Compose { origin, .. }, Some(prompt)) = (action, typed(&form.data)) else {
            return Err(unknown_form());
        };
        // A form that was made up gives its sender what `/song` would. Which job it began with is
        // believed only where it was opened by that job's button; the message may be gone by now.
        let opened_by = |origin: &JobId| {
            let button = Action::Edit(*origin).custom_id();
            let message = form.message.as_deref();
            message.is_some_and(|message| self.has_button(message, &button))
        };
        self.state.request_song(self.invoker, prompt, origin.filter(opened_by)).await
    }

    /// Whether a message of the bot's own has this button, which can be clicked. serenity reads
    /// buttons in rows; those that are nested otherwise come in rows from
    /// `gateway::partial_interaction`.
    fn has_button(&self, message: &DiscordMessage, custom_id: &str) -> bool {
        let application = message.application_id.map(ApplicationId::get);
        let ours = self.invoker.place.application;
        let is_own = self.state.is_own(ours, application, Some(message.author.id.get()));
        let mut components = message.components.iter().flat_map(|row| &row.components);
        is_own
            && components.any(|component| match component {
                ActionRowComponent::Button(button) => {
                    !button.disabled
                        && matches!(&button.data, ButtonKind::NonLink { custom_id: id, .. } if id == custom_id)
                }
                _ => false,
            })
    }

    pub(super) async fn job(&self, id: JobId) -> Result<Job, CommandError> {
        let job = in_time(self.state.jobs.store().job(id)).await?;
        job.ok_or(CommandError::declined(text::SONG_FORGOTTEN))
    }

    async fn open_form(&self, job: &Job) -> Result<(), CommandError> {
        let action = Action::Compose { origin: Some(job.id), access: self.invoker.place.access };
        let form = prompt_form(action, job.prompt.as_str());
        self.state.respond(self.invoker, &InteractionResponse::Modal(form)).await;
        Ok(())
    }

    async fn cancel(&self, job: &Job, click: &ComponentInteraction) -> Result<(), CommandError> {
        check(self.invoker.may_cancel(job))?;
        let response = async |news: Option<Message>| {
            let shows_it = news.is_some();
            let reply = news.map_or(InteractionResponse::Acknowledge, InteractionResponse::Update);
            let answered = self.state.try_respond(self.invoker, &reply).await.is_ok();
            (answered && shows_it).then_some(message(click))
        };
        let (cancellation, until) = (Cancellation::by(self.canceller(job)), deadline());
        told(self.state.jobs.cancel(job.id, cancellation, until, response).await?)
    }

    /// Cancels a song of theirs that waits, from the list of what they have under way.
    async fn cancel_own(
        &self,
        job: &Job,
        click: &ComponentInteraction,
    ) -> Result<(), CommandError> {
        check(self.invoker.user == job.requester)?;
        let response = async |news: Option<Message>| {
            let panel = match quota_of(self.state, self.invoker).await {
                Ok(panel) => panel.for_one(text::CANCELLED_HERE),
                Err(_unreadable) => Message::text(text::CANCELLED_HERE),
            };
            let answered = self
                .state
                .try_respond(self.invoker, &InteractionResponse::Update(panel))
                .await
                .is_ok();
            // Where its own message is out of reach, this is where they see it.
            (answered && news.is_some()).then_some(message(click))
        };
        let cancellation = Cancellation::by(Canceller::Requester);
        told(self.state.jobs.cancel(job.id, cancellation, deadline(), response).await?)
    }

    fn canceller(&self, job: &Job) -> Canceller {
        let person = self.invoker.user;
        if person == job.requester { Canceller::Requester } else { Canceller::Moderator(person) }
    }

    /// Forgets the songs of the person who clicks, whatever message the button stands on.
    async fn forget(&self) -> Result<(), CommandError> {
        let erasure = in_time(self.state.jobs.forget_person(self.invoker.user)).await?;
        let done = Message::text(text::forgotten(erasure.erased, erasure.kept)).ephemeral();
        self.state.respond(self.invoker, &InteractionResponse::Update(done)).await;
        Ok(())
    }
}

fn unknown_form() -> CommandError {
    info!("somebody sent a form that this bot doesn't know");
    CommandError::declined(text::UNKNOWN_FORM)
}

fn deadline() -> Instant {
    Instant::now() + TAKING_BACK
}

/// Who clicked has seen that a song is cancelled; otherwise they are told why it is not.
fn told(outcome: CancelOutcome) -> Result<(), CommandError> {
    match outcome {
        CancelOutcome::Cancelled | CancelOutcome::Ended => Ok(()),
        CancelOutcome::TooLate => Err(CommandError::declined(text::TOO_LATE_TO_CANCEL)),
        CancelOutcome::Remembered { .. } => Err(CommandError::declined(text::CANCEL_REMEMBERED)),
        CancelOutcome::NotFound => Err(CommandError::declined(text::SONG_FORGOTTEN)),
        CancelOutcome::TimedOut => Err(CommandError::TimedOut),
    }
}

pub(super) fn check(may: bool) -> Result<(), CommandError> {
    if may { Ok(()) } else { Err(CommandError::declined(text::NOT_YOURS)) }
}

pub(super) fn message(click: &ComponentInteraction) -> MessageId {
    MessageId(click.message.id.get())
}

/// The prompt that stands in a form.
fn typed(form: &ModalInteractionData) -> Option<&str> {
    form.components.iter().flat_map(|row| &row.components).find_map(|component| match component {
        ActionRowComponent::InputText(input) if input.custom_id == PROMPT_INPUT => {
            input.value.as_deref()
        }
        _ => None,
    })
}
