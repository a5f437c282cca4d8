//! An admin action as a row.

use sqlx::{Row, sqlite::SqliteRow};

use crate::{
    domain::{
        AdminAction, AuditEntry, BlockedWord, GuildId, InteractionId, JobId, Quota, Scope,
        Timestamp, UserId,
    },
    store::row::snowflake,
};

/// What an admin action is about. The words are for ever: to change one takes a migration.
pub(super) fn topic(action: &AdminAction) -> &'static str {
    match action {
        AdminAction::Grant { .. } => "grant",
        AdminAction::Reset { .. } => "reset",
        AdminAction::SetPersonQuota { .. } => "person_quota",
        AdminAction::SetServerQuota(_) => "server_quota",
        AdminAction::LowerServerQuota(_) => "lowered_quota",
        AdminAction::SetGlobalQuota(_) => "global_quota",
        AdminAction::Block(_) | AdminAction::Unblock(_) => "block",
        AdminAction::Pause | AdminAction::Resume => "pause",
        AdminAction::AddWord(_) | AdminAction::RemoveWord(_) => "word",
        AdminAction::Cancel(_) => "cancel",
    }
}

/// What else there is to say about it.
pub(super) fn value(action: &AdminAction) -> String {
    match action {
        AdminAction::Grant { songs, .. } => songs.to_string(),
        AdminAction::SetPersonQuota { quota, .. }
        | AdminAction::SetServerQuota(quota)
        | AdminAction::LowerServerQuota(quota)
        | AdminAction::SetGlobalQuota(quota) => {
            quota.map(|quota| quota.to_string()).unwrap_or_default()
        }
        AdminAction::AddWord(word) | AdminAction::RemoveWord(word) => word.as_str().to_owned(),
        AdminAction::Cancel(job) => job.to_string(),
        AdminAction::Reset { .. }
        | AdminAction::Block(_)
        | AdminAction::Unblock(_)
        | AdminAction::Pause
        | AdminAction::Resume => String::new(),
    }
}

/// When it ends by itself.
pub(super) fn until(action: &AdminAction) -> Option<i64> {
    match action {
        AdminAction::Grant { expires_at, .. } => Some(expires_at.millis()),
        _ => None,
    }
}

/// Where an admin action holds, as a number.
pub(super) fn scope(scope: Scope) -> u64 {
    match scope {
        Scope::Server(guild) => guild.0,
        Scope::Everywhere => 0,
    }
}

/// Whom an admin action concerns, as a number; 0 for nobody.
pub(super) fn person(person: Option<UserId>) -> u64 {
    person.map_or(0, |person| person.0)
}

/// Reads a row with all columns; `None` if it says something that no act can be.
pub(super) fn read(row: &SqliteRow) -> Option<AuditEntry> {
    let number = |column: &str| snowflake::decode(row.try_get(column).ok()?);
    let scope = match number("scope")? {
        0 => Scope::Everywhere,
        guild => Scope::Server(GuildId(guild)),
    };
    Some(AuditEntry {
        id: InteractionId(number("id")?),
        admin: UserId(number("admin")?),
        guild: GuildId(number("guild")?),
        scope,
        action: action(row, UserId(number("person")?))?,
        reason: row.try_get("reason").ok()?,
    })
}

fn action(row: &SqliteRow, person: UserId) -> Option<AdminAction> {
    let topic: &str = row.try_get("topic").ok()?;
    let value: &str = row.try_get("value").ok()?;
    let ends = row.try_get::<i64, _>("ends").ok()? != 0;
    // An unreadable quota must not look like one that was lifted.
    let quota = || if ends { Some(None) } else { value.parse::<Quota>().ok().map(Some) };
    Some(match (topic, ends) {
        ("grant", false) => AdminAction::Grant {
            person,
            songs: value.parse().ok()?,
            expires_at: Timestamp::from_millis(row.try_get("until").ok()?),
        },
        ("reset", false) => AdminAction::Reset { person },
        ("person_quota", _) => AdminAction::SetPersonQuota { person, quota: quota()? },
        ("server_quota", _) => AdminAction::SetServerQuota(quota()?),
        ("lowered_quota", _) => AdminAction::LowerServerQuota(quota()?),
        ("global_quota", _) => AdminAction::SetGlobalQuota(quota()?),
        ("block", false) => AdminAction::Block(person),
        ("block", true) => AdminAction::Unblock(person),
        ("pause", false) => AdminAction::Pause,
        ("pause", true) => AdminAction::Resume,
        ("word", false) => AdminAction::AddWord(BlockedWord::parse(value).ok()?),
        ("word", true) => AdminAction::RemoveWord(BlockedWord::parse(value).ok()?),
        ("cancel", false) => AdminAction::Cancel(JobId(value.parse().ok()?)),
        _ => return None,
    })
}
