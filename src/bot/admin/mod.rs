//! `/admin`: for moderators and the bot's owner.
//!
//! Who may use it in a server is Discord's to say: members who may manage the server, unless its
//! admins have set it otherwise in Server Settings > Integrations. That is not checked again here,
//! since it would undo what they set. What concerns more than that server is the owner's alone.

mod health;
mod jobs;
mod log;
mod people;
mod quota;
mod rules;
mod settings;
mod words;

use std::{sync::Arc, time::Duration};

use tokio::time::{Instant, timeout_at};

use super::{
    BotState, Context,
    command_error::{CommandError, in_time},
    invoker::Invoker,
    names::ServerNames,
};
use crate::{
    discord_api::{InteractionResponse, Message},
    domain::{ActionOutcome, AdminAction, AuditEntry, GuildId, Page, Quota, Scope},
    messages::{
        panels::{self, LogEntry},
        text::{self, admin as say},
    },
};

/// Of the 3 seconds for a response, this much may have passed once an admin action is written down.
const WRITTEN: Duration = Duration::from_secs(2);

/// The times for which numbers are shown.
const DAY: Duration = Duration::from_hours(24);
const MONTH: Duration = Duration::from_hours(30 * 24);

/// For moderators: quotas, blocks, blocked words and what is going on
#[poise::command(
    slash_command,
    install_context = "Guild",
    interaction_context = "Guild",
    default_member_permissions = "MANAGE_GUILD",
    subcommands(
        "quota::quota",
        "people::block",
        "people::unblock",
        "rules::pause",
        "rules::resume",
        "words::words",
        "jobs::jobs",
        "jobs::cancel",
        "log::stats",
        "log::log",
        "settings::settings",
        "settings::servers",
        "health::health"
    )
)]
#[expect(clippy::unused_async, reason = "poise wants it")]
pub(super) async fn admin(_: Context<'_>) -> Result<(), CommandError> {
    // Discord offers the subcommands only.
    Err(CommandError::NoSubcommand)
}

/// How many admin actions that are still in force are told of.
const STILL: usize = 3;

/// The most characters of a reason, as the options say, too.
const REASON_MAX: usize = 200;

/// Somebody whom Discord lets use `/admin` in a server.
struct Admin {
    state: BotState,
    invoker: Invoker,
    guild: GuildId,
    /// Until when what they want can be written down, if they are to be answered in time.
    until: Instant,
}

impl Admin {
    async fn of(context: Context<'_>) -> Result<Self, CommandError> {
        let until = Instant::now() + WRITTEN;
        let state = context.framework.user_data().await.clone();
        let invoker = Invoker::of_command(context.interaction);
        if state.stop.is_cancelled() {
            return Err(CommandError::declined(text::STOPPING));
        }
        state.access.check(invoker.place.guild).map_err(CommandError::declined)?;
        let guild = invoker.place.guild.ok_or(CommandError::declined(say::SERVERS_ONLY))?;
        Ok(Self { state, invoker, guild, until })
    }

    async fn is_owner(&self) -> Result<bool, CommandError> {
        let owner = self.state.owners.include(self.invoker.user).await;
        owner.map_err(|_| CommandError::declined(say::OWNER_UNKNOWN))
    }

    async fn check_owner(&self, sentence: &'static str) -> Result<(), CommandError> {
        if self.is_owner().await? { Ok(()) } else { Err(CommandError::declined(sentence)) }
    }

    /// This server, or everywhere, which is the owner's.
    async fn scope(&self, everywhere: Option<bool>) -> Result<Scope, CommandError> {
        if everywhere != Some(true) {
            return Ok(Scope::Server(self.guild));
        }
        self.check_owner(say::OWNER_ONLY_EVERYWHERE).await?;
        Ok(Scope::Everywhere)
    }

    /// Does something, if it is theirs to do, and says so.
    async fn perform(
        &self,
        action: AdminAction,
        scope: Scope,
        reason: Option<String>,
    ) -> Result<(), CommandError> {
        let entry = self.entry(action, scope, reason);
        if entry.action.is_for_owner(scope) {
            self.check_owner(say::OWNER_ONLY).await?;
        }
        let performed = self.write_down(&entry).await?;
        // It is written down already, and that is what matters.
        let told = timeout_at(self.until, self.told(&entry, performed)).await;
        let told = told.unwrap_or_else(|_late| say::performed(&entry, performed, None));
        self.state.reply_ephemeral(&self.invoker, &told).await;
        Ok(())
    }

    /// What became of an admin action. Where it ends something, what of the same is in force all
    /// the same.
    async fn told(&self, entry: &AuditEntry, performed: ActionOutcome) -> String {
        let jobs = &self.state.jobs;
        let read = async {
            let overrides = jobs.store().overrides(self.invoker.user, Some(self.guild)).await?;
            Ok((jobs.settings_limits().with(&overrides), jobs.still_in_force(entry).await?))
        };
        let Ok((limits, still)) = in_time(read).await else {
            return say::performed(entry, performed, None);
        };
        let quota = match &entry.action {
            AdminAction::SetServerQuota(None) | AdminAction::LowerServerQuota(None) => {
                Some(limits.guild)
            }
            AdminAction::SetGlobalQuota(None) => Some(limits.global),
            _ => None,
        };
        let mut told = say::performed(entry, performed, quota);
        if let AdminAction::Grant { person, .. } = &entry.action
            && let Ok(theirs) = in_time(jobs.store().overrides(*person, None)).await
            && jobs.settings_limits().with(&theirs).user == Quota::Unlimited
        {
            told = format!("{told} {}", say::GRANT_UNNEEDED);
        }
        if still.is_empty() {
            return told;
        }
        let names = self.names(entry.scope == Scope::Everywhere).await;
        for entry in still.iter().take(STILL) {
            told = format!(
                "{told}\n{}",
                panels::still_in_force(&log_entry(entry.clone(), names.as_deref()))
            );
        }
        let is_owners = |other: &AuditEntry| other.action.is_for_owner(other.scope);
        if entry.scope != Scope::Everywhere && still.iter().any(is_owners) {
            told = format!("{told} {}", say::OWNERS_TO_UNDO);
        }
        told
    }

    /// What servers are called, where more than this one is told of.
    async fn names(&self, everywhere: bool) -> Option<Arc<ServerNames>> {
        if !everywhere {
            return None;
        }
        Some(timeout_at(self.until, self.state.names.of_servers()).await.unwrap_or_default())
    }

    /// Writes an admin action down, within the time that a person can be answered.
    async fn write_down(&self, entry: &AuditEntry) -> Result<ActionOutcome, CommandError> {
        let performed = timeout_at(self.until, self.state.jobs.perform(entry)).await;
        Ok(performed.map_err(|_| CommandError::declined(say::NOT_IN_TIME))??)
    }

    fn entry(&self, action: AdminAction, scope: Scope, reason: Option<String>) -> AuditEntry {
        // A client may not know the option's limit.
        let reason = reason.map(|reason| reason.chars().take(REASON_MAX).collect());
        let (id, admin, guild) = (self.invoker.interaction, self.invoker.user, self.guild);
        AuditEntry { id, admin, guild, scope, action, reason }
    }

    async fn show(&self, message: Message) {
        self.state.respond(&self.invoker, &InteractionResponse::Message(message)).await;
    }
}

/// An admin action as it is told, with the name of its server, if names are given.
fn log_entry(entry: AuditEntry, names: Option<&ServerNames>) -> LogEntry {
    let server = names.map(|names| match entry.scope {
        Scope::Server(guild) => names.get(&guild).cloned(),
        Scope::Everywhere => None,
    });
    LogEntry { entry, server, cancelled: None }
}

/// The page that somebody wants to see of a list, with so many lines on each. Where the list has no
/// such page, it is the nearest: a client may not know the option's limits.
fn page_of(size: u32, number: Option<i64>) -> Page {
    let number = number.unwrap_or(1).clamp(1, i64::from(u32::MAX));
    Page { number: u32::try_from(number).unwrap_or(u32::MAX), size }
}

/// The server of a scope; `None` for all.
fn server(scope: Scope) -> Option<GuildId> {
    match scope {
        Scope::Server(guild) => Some(guild),
        Scope::Everywhere => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_number_a_client_sends_there_is_a_page() {
        for (number, shown) in [
            (None, 1),
            (Some(0), 1),
            (Some(-7), 1),
            (Some(3), 3),
            (Some(5_000_000_000), 10),
            (Some(i64::MAX), 10),
        ] {
            assert_eq!(page_of(10, number).within(100).number, shown, "{number:?}");
        }
    }
}
