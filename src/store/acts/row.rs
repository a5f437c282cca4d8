//! An act as a row.

use sqlx::{Row, sqlite::SqliteRow};

use crate::domain::{Act, BlockedWord, Deed, GuildId, JobId, Quota, Scope, Timestamp, UserId};

/// What an act is about. The words are for ever: to change one takes a migration.
pub(super) fn topic(act: &Act) -> &'static str {
    match act {
        Act::Grant { .. } => "grant",
        Act::Reset { .. } => "reset",
        Act::SetPersonQuota { .. } => "person_quota",
        Act::SetServerQuota(_) => "server_quota",
        Act::LowerServerQuota(_) => "lowered_quota",
        Act::SetGlobalQuota(_) => "global_quota",
        Act::Block(_) | Act::Unblock(_) => "block",
        Act::Pause | Act::Resume => "pause",
        Act::AddWord(_) | Act::RemoveWord(_) => "word",
        Act::TakeBack(_) => "take_back",
    }
}

/// What else there is to say about it.
pub(super) fn value(act: &Act) -> String {
    match act {
        Act::Grant { songs, .. } => songs.to_string(),
        Act::SetPersonQuota { quota, .. }
        | Act::SetServerQuota(quota)
        | Act::LowerServerQuota(quota)
        | Act::SetGlobalQuota(quota) => quota.map(|quota| quota.to_string()).unwrap_or_default(),
        Act::AddWord(word) | Act::RemoveWord(word) => word.as_str().to_owned(),
        Act::TakeBack(job) => job.to_string(),
        Act::Reset { .. } | Act::Block(_) | Act::Unblock(_) | Act::Pause | Act::Resume => {
            String::new()
        }
    }
}

/// When it ends by itself.
pub(super) fn until(act: &Act) -> Option<i64> {
    match act {
        Act::Grant { expires_at, .. } => Some(expires_at.millis()),
        _ => None,
    }
}

/// Where an act holds, as a number.
pub(super) fn scope(scope: Scope) -> u64 {
    match scope {
        Scope::Server(guild) => guild.0,
        Scope::Everywhere => 0,
    }
}

/// Whom an act concerns, as a number; 0 for nobody.
pub(super) fn person(person: Option<UserId>) -> u64 {
    person.map_or(0, |person| person.0)
}

/// A number to look for. What can't be stored isn't stored, nor is the largest number.
pub(super) fn sought(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Reads a row with all columns; `None` if it says something that no act can be.
pub(super) fn read(row: &SqliteRow) -> Option<Deed> {
    let number = |column: &str| u64::try_from(row.try_get::<i64, _>(column).ok()?).ok();
    let scope = match number("scope")? {
        0 => Scope::Everywhere,
        guild => Scope::Server(GuildId(guild)),
    };
    Some(Deed {
        id: JobId(number("id")?),
        admin: UserId(number("admin")?),
        guild: GuildId(number("guild")?),
        scope,
        act: act(row, UserId(number("person")?))?,
        reason: row.try_get("reason").ok()?,
    })
}

fn act(row: &SqliteRow, person: UserId) -> Option<Act> {
    let topic: &str = row.try_get("topic").ok()?;
    let value: &str = row.try_get("value").ok()?;
    let ends = row.try_get::<i64, _>("ends").ok()? != 0;
    // An unreadable quota must not look like one that was taken back.
    let quota = || if ends { Some(None) } else { value.parse::<Quota>().ok().map(Some) };
    Some(match (topic, ends) {
        ("grant", false) => Act::Grant {
            person,
            songs: value.parse().ok()?,
            expires_at: Timestamp::from_millis(row.try_get("until").ok()?),
        },
        ("reset", false) => Act::Reset { person },
        ("person_quota", _) => Act::SetPersonQuota { person, quota: quota()? },
        ("server_quota", _) => Act::SetServerQuota(quota()?),
        ("lowered_quota", _) => Act::LowerServerQuota(quota()?),
        ("global_quota", _) => Act::SetGlobalQuota(quota()?),
        ("block", false) => Act::Block(person),
        ("block", true) => Act::Unblock(person),
        ("pause", false) => Act::Pause,
        ("pause", true) => Act::Resume,
        ("word", false) => Act::AddWord(BlockedWord::parse(value).ok()?),
        ("word", true) => Act::RemoveWord(BlockedWord::parse(value).ok()?),
        ("take_back", false) => Act::TakeBack(JobId(value.parse().ok()?)),
        _ => return None,
    })
}
