//! `/my-data`.

use tracing::warn;

use crate::{
    bot::{Context, command_error::CommandError, invoker::Invoker},
    delivery::ExportResponse,
    discord_api::{InteractionResponse, Message, Priority},
    domain::{MessageAccess, Place},
    jobs::ExportError,
    messages::{forget_question, text},
};

/// The most files of an export: no database that is kept in order has so many songs of one person.
const FILES: u32 = 25;

/// How often an interaction can be answered once more where only a user has installed the bot
/// (Discord docs, Interactions > Receiving and Responding > Followup Messages).
const FOLLOW_UPS: u32 = 5;

/// See or erase what this bot knows about you
#[poise::command(
    slash_command,
    rename = "my-data",
    subcommands("export", "forget"),
    subcommand_required,
    install_context = "Guild|User",
    interaction_context = "Guild|BotDm|PrivateChannel"
)]
#[expect(clippy::unused_async, reason = "poise wants it so")]
pub(in crate::bot) async fn my_data(_: Context<'_>) -> Result<(), CommandError> {
    // Discord offers the subcommands only.
    Err(CommandError::NoSubcommand)
}

/// Get everything that this bot knows about your songs, as a file
#[poise::command(slash_command)]
async fn export(context: Context<'_>) -> Result<(), CommandError> {
    let state = context.framework.user_data().await;
    let invoker = Invoker::of_command(context.interaction);
    // Files may take longer than a response may.
    if !state.begin_response(&invoker, &InteractionResponse::Defer).await {
        return Ok(());
    }
    let Place { application, attachment_limit: limit, access, .. } = invoker.place;
    let files = match access {
        MessageAccess::Channel => FILES,
        MessageAccess::TokenOnly => FOLLOW_UPS + 1,
    };
    let to = ExportResponse { application, token: &invoker.token, limit, files };
    if let Err(error) = state.jobs.export(invoker.user, to).await {
        warn!(%error, "sending a data export failed");
        let told = Message::text(match error {
            ExportError::Store(_) => text::STORAGE_TROUBLE,
            ExportError::Stopping => text::STOPPING,
            _ => text::NOT_EXPORTED,
        });
        // There is no other way to tell them.
        _ = state
            .discord
            .edit_original_response(&invoker.place, &invoker.token, &told, Priority::High)
            .await;
    }
    Ok(())
}

/// Make this bot forget what your songs were
#[poise::command(slash_command)]
async fn forget(context: Context<'_>) -> Result<(), CommandError> {
    let state = context.framework.user_data().await;
    let invoker = Invoker::of_command(context.interaction);
    state.respond(&invoker, &InteractionResponse::Message(forget_question())).await;
    Ok(())
}
