//! `/admin quota`.

use std::time::Duration;

use serenity::all::User;

use super::{Admin, DAY, MONTH};
use crate::{
    bot::{
        Context,
        command_error::{CommandError, in_time},
    },
    domain::{AdminAction, Limit, Quota, Requester, RoleId, Scope, UserId, parse_duration},
    messages::{panels, text::admin as say},
};

/// See and change who may have how many songs
#[poise::command(slash_command, subcommands("show", "grant", "reset", "set", "server", "global"))]
#[expect(clippy::unused_async, reason = "poise wants it")]
pub(super) async fn quota(_: Context<'_>) -> Result<(), CommandError> {
    Err(CommandError::NoSubcommand)
}

/// See what songs a member has asked for here; for the bot's owner, what anybody has left
#[poise::command(slash_command)]
async fn show(
    context: Context<'_>,
    #[description = "Whose"] person: User,
) -> Result<(), CommandError> {
    let admin = Admin::of(context).await?;
    // Where Discord can't say who the owner is, a moderator's look is shown.
    let is_owner = admin.is_owner().await.unwrap_or(false);
    let member = context.interaction.data.resolved.members.get(&person.id);
    let id = UserId(person.id.get());
    let roles = member.map(|member| &member.roles).into_iter().flatten();
    let roles: Vec<_> = roles.map(|role| RoleId(role.get())).collect();
    let requester = Requester { roles: &roles, in_guild: true };
    match member {
        _ if is_owner => show_all(&admin, id, &requester).await,
        Some(_) => show_here(&admin, id, &requester).await,
        None => Err(CommandError::declined(say::NO_MEMBER)),
    }
}

/// For the owner: what counts for a person wherever they are.
async fn show_all(
    admin: &Admin,
    person: UserId,
    requester: &Requester<'_>,
) -> Result<(), CommandError> {
    let (jobs, at, here) = (&admin.state.jobs, admin.invoker.interaction, Some(admin.guild));
    let ((limits, charges), under_way, restriction) = in_time(async {
        let quota = jobs.quota_of(at, person, here, requester).await?;
        let under_way = jobs.store().under_way(person).await?;
        Ok((quota, under_way, jobs.store().overrides(person, here).await?.restriction))
    })
    .await?;
    let usages = limits.usages(requester, &charges, at.created_at());
    let grants = &charges.grants;
    admin.show(panels::person_quota(person, restriction, &usages, grants, &under_way)).await;
    Ok(())
}

/// For moderators: what a member does in their server. A person's quota, what is left of it and
/// their grants tell of songs elsewhere.
async fn show_here(
    admin: &Admin,
    person: UserId,
    requester: &Requester<'_>,
) -> Result<(), CommandError> {
    let (jobs, at, guild) = (&admin.state.jobs, admin.invoker.interaction, admin.guild);
    let (mut under_way, usages, seen) = in_time(async {
        let (limits, charges) = jobs.quota_of(at, person, Some(guild), requester).await?;
        let seen = panels::SeenHere {
            restriction: jobs.store().restriction_in_server(person, guild).await?,
            day: jobs.charged_here(person, guild, DAY).await?,
            month: jobs.charged_here(person, guild, MONTH).await?,
        };
        let usages = limits.usages(requester, &charges, at.created_at());
        Ok((jobs.store().under_way(person).await?, usages, seen))
    })
    .await?;
    under_way.retain(|job| job.place.guild == Some(guild));
    let of_server = usages.iter().find(|usage| usage.limit == Limit::Guild);
    admin.show(panels::member(person, &seen, of_server, &under_way)).await;
    Ok(())
}

/// Give a person extra songs, beyond their own quota: for the bot's owner
#[poise::command(slash_command)]
async fn grant(
    context: Context<'_>,
    #[description = "Whom"] person: User,
    #[description = "How many"]
    #[min = 1]
    #[max = 1000]
    songs: u32,
    #[description = "For how long they can be used: 12h, 7d"]
    #[rename = "for"]
    #[max_length = 20]
    lasting: String,
    #[description = "Why: for the log"]
    #[max_length = 200]
    reason: String,
) -> Result<(), CommandError> {
    let admin = Admin::of(context).await?;
    let lasting = parse_duration(&lasting).filter(|lasting| !lasting.is_zero());
    let lasting = lasting.ok_or(CommandError::declined(say::BAD_DURATION))?;
    check_retention(&admin, Some(lasting))?;
    let person = UserId(person.id.get());
    let expires_at = admin.invoker.interaction.created_at().saturating_add(lasting);
    let action = AdminAction::Grant { person, songs: songs.clamp(1, 1000), expires_at };
    admin.perform(action, Scope::Everywhere, Some(reason)).await
}

/// Let a person's own quota begin anew: for the bot's owner
#[poise::command(slash_command)]
async fn reset(
    context: Context<'_>,
    #[description = "Whose"] person: User,
    #[description = "Why: for the log"]
    #[max_length = 200]
    reason: Option<String>,
) -> Result<(), CommandError> {
    let admin = Admin::of(context).await?;
    let action = AdminAction::Reset { person: UserId(person.id.get()) };
    admin.perform(action, Scope::Everywhere, reason).await
}

/// Give a person a quota of their own: for the bot's owner
#[poise::command(slash_command)]
async fn set(
    context: Context<'_>,
    #[description = "Whom"] person: User,
    #[description = "COUNT/WINDOW such as 5/1d, unlimited, or default"]
    #[max_length = 20]
    quota: String,
    #[description = "Why: for the log"]
    #[max_length = 200]
    reason: Option<String>,
) -> Result<(), CommandError> {
    let admin = Admin::of(context).await?;
    let quota = parse(&admin, &quota)?;
    let action = AdminAction::SetPersonQuota { person: UserId(person.id.get()), quota };
    admin.perform(action, Scope::Everywhere, reason).await
}

/// Set this server's quota, up to what the bot's owner allows
#[poise::command(slash_command)]
async fn server(
    context: Context<'_>,
    #[description = "COUNT/WINDOW such as 20/1d, unlimited, or default"]
    #[max_length = 20]
    quota: String,
    #[description = "Why: for the log"]
    #[max_length = 200]
    reason: Option<String>,
) -> Result<(), CommandError> {
    let admin = Admin::of(context).await?;
    let (quota, here) = (parse(&admin, &quota)?, Scope::Server(admin.guild));
    if admin.is_owner().await? {
        return admin.perform(AdminAction::SetServerQuota(quota), here, reason).await;
    }
    let jobs = &admin.state.jobs;
    let overrides = in_time(jobs.store().overrides(admin.invoker.user, Some(admin.guild))).await?;
    let given = overrides.server.unwrap_or(jobs.settings_limits().guild);
    if quota.is_some_and(|quota| !quota.is_within(given)) {
        return Err(CommandError::declined(say::only_lower(given)));
    }
    let lowered = quota.filter(|quota| *quota != Quota::Unlimited);
    admin.perform(AdminAction::LowerServerQuota(lowered), here, reason).await
}

/// Set the quota over everybody: for the bot's owner
#[poise::command(slash_command)]
async fn global(
    context: Context<'_>,
    #[description = "COUNT/WINDOW such as 100/1d, unlimited, or default"]
    #[max_length = 20]
    quota: String,
    #[description = "Why: for the log"]
    #[max_length = 200]
    reason: Option<String>,
) -> Result<(), CommandError> {
    let admin = Admin::of(context).await?;
    let quota = parse(&admin, &quota)?;
    admin.perform(AdminAction::SetGlobalQuota(quota), Scope::Everywhere, reason).await
}

/// Reads a quota that can be counted; `None` for the settings' own.
fn parse(admin: &Admin, text: &str) -> Result<Option<Quota>, CommandError> {
    let quota = match text.trim() {
        "default" => None,
        text => Some(text.parse().map_err(|_| CommandError::declined(say::BAD_QUOTA))?),
    };
    check_retention(admin, quota.and_then(Quota::window))?;
    Ok(quota)
}

/// What is forgotten can't be counted.
fn check_retention(admin: &Admin, window: Option<Duration>) -> Result<(), CommandError> {
    let retention = admin.state.jobs.history_retention();
    if window > Some(retention) {
        return Err(CommandError::declined(say::too_long(retention)));
    }
    Ok(())
}
