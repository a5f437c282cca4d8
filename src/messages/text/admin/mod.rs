//! What moderators and the owner read. See [`super`].

use std::time::Duration;

mod actions;

use super::{relative, songs_of};
use crate::domain::{
    BlockedWord, Grant, GuildId, JobId, Limit, Quota, QuotaUsage, Restriction, RoleId, Scope,
    Source, UserId, WordError, format_duration,
};

pub use actions::*;

/// Only the owner may do that.
pub const OWNER_ONLY: &str = "Only this bot's owner can do that: it would raise somebody's quota, or \
                              concern every server.";
/// Only the owner may do that everywhere.
pub const OWNER_ONLY_EVERYWHERE: &str = "Only this bot's owner can do that in all servers. Leave out \
                                         `everywhere` to do it in this server.";
/// Discord did not say who the owner is.
pub const OWNER_UNKNOWN: &str =
    "I couldn't ask Discord who my owner is, so I did nothing. Try again in a minute.";
/// It was not written down in time.
pub const NOT_IN_TIME: &str = "I couldn't write that down in time, so I don't know whether it holds. \
                               `/admin log` shows it if it does.";
/// A moderator looks for somebody who is elsewhere.
pub const NO_MEMBER: &str = "That person is not in this server. Only this bot's owner can see the \
                             quotas of people elsewhere.";
/// The command works in servers only.
pub const SERVERS_ONLY: &str = "Use this command in a server.";
/// A duration that can't be read.
pub const BAD_DURATION: &str = "I can't read that duration. Write a number and m, h, d or w: 7d.";
/// A quota that can't be read.
pub const BAD_QUOTA: &str = "I can't read that quota. Write COUNT/WINDOW, such as 5/1d, or \
                             `unlimited`, or `default` for the bot's settings.";
/// A job's id that can't be one.
pub const BAD_SONG: &str =
    "That is no song's number. Choose a song from the list that appears while you type.";
/// There is no such waiting job here.
pub const NO_SUCH_SONG: &str = "There is no such song in line here. `/admin jobs` shows them.";
/// A running job was ended.
pub const SONG_ENDED: &str = "The song is ended. It doesn't count against its requester's quota; \
                              GLOBAL_QUOTA keeps the charge, since Whisul took the prompt.";
/// A job is to be ended while its prompt is on its way.
pub const SONG_ENDS_SOON: &str = "That song is being sent to Whisul and ends as soon as Whisul answers. It doesn't count against \
     its requester's quota. If Whisul accepts it, GLOBAL_QUOTA keeps the charge.";
/// The same, asked for by a moderator.
pub const SONG_CANCEL_REMEMBERED: &str = "That song is being sent to Whisul. If Whisul doesn't accept it, it is cancelled; if Whisul \
     accepts it, only the bot's owner can end it.";
/// A job can't be cancelled any more.
pub const SONG_TOO_LATE: &str =
    "That song is over, or is being made: only the bot's owner could end it then.";
/// A job was cancelled.
pub fn song_cancelled(requester: UserId) -> String {
    format!("The song of <@{requester}> is cancelled. It doesn't count against their quota.")
}
/// Discord did not list the servers.
pub const NO_SERVERS: &str = "Discord didn't tell me my servers. Try again in a minute.";

/// The titles of what is shown in lists.
pub const JOBS: &str = "Under way";
/// See [`JOBS`].
pub const LOG: &str = "What admins did";
/// See [`JOBS`].
pub const WORDS: &str = "Blocked words";
/// See [`JOBS`].
pub const STATS: &str = "Songs";
/// See [`JOBS`].
pub const SERVERS: &str = "My servers";
/// See [`JOBS`].
pub const SETTINGS: &str = "Settings in force";
/// See [`JOBS`].
pub const QUOTA: &str = "Quota";
/// An empty list.
pub const NOTHING: &str = "Nothing.";
/// The names of the fields of the statistics.
pub const LAST_DAY: &str = "Last 24 hours";
/// See [`LAST_DAY`].
pub const LAST_MONTH: &str = "Last 30 days";

/// What keeps a song out.
pub fn restricted(restriction: Restriction) -> &'static str {
    match restriction {
        Restriction::Blocked(Scope::Server(_)) => {
            "The moderators of this server have blocked you from asking for songs here. Ask them \
             if you think that is a mistake."
        }
        Restriction::Blocked(Scope::Everywhere) => {
            "This bot's owner has blocked you from asking for songs."
        }
        Restriction::Paused(Scope::Server(_)) => {
            "The moderators have paused songs in this server. Songs under way go on; try again \
             later."
        }
        Restriction::Paused(Scope::Everywhere) => {
            "Songs are paused everywhere at the moment. Songs under way go on; try again later."
        }
        Restriction::Word => {
            "There is a word in that prompt that is blocked here. Try other words."
        }
    }
}

/// A word that can't be blocked.
pub fn bad_word(error: WordError) -> &'static str {
    match error {
        WordError::Empty => {
            "A blocked word needs a letter or a digit. Symbols and emoji alone can't be blocked."
        }
        WordError::Several => "Block one word at a time: a blocked word has no spaces.",
        WordError::TooLong => "That is longer than any word.",
    }
}

/// Songs are forgotten before that much time has passed.
pub fn too_long(retention: Duration) -> String {
    format!(
        "Songs are forgotten after {}, so nothing can count them for longer. The owner can raise \
         HISTORY_RETENTION.",
        format_duration(retention)
    )
}

/// A quota above what the server was given.
pub fn only_lower(given: Quota) -> String {
    let example = match given {
        Quota::Unlimited => String::new(),
        Quota::Limited { count, window } => {
            format!(": at most {count}, in {} or longer", format_duration(window))
        }
    };
    format!("Moderators can only lower this server's quota of {}{example}.", songs_of(given))
}

/// A word, hidden until it is clicked. It is letters and digits only.
pub fn word(word: &BlockedWord) -> String {
    format!("||{}||", word.as_str())
}

/// A person, without a ping.
pub fn mention(person: UserId) -> String {
    format!("<@{person}>")
}

fn counted(songs: u32) -> String {
    if songs == 1 { "1 song".to_owned() } else { format!("{songs} songs") }
}

/// What is left of a limit.
pub fn left(usage: &QuotaUsage) -> String {
    let QuotaUsage { limit, quota, left, next_at } = *usage;
    let songs = songs_of(quota);
    let of = match limit {
        Limit::Concurrency => return format!("{left} of {songs} at once left"),
        Limit::Person => "",
        Limit::Guild => " in this server",
        Limit::Global => " over everybody",
    };
    let next = next_at.filter(|_| left == 0);
    let next = next.map(|at| format!(", the next one {}", relative(at))).unwrap_or_default();
    format!("{left} of {songs}{of} left{next}")
}

/// A person without a quota of their own.
pub const AS_MANY_AS_THEY_LIKE: &str = "Unlimited";

/// What keeps somebody's songs out, to the person who asks about them.
pub fn kept_out(restriction: Restriction) -> &'static str {
    match restriction {
        Restriction::Blocked(Scope::Server(_)) => "Blocked in this server",
        Restriction::Blocked(Scope::Everywhere) => "Blocked everywhere",
        Restriction::Paused(Scope::Server(_)) => "Songs are paused in this server",
        Restriction::Paused(Scope::Everywhere) => "Songs are paused everywhere",
        Restriction::Word => "A blocked word",
    }
}

/// How many songs a member has asked for in a server.
pub fn asked_here(day: u64, month: u64) -> String {
    format!("Songs in this server: {day} in the last 24 hours, {month} in the last 30 days")
}

/// A grant.
pub fn grant(grant: &Grant) -> String {
    format!("{} extra, until <t:{}:f>", counted(grant.left), grant.expires_at.seconds())
}

/// A job under way: how far it is, whose, and its message.
pub fn job(id: JobId, stage: &str, requester: UserId, link: Option<&str>) -> String {
    let message = link.map(|link| format!(" · [message]({link})")).unwrap_or_default();
    format!("{stage} · {} · `{id}`{message}", mention(requester))
}

/// A job in line, whose requester's name may be unknown, where nothing is markup.
pub fn waiting(number: u32, requester: Option<&str>, prompt: &str) -> String {
    let requester = requester.map(|name| format!("{name} · ")).unwrap_or_default();
    format!("{number} · {requester}{prompt}")
}

/// How many songs there were, and how many failed.
pub fn songs_made(songs: u64, failures: u64) -> String {
    format!("{songs} made, {failures} failed")
}

/// How long songs took.
pub fn took(median: Duration, ninetieth: Duration) -> String {
    let told = |duration: Duration| match duration.as_secs() {
        seconds @ 0..120 => format!("{seconds} s"),
        seconds => format!("{} min {:02} s", seconds / 60, seconds % 60),
    };
    format!("Typical {}, slowest tenth over {}", told(median), told(ninetieth))
}

/// Who had the most songs made.
pub fn top_requester(person: UserId, songs: u64) -> String {
    format!("{} · {songs}", mention(person))
}

/// A server; its name is escaped.
pub fn server(id: GuildId, name: &str) -> String {
    format!("{name} · `{id}`")
}

/// A setting; its value is escaped.
pub fn setting(name: &str, value: &str, source: Source) -> String {
    let source = match source {
        Source::Command => "command",
        Source::Environment => "environment",
        Source::File => ".env",
        Source::Default => "default",
    };
    format!("`{name}` {value} · {source}")
}

/// The quota of a role, which is a mention where the role is known.
pub fn role_quota(role: RoleId, is_known: bool, quota: Quota) -> String {
    let role = if is_known { format!("<@&{role}>") } else { format!("role `{role}`") };
    format!("{role}: {}", quota_of(quota))
}

/// None of the roles with a quota is one of this server.
pub const NO_ROLES_HERE: &str = "none of this server's roles";

/// How many people have a quota of their own, where that may be told, and how to see one, in a place
/// where nothing is markup.
pub fn own_quotas(people: Option<u64>) -> String {
    let count = match people {
        None => String::new(),
        Some(0) => "Nobody has a quota of their own. ".to_owned(),
        Some(1) => "1 person has a quota of their own. ".to_owned(),
        Some(people) => format!("{people} people have a quota of their own. "),
    };
    format!("{count}What holds for one person: /admin quota show")
}

/// More than can be shown.
pub fn more(count: usize) -> String {
    format!("… and {count} more.")
}

/// Which page of a list this is, in a place where nothing is markup, and how to see the next one.
pub fn page(page: u32, last: u32, total: u32) -> String {
    let here = format!("Page {page} of {last} · {total} in all");
    if page < last { format!("{here} · for the next, add page:{}", page + 1) } else { here }
}
