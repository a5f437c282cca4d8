//! `/my-data`.

use tracing::warn;

use super::{
    Context,
    asker::Asker,
    errors::{CommandError, in_time},
};
use crate::delivery::{Message, Reply, Urgency, forget_question, sentences};

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
pub(super) async fn my_data(_: Context<'_>) -> Result<(), CommandError> {
    Ok(())
}

/// Get everything that this bot knows about your songs, as a file
#[poise::command(slash_command)]
async fn export(context: Context<'_>) -> Result<(), CommandError> {
    let front = context.framework.user_data().await;
    let asker = Asker::of_command(context.interaction);
    let data = in_time(front.jobs.export(asker.user, asker.place.attachment_limit)).await?;
    // A file may take longer than an answer may.
    if !front.begin(&asker, &Reply::Wait).await {
        return Ok(());
    }
    let application = asker.place.application;
    if let Err(error) = front.discord.hand_over(application, &asker.token, data).await {
        warn!(%error, "somebody's data did not get through");
        let told = Message::text(sentences::NOT_EXPORTED);
        // There is no other way to tell them.
        _ = front.discord.edit_answer(application, &asker.token, &told, Urgency::Needed).await;
    }
    Ok(())
}

/// Make this bot forget what your songs were
#[poise::command(slash_command)]
async fn forget(context: Context<'_>) -> Result<(), CommandError> {
    let front = context.framework.user_data().await;
    let asker = Asker::of_command(context.interaction);
    front.answer(&asker, &Reply::Message(forget_question())).await;
    Ok(())
}
