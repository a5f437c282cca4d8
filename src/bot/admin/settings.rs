//! `/admin settings` and `/admin servers`.

use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use super::{Admin, page_of};
use crate::{
    bot::{
        Context,
        command_error::{CommandError, in_time},
        names::ServerNames,
    },
    domain::{GuildId, Limits, Listed, Quota, RoleId, SettingInForce, Source},
    messages::{
        panels::{self, SERVERS_PAGE, ShownSetting},
        text::admin as say,
    },
};

/// What a moderator needs to know: what limits their own server and its people.
const OF_MODERATORS: [&str; 5] =
    ["USER_QUOTA", "USER_CONCURRENCY", "ROLE_QUOTAS", "GUILD_QUOTA", "GLOBAL_QUOTA"];

/// Of the 3 seconds for a response, this much may go into asking who the owner is, and for the
/// servers.
const LOOK_UP_TIMEOUT: Duration = Duration::from_secs(2);

/// See the settings in force, and where they come from
#[poise::command(slash_command)]
pub(super) async fn settings(context: Context<'_>) -> Result<(), CommandError> {
    let admin = Admin::of(context).await?;
    let is_owner = admin.is_owner().await?;
    let jobs = &admin.state.jobs;
    let (overrides, own_quotas) = in_time(async {
        let overrides = jobs.store().overrides(admin.invoker.user, Some(admin.guild)).await?;
        // A person's quota holds in all servers, and so is the owner's to see.
        let own_quotas = if is_owner { Some(jobs.store().own_quotas().await?) } else { None };
        Ok((overrides, own_quotas))
    })
    .await?;
    let limits = jobs.settings_limits().with(&overrides);
    // What moderators have lowered counts only within what they were given.
    let lowered = limits.guild != jobs.settings_limits().guild;
    let is_overridden = overrides.server.is_some() || lowered;
    let is_shown = |setting: &&SettingInForce| is_owner || OF_MODERATORS.contains(&setting.name);
    let shown = admin.state.settings.iter().filter(is_shown).cloned();
    let roles = roles(&admin).await;
    let names = admin.names(is_owner).await;
    let shown = shown.map(|setting| match setting.name {
        "GUILD_QUOTA" if is_overridden => ShownSetting::Value(by_command(&setting, limits.guild)),
        "GLOBAL_QUOTA" if overrides.global.is_some() => {
            ShownSetting::Value(by_command(&setting, limits.global))
        }
        "ROLE_QUOTAS" if !jobs.settings_limits().roles.is_empty() => {
            ShownSetting::Roles(setting, of_roles(jobs.settings_limits(), &roles, is_owner))
        }
        "ALLOWED_GUILDS" => of_servers(setting, names.as_deref()),
        _ => ShownSetting::Value(setting),
    });
    admin.show(panels::settings(&shown.collect::<Vec<_>>(), own_quotas)).await;
    Ok(())
}

/// The roles of this server, as far as Discord tells them in time.
async fn roles(admin: &Admin) -> Vec<RoleId> {
    match timeout_at(admin.until, admin.state.discord.roles(admin.guild)).await {
        Ok(Ok(roles)) => roles,
        _ => Vec::new(),
    }
}

/// The quotas of this server's roles; for the owner, of all. Where Discord did not tell the roles,
/// all are shown by their ids.
fn of_roles(limits: &Limits, here: &[RoleId], is_owner: bool) -> Vec<(RoleId, bool, Quota)> {
    let all = limits.roles.iter().map(|(role, quota)| (*role, here.contains(role), *quota));
    let mut shown: Vec<_> =
        all.filter(|(_, is_here, _)| *is_here || is_owner || here.is_empty()).collect();
    shown.sort_by_key(|(_, is_here, _)| !is_here);
    shown
}

/// Servers by their names; what is no list of ids is shown as it is.
fn of_servers(setting: SettingInForce, names: Option<&ServerNames>) -> ShownSetting {
    let ids = setting.value.split(',').map(|id| id.trim().parse().map(GuildId));
    let Ok(ids) = ids.collect::<Result<Vec<GuildId>, _>>() else {
        return ShownSetting::Value(setting);
    };
    let with_name = |id: GuildId| (id, names.and_then(|names| names.get(&id).cloned()));
    ShownSetting::Servers(setting, ids.into_iter().map(with_name).collect())
}

fn by_command(setting: &SettingInForce, quota: Quota) -> SettingInForce {
    SettingInForce { name: setting.name, value: quota.to_string(), source: Source::Command }
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
    let deadline = Instant::now() + LOOK_UP_TIMEOUT;
    let admin = Admin::of(context).await?;
    admin.check_owner(say::OWNER_ONLY).await?;
    match timeout_at(deadline, admin.state.discord.guilds()).await {
        Ok(Ok(servers)) => {
            let servers = Listed::of(servers, page_of(SERVERS_PAGE, page));
            admin.show(panels::servers(&servers)).await;
            Ok(())
        }
        _ => Err(CommandError::declined(say::NO_SERVERS)),
    }
}
