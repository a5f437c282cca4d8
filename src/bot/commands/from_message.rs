//! "Make a song of this", in a message's menu.

use serde_json::Value;

use crate::{
    bot::{
        BotState, Context,
        command_error::{CommandError, in_time},
        commands::message_text,
        invoker::Invoker,
    },
    discord_api::InteractionResponse,
    domain::{Action, ApplicationId, JobId},
    messages::{prompt_form, text},
};

/// The message in whose menu a command was used, as Discord sent it: serenity's model of it lacks
/// what newer messages consist of. Commands get it as their invocation data.
#[derive(Debug, Default)]
pub(in crate::bot) struct TargetMessage(Value);

impl TargetMessage {
    /// The one of an interaction; an empty one where there is none.
    pub(in crate::bot) fn of(interaction: &Value) -> Self {
        let target = || {
            let data = interaction.get("data")?;
            let id = data.get("target_id")?;
            let id = id.as_str().map_or_else(|| id.to_string(), str::to_owned);
            data.get("resolved")?.get("messages")?.get(id).cloned()
        };
        Self(target().unwrap_or_default())
    }

    /// The job that a message of this bot's own is about: its buttons name it. While a song is being
    /// made there are none, and the message answers the interaction whose id the job has.
    fn own_job(&self, state: &BotState, application: ApplicationId) -> Option<OwnJob> {
        let id = |path| -> Option<u64> { self.0.pointer(path)?.as_str()?.parse().ok() };
        if !state.is_own(application, id("/application_id"), id("/author/id")) {
            return None;
        }
        let rows = self.0.get("components").and_then(Value::as_array).into_iter().flatten();
        let buttons = rows.filter_map(|row| row.get("components")?.as_array()).flatten();
        let mut ids = buttons.filter_map(|button| button.get("custom_id")?.as_str());
        let named = ids.find_map(|id| match Action::parse(id)? {
            Action::Again(job) | Action::Edit(job) | Action::Cancel { job, .. } => Some(job),
            _ => None,
        });
        let answered = || id("/interaction_metadata/id").map(JobId);
        named.map(OwnJob::Named).or_else(|| answered().map(OwnJob::Answered))
    }
}

/// The job that a message of the bot's own is about.
#[derive(Clone, Copy, Debug)]
enum OwnJob {
    /// Surely.
    Named(JobId),
    /// If the interaction that the message answers asked for a song.
    Answered(JobId),
}

/// Opens a form with the message's text as the prompt, to be adjusted before a song is asked for.
/// Its name is [`MAKE_SONG_OF_THIS`](crate::messages::text::MAKE_SONG_OF_THIS).
#[poise::command(
    context_menu_command = "Make a song of this",
    install_context = "Guild|User",
    interaction_context = "Guild|BotDm|PrivateChannel"
)]
pub(in crate::bot) async fn song_of_this(
    context: Context<'_>,
    message: serenity::all::Message,
) -> Result<(), CommandError> {
    let state = context.framework.user_data().await;
    let invoker = Invoker::of_command(context.interaction);
    // Nobody should write a prompt in vain.
    state.check(&invoker)?;
    let carried = context.invocation_data.lock().await;
    let (job, text) = match carried.downcast_ref::<TargetMessage>() {
        Some(target) => {
            (target.own_job(state, invoker.place.application), message_text::text(&target.0))
        }
        None => (None, Some(message.content)),
    };
    drop(carried);
    let job = match job {
        Some(OwnJob::Named(id)) => {
            let job = in_time(state.jobs.store().job(id)).await?;
            // What else its message says is no prompt.
            Some(job.ok_or(CommandError::declined(text::SONG_FORGOTTEN))?)
        }
        Some(OwnJob::Answered(id)) => in_time(state.jobs.store().job(id)).await?,
        None => None,
    };
    let prompt = job.map(|job| job.prompt.as_str().to_owned()).or(text);
    let prompt = prompt.ok_or(CommandError::declined(text::NOTHING_TO_READ))?;
    let action = Action::Compose { origin: None, access: invoker.place.access };
    state.respond(&invoker, &InteractionResponse::Modal(prompt_form(action, &prompt))).await;
    Ok(())
}
