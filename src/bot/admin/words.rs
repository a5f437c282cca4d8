//! `/admin words`.

use super::{Admin, page_of};
use crate::{
    bot::{
        Context,
        command_error::{CommandError, in_time},
    },
    domain::{AdminAction, BlockedWord},
    messages::{
        panels::{self, WORDS_PAGE},
        text::admin as say,
    },
};

/// Words that no prompt may contain
#[poise::command(slash_command, subcommands("add", "remove", "list"))]
#[expect(clippy::unused_async, reason = "poise wants it")]
pub(super) async fn words(_: Context<'_>) -> Result<(), CommandError> {
    Err(CommandError::NoSubcommand)
}

/// Block a word, in its usual disguises too
#[poise::command(slash_command)]
async fn add(
    context: Context<'_>,
    #[description = "One whole word, without spaces"]
    #[max_length = 60]
    word: String,
    #[description = "In every server and in direct messages: for the bot's owner"]
    everywhere: Option<bool>,
) -> Result<(), CommandError> {
    let admin = Admin::of(context).await?;
    let scope = admin.scope(everywhere).await?;
    admin.perform(AdminAction::AddWord(parse(&word)?), scope, None).await
}

/// Allow a word again
#[poise::command(slash_command)]
async fn remove(
    context: Context<'_>,
    #[description = "The word"]
    #[max_length = 60]
    word: String,
    #[description = "Of those blocked everywhere: for the bot's owner"] everywhere: Option<bool>,
) -> Result<(), CommandError> {
    let admin = Admin::of(context).await?;
    let scope = admin.scope(everywhere).await?;
    admin.perform(AdminAction::RemoveWord(parse(&word)?), scope, None).await
}

/// See the blocked words
#[poise::command(slash_command)]
async fn list(
    context: Context<'_>,
    #[description = "Which page of the list"]
    #[min = 1]
    #[max = 100_000]
    page: Option<i64>,
    #[description = "Those blocked everywhere: for the bot's owner"] everywhere: Option<bool>,
) -> Result<(), CommandError> {
    let admin = Admin::of(context).await?;
    let scope = admin.scope(everywhere).await?;
    let words =
        in_time(admin.state.jobs.store().blocked_words(scope, page_of(WORDS_PAGE, page))).await?;
    admin.show(panels::words(&words)).await;
    Ok(())
}

fn parse(word: &str) -> Result<BlockedWord, CommandError> {
    BlockedWord::parse(word).map_err(|error| CommandError::declined(say::bad_word(error)))
}
