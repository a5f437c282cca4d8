//! `/notify`.

use crate::{
    bot::{
        Context,
        command_error::{CommandError, in_time},
        invoker::Invoker,
    },
    messages::text,
};

/// Choose whether I tell you when a song of yours is ready
#[poise::command(
    slash_command,
    install_context = "Guild|User",
    interaction_context = "Guild|BotDm|PrivateChannel",
    subcommands("on", "off")
)]
#[expect(clippy::unused_async, reason = "poise wants it; only the subcommands are used")]
pub(in crate::bot) async fn notify(_context: Context<'_>) -> Result<(), CommandError> {
    // Discord offers the subcommands only.
    Err(CommandError::NoSubcommand)
}

/// Tell me when a song of mine is ready
#[poise::command(slash_command)]
async fn on(context: Context<'_>) -> Result<(), CommandError> {
    choose(context, true).await
}

/// Don't tell me when a song of mine is ready
#[poise::command(slash_command)]
async fn off(context: Context<'_>) -> Result<(), CommandError> {
    choose(context, false).await
}

async fn choose(context: Context<'_>, wanted: bool) -> Result<(), CommandError> {
    let state = context.framework.user_data().await;
    let invoker = Invoker::of_command(context.interaction);
    in_time(state.jobs.store().choose_notice(invoker.user, wanted)).await?;
    let sentence = match wanted {
        true if !state.jobs.tells_when_ready() => text::NOTICES_OFF_HERE,
        true => text::NOTICES_ON,
        false => text::NOTICES_OFF,
    };
    state.reply_ephemeral(&invoker, sentence).await;
    Ok(())
}
