//! `/my-data`.

use super::{Context, asker::Asker, errors::CommandError};
use crate::delivery::{Reply, forget_question};

/// See or erase what this bot knows about you
#[poise::command(
    slash_command,
    rename = "my-data",
    subcommands("forget"),
    subcommand_required,
    install_context = "Guild|User",
    interaction_context = "Guild|BotDm|PrivateChannel"
)]
#[expect(clippy::unused_async, reason = "poise wants it so")]
pub(super) async fn my_data(_: Context<'_>) -> Result<(), CommandError> {
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
