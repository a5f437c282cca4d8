//! What moderators and the owner are shown, as messages that only they see.

use serenity::builder::{CreateEmbed, CreateEmbedFooter};

use super::{links::message_link, markdown::escaped, render::stage, text::admin as say};
use crate::{
    discord_api::Message,
    domain::{
        AuditEntry, BlockedWord, Grant, GuildId, Job, Limit, Listed, Quota, QuotaUsage,
        Restriction, RoleId, Scope, SettingInForce, Stats, UserId,
    },
};

const COLOUR: u32 = 0x5B_6E_F5;

/// The most UTF-16 code units of a list: an embed's description may have 4096 (Discord docs, Message
/// Resource > Embed Limits).
const LIST_ROOM: usize = 3800;
const REASON_ROOM: usize = 280;
/// How many lines a page of the log has, so that all of them fit whatever they say.
pub const LOG_PAGE: u32 = 8;
/// The same for the jobs under way.
pub const JOBS_PAGE: u32 = 20;
/// The same for the servers.
pub const SERVERS_PAGE: u32 = 20;
/// The same for the blocked words.
pub const WORDS_PAGE: u32 = 40;
const NAME_ROOM: usize = 120;
/// The same inside a sentence.
const NAME_SHORT: usize = 40;
const VALUE_ROOM: usize = 200;

/// What a person may still ask for, with what they have under way.
pub fn person_quota(
    person: UserId,
    restriction: Option<Restriction>,
    usages: &[QuotaUsage],
    grants: &[Grant],
    under_way: &[Job],
) -> Message {
    let mut lines = vec![say::mention(person)];
    lines.extend(restriction.map(say::kept_out).map(str::to_owned));
    if !usages.iter().any(|usage| usage.limit == Limit::Person) {
        lines.push(say::AS_MANY_AS_THEY_LIKE.to_owned());
    }
    lines.extend(usages.iter().map(say::left));
    lines.extend(grants.iter().filter(|grant| grant.left > 0).map(say::grant));
    lines.extend(under_way.iter().map(job_line));
    message(embed(say::QUOTA, &lines))
}

/// What a moderator sees of a member of their server.
#[derive(Clone, Copy, Debug)]
pub struct SeenHere {
    /// What the server's moderators keep their songs out with.
    pub restriction: Option<Restriction>,
    /// How many songs they asked for there in the last day.
    pub day: u64,
    /// How many in the last month.
    pub month: u64,
}

/// What a member has asked for in a server, with what is left of its quota and what they have under
/// way there.
pub fn member(
    person: UserId,
    seen: &SeenHere,
    of_server: Option<&QuotaUsage>,
    under_way: &[Job],
) -> Message {
    let mut lines = vec![say::mention(person)];
    lines.extend(seen.restriction.map(say::kept_out).map(str::to_owned));
    lines.push(say::asked_here(seen.day, seen.month));
    lines.extend(of_server.map(say::left));
    lines.extend(under_way.iter().map(job_line));
    message(embed(say::QUOTA, &lines))
}

/// A page of the jobs under way.
pub fn jobs(jobs: &Listed<Job>) -> Message {
    page(say::JOBS, jobs, job_line)
}

/// No prompt is shown: the message is where people can see it, if they may.
fn job_line(job: &Job) -> String {
    let link = message_link(job);
    say::job(job.id, stage(&job.state), job.requester, link.as_deref())
}

/// A page of the blocked words of a scope.
pub fn words(words: &Listed<BlockedWord>) -> Message {
    page(say::WORDS, words, say::word)
}

/// An admin action in the record.
#[derive(Clone, Debug)]
pub struct LogEntry {
    /// The action.
    pub entry: AuditEntry,
    /// What its server is called; `None` where the record is that server's own.
    pub server: Option<Option<String>>,
    /// Whose song it cancelled, if that came in time.
    pub cancelled: Option<UserId>,
}

impl LogEntry {
    fn circumstances(&self) -> say::Circumstances {
        let here = say::Circumstances { cancelled: self.cancelled, ..say::Circumstances::here() };
        let (Some(name), Scope::Server(id)) = (&self.server, self.entry.scope) else { return here };
        say::Circumstances { server: server_name(id, name.as_deref()), ..here }
    }
}

fn server_name(id: GuildId, name: Option<&str>) -> String {
    let name = name.map(|name| escaped(name, NAME_SHORT)).filter(|name| !name.is_empty());
    name.unwrap_or_else(|| say::unnamed_server(id))
}

/// A page of what admins did.
pub fn log(entries: &Listed<LogEntry>) -> Message {
    page(say::LOG, entries, |entry| {
        let reason = escaped(entry.entry.reason.as_deref().unwrap_or_default(), REASON_ROOM);
        say::entry(&entry.entry, &entry.circumstances(), &reason)
    })
}

/// An admin action that another one did not end, to the person who may see it.
pub fn still_in_force(entry: &LogEntry) -> String {
    say::still_in_force(&entry.entry, &entry.circumstances())
}

/// Numbers about songs.
pub fn stats(day: &Stats, month: &Stats) -> Message {
    let embed = CreateEmbed::new().title(say::STATS).colour(COLOUR);
    let embed = embed.field(say::LAST_DAY, numbers(day), false);
    message(embed.field(say::LAST_MONTH, numbers(month), false))
}

fn numbers(stats: &Stats) -> String {
    let mut lines = vec![say::songs_made(stats.songs, stats.failures)];
    if let (Some(median), Some(ninetieth)) = (stats.median, stats.ninetieth) {
        lines.push(say::took(median, ninetieth));
    }
    lines.extend(stats.top.iter().map(|(person, songs)| say::top_requester(*person, *songs)));
    lines.join("\n")
}

/// A page of the servers that the bot is in.
pub fn servers(servers: &Listed<(GuildId, String)>) -> Message {
    page(say::SERVERS, servers, |(id, name)| say::server(*id, &escaped(name, NAME_ROOM)))
}

/// A setting as it is shown.
#[derive(Clone, Debug)]
pub enum ShownSetting {
    /// By its value.
    Value(SettingInForce),
    /// By the roles, of which this server's are known.
    Roles(SettingInForce, Vec<(RoleId, bool, Quota)>),
    /// By the servers, and their names where they are known.
    Servers(SettingInForce, Vec<(GuildId, Option<String>)>),
}

/// How many roles or servers of a setting are shown.
const IN_SETTING: usize = 20;

impl ShownSetting {
    fn line(&self) -> String {
        let (setting, values): (_, Vec<String>) = match self {
            Self::Value(setting) => (setting, vec![escaped(&setting.value, VALUE_ROOM)]),
            Self::Roles(setting, roles) if roles.is_empty() => {
                (setting, vec![say::NO_ROLES_HERE.to_owned()])
            }
            Self::Roles(setting, roles) => {
                let quota = |(role, known, quota): &_| say::role_quota(*role, *known, *quota);
                (setting, roles.iter().map(quota).collect())
            }
            Self::Servers(setting, servers) => {
                let name = |(id, name): &(_, Option<String>)| server_name(*id, name.as_deref());
                (setting, servers.iter().map(name).collect())
            }
        };
        let left_out = values.len().saturating_sub(IN_SETTING);
        let mut value = values.into_iter().take(IN_SETTING).collect::<Vec<_>>().join(", ");
        if left_out > 0 {
            value = format!("{value} {}", say::more(left_out));
        }
        say::setting(setting.name, &value, setting.source)
    }
}

/// Settings, with where they come from, and how many people have a quota of their own, if that may
/// be told.
pub fn settings(settings: &[ShownSetting], own_quotas: Option<u64>) -> Message {
    let line = ShownSetting::line;
    let embed = embed(say::SETTINGS, &settings.iter().map(line).collect::<Vec<_>>());
    message(embed.footer(CreateEmbedFooter::new(say::own_quotas(own_quotas))))
}

/// A page of a list, and which one it is where there are others.
fn page<T>(title: &str, listed: &Listed<T>, line: impl Fn(&T) -> String) -> Message {
    let embed = embed(title, &listed.items.iter().map(line).collect::<Vec<_>>());
    let (number, last) = (listed.page.number, listed.page.last(listed.total));
    if last == 1 {
        return message(embed);
    }
    message(embed.footer(CreateEmbedFooter::new(say::page(number, last, listed.total))))
}

/// As many lines as fit, and how many more there are.
fn embed(title: &str, lines: &[String]) -> CreateEmbed {
    let (mut text, mut shown) = (String::new(), 0);
    let mut room = LIST_ROOM;
    for line in lines {
        let Some(rest) = room.checked_sub(line.encode_utf16().count() + 1) else { break };
        (room, shown) = (rest, shown + 1);
        text.push_str(line);
        text.push('\n');
    }
    match lines.len() - shown {
        _ if lines.is_empty() => text.push_str(say::NOTHING),
        0 => {}
        more => text.push_str(&say::more(more)),
    }
    CreateEmbed::new().title(title).colour(COLOUR).description(text.trim_end())
}

fn message(embed: CreateEmbed) -> Message {
    Message::embed(embed, Vec::new()).ephemeral()
}

#[cfg(test)]
mod tests;
