//! `/song`.

use crate::{
    bot::{
        Context,
        command_error::{CommandError, in_time},
        commands::songs::suggested,
        invoker::Invoker,
    },
    messages::suggestions::meant_prompt,
};

/// Make a song from a few words
#[poise::command(
    slash_command,
    install_context = "Guild|User",
    interaction_context = "Guild|BotDm|PrivateChannel"
)]
pub(in crate::bot) async fn song(
    context: Context<'_>,
    #[description = "What the song should be like: style, mood, topic"]
    #[min_length = 1]
    #[max_length = 1000]
    #[autocomplete = "suggested"]
    prompt: String,
) -> Result<(), CommandError> {
    let state = context.framework.user_data().await;
    let invoker = Invoker::of_command(context.interaction);
    // A suggestion may stand for a prompt of theirs. Nobody else's is found by it.
    let meant = match meant_prompt(&prompt) {
        Some(job) => in_time(state.jobs.own(invoker.user, job)).await?,
        None => None,
    };
    let prompt = meant.as_ref().map_or(prompt.as_str(), |job| job.prompt.as_str());
    state.request_song(&invoker, prompt, None).await
}
