//! `/admin stats` and `/admin log`.

use super::{Admin, DAY, MONTH, page_of, server};
use crate::{
    delivery::panels::{self, LOG_PAGE},
    discord::{
        Context,
        errors::{CommandError, in_time},
    },
};

/// How many people are named who had the most songs made.
const TOP: u32 = 5;

/// See how many songs were made, how long they took, and for whom
#[poise::command(slash_command)]
pub(super) async fn stats(
    context: Context<'_>,
    #[description = "Of every server and direct messages: for the bot's owner"] everywhere: Option<
        bool,
    >,
) -> Result<(), CommandError> {
    let admin = Admin::of(context).await?;
    let guild = server(admin.scope(everywhere).await?);
    let jobs = &admin.front.jobs;
    let (day, month) = in_time(async {
        Ok((jobs.stats(guild, DAY, TOP).await?, jobs.stats(guild, MONTH, TOP).await?))
    })
    .await?;
    admin.show(panels::stats(&day, &month)).await;
    Ok(())
}

/// See what admins did
#[poise::command(slash_command)]
pub(super) async fn log(
    context: Context<'_>,
    #[description = "Which page, the latest being 1"]
    #[min = 1]
    page: Option<u32>,
    #[description = "In every server: for the bot's owner"] everywhere: Option<bool>,
) -> Result<(), CommandError> {
    let admin = Admin::of(context).await?;
    let guild = server(admin.scope(everywhere).await?);
    let acts = in_time(admin.front.jobs.acts(guild, page_of(LOG_PAGE, page))).await?;
    admin.show(panels::log(&acts)).await;
    Ok(())
}
