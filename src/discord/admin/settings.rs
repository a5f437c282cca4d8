//! `/admin settings` and `/admin servers`.

use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use super::{Admin, page_of};
use crate::{
    delivery::{
        panels::{self, SERVERS_PAGE},
        sentences::admin as say,
    },
    discord::{
        Context,
        errors::{CommandError, in_time},
    },
    domain::{Listed, Quota, Setting, Source},
};

/// What a moderator needs to know: what limits their own server and its people.
const OF_MODERATORS: [&str; 3] = ["USER_QUOTA", "USER_CONCURRENCY", "GUILD_QUOTA"];

/// Of the 3 seconds for an answer, this much may go into asking who the owner is, and for the
/// servers.
const PATIENCE: Duration = Duration::from_secs(2);

/// See the settings in force, and where they come from
#[poise::command(slash_command)]
pub(super) async fn settings(context: Context<'_>) -> Result<(), CommandError> {
    let admin = Admin::of(context).await?;
    let is_owner = admin.is_owner().await?;
    let jobs = &admin.front.jobs;
    let (overrides, own_quotas) = in_time(async {
        let overrides = jobs.overrides(admin.asker.user, Some(admin.guild)).await?;
        // A person's quota holds in all servers, and so is the owner's to see.
        let own_quotas = if is_owner { Some(jobs.own_quotas().await?) } else { None };
        Ok((overrides, own_quotas))
    })
    .await?;
    let limits = jobs.settings_limits().with(&overrides);
    // What moderators have lowered counts only within what they were given.
    let lowered = limits.guild != jobs.settings_limits().guild;
    let is_overridden = overrides.server.is_some() || lowered;
    let is_shown = |setting: &&Setting| is_owner || OF_MODERATORS.contains(&setting.name);
    let shown = admin.front.settings.iter().filter(is_shown).cloned();
    let shown: Vec<_> = shown
        .map(|setting| match setting.name {
            "GUILD_QUOTA" if is_overridden => by_command(&setting, limits.guild),
            "GLOBAL_QUOTA" if overrides.global.is_some() => by_command(&setting, limits.global),
            _ => setting,
        })
        .collect();
    admin.show(panels::settings(&shown, own_quotas)).await;
    Ok(())
}

fn by_command(setting: &Setting, quota: Quota) -> Setting {
    Setting { name: setting.name, value: quota.to_string(), source: Source::Command }
}

/// See which servers the bot is in: for the bot's owner
#[poise::command(slash_command)]
pub(super) async fn servers(
    context: Context<'_>,
    #[description = "Which page of the list"]
    #[min = 1]
    #[max = 100_000]
    page: Option<i64>,
) -> Result<(), CommandError> {
    let deadline = Instant::now() + PATIENCE;
    let admin = Admin::of(context).await?;
    admin.check_owner().await?;
    match timeout_at(deadline, admin.front.discord.guilds()).await {
        Ok(Ok(servers)) => {
            let servers = Listed::of(servers, page_of(SERVERS_PAGE, page));
            admin.show(panels::servers(&servers)).await;
            Ok(())
        }
        _ => Err(CommandError::NotNow(say::NO_SERVERS)),
    }
}
