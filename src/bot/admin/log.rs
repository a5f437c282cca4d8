//! `/admin stats` and `/admin log`.

use super::{Admin, DAY, MONTH, log_entry, page_of, server};
use crate::{
    bot::{
        Context,
        command_error::{CommandError, in_time},
    },
    domain::{Listed, Scope},
    messages::panels::{self, LOG_PAGE, LogEntry},
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
    let jobs = &admin.state.jobs;
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
    #[max = 100_000]
    page: Option<i64>,
    #[description = "In every server: for the bot's owner"] everywhere: Option<bool>,
) -> Result<(), CommandError> {
    let admin = Admin::of(context).await?;
    let scope = admin.scope(everywhere).await?;
    let jobs = &admin.state.jobs;
    let (actions, cancelled) = in_time(async {
        let actions = jobs.store().audit_log(server(scope), page_of(LOG_PAGE, page)).await?;
        let mut cancelled = Vec::new();
        for entry in &actions.items {
            cancelled.push(jobs.cancelled_by(entry).await?);
        }
        Ok((actions, cancelled))
    })
    .await?;
    let names = admin.names(scope == Scope::Everywhere).await;
    let entries = actions.items.into_iter().zip(cancelled);
    let with_circumstances =
        |(entry, cancelled)| LogEntry { cancelled, ..log_entry(entry, names.as_deref()) };
    let entries = entries.map(with_circumstances).collect();
    admin
        .show(panels::log(&Listed { items: entries, total: actions.total, page: actions.page }))
        .await;
    Ok(())
}
