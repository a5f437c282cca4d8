//! What moderators and the owner are shown, as messages that only they see.

use serenity::builder::{CreateEmbed, CreateEmbedFooter};

use super::{
    Message, links::message_link, markdown::escaped, render::stage, sentences::admin as say,
};
use crate::domain::{
    Bar, BlockedWord, Deed, Grant, GuildId, Job, Limit, Setting, Standing, Stats, UserId,
};

const COLOUR: u32 = 0x5B_6E_F5;

/// The most UTF-16 code units of a list: an embed's description may have 4096 (Discord docs, Message
/// Resource > Embed Limits).
const LIST_ROOM: usize = 3800;
const REASON_ROOM: usize = 300;
/// How many acts a page of the log has, so that all of them fit.
pub const LOG_PAGE: u32 = 8;
const NAME_ROOM: usize = 120;
const VALUE_ROOM: usize = 200;

/// What a person may still ask for, with what they have under way.
pub fn person_quota(
    person: UserId,
    bar: Option<Bar>,
    standings: &[Standing],
    grants: &[Grant],
    under_way: &[Job],
) -> Message {
    let mut lines = vec![say::mention(person)];
    lines.extend(bar.map(say::kept_out).map(str::to_owned));
    if !standings.iter().any(|standing| standing.limit == Limit::Person) {
        lines.push(say::AS_MANY_AS_THEY_LIKE.to_owned());
    }
    lines.extend(standings.iter().map(say::left));
    lines.extend(grants.iter().filter(|grant| grant.left > 0).map(say::grant));
    lines.extend(under_way.iter().map(job_line));
    list(say::QUOTA, &lines)
}

/// The jobs under way.
pub fn jobs(jobs: &[Job]) -> Message {
    list(say::JOBS, &jobs.iter().map(job_line).collect::<Vec<_>>())
}

/// No prompt is shown: the message is where people can see it, if they may.
fn job_line(job: &Job) -> String {
    let link = message_link(job);
    say::job(job.id, stage(&job.state), job.requester, link.as_deref())
}

/// The blocked words of a scope.
pub fn words(words: &[BlockedWord]) -> Message {
    let words: Vec<_> = words.iter().map(say::word).collect();
    list(say::WORDS, &words)
}

/// A page of what admins did.
pub fn log(deeds: &[Deed], page: u32) -> Message {
    let line = |deed: &Deed| {
        say::deed(deed, &escaped(deed.reason.as_deref().unwrap_or_default(), REASON_ROOM))
    };
    let lines: Vec<_> = deeds.iter().map(line).collect();
    let footer = CreateEmbedFooter::new(say::page(page));
    message(embed(say::LOG, &lines).footer(footer))
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

/// The servers that the bot is in.
pub fn servers(servers: &[(GuildId, String)]) -> Message {
    let line = |(id, name): &(GuildId, String)| say::server(*id, &escaped(name, NAME_ROOM));
    list(say::SERVERS, &servers.iter().map(line).collect::<Vec<_>>())
}

/// Settings, with where they come from.
pub fn settings(settings: &[Setting]) -> Message {
    let line = |setting: &Setting| {
        say::setting(setting.name, &escaped(&setting.value, VALUE_ROOM), setting.source)
    };
    list(say::SETTINGS, &settings.iter().map(line).collect::<Vec<_>>())
}

fn list(title: &str, lines: &[String]) -> Message {
    message(embed(title, lines))
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
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;
    use crate::domain::{Act, JobId, Quota, Scope, Timestamp};

    /// Everything that Discord would show of a message.
    fn shown(message: &Message) -> String {
        let json = serde_json::to_value(message).unwrap();
        json["embeds"][0]["description"].as_str().unwrap().to_owned()
    }

    proptest! {
        #[test]
        fn a_list_fits_however_long_it_is(names in prop::collection::vec("\\PC{0,100}", 0..300)) {
            let list: Vec<_> = (0..).map(GuildId).zip(names).collect();
            let text = shown(&servers(&list));
            prop_assert!((1..=4096).contains(&text.encode_utf16().count()));
        }
    }

    /// What a page leaves out is on no other one.
    #[test]
    fn a_page_of_the_log_is_shown_whole_however_long_its_reasons_are() {
        let person = UserId(u64::MAX);
        let expires_at = Timestamp::from_millis(i64::MAX);
        let quota = Quota::Limited { count: u32::MAX, window: Duration::from_secs(1_000_001) };
        let acts = [
            Act::Grant { person, songs: u32::MAX, expires_at },
            Act::Reset { person },
            Act::SetPersonQuota { person, quota: Some(quota) },
            Act::SetGlobalQuota(Some(quota)),
            Act::Block(person),
            Act::AddWord(BlockedWord::parse(&"w".repeat(40)).unwrap()),
            Act::TakeBack(JobId(u64::MAX)),
        ];
        for act in acts {
            let deed = Deed {
                id: JobId(u64::MAX),
                admin: person,
                guild: GuildId(u64::MAX),
                scope: Scope::Everywhere,
                act,
                reason: Some("*".repeat(200)),
            };
            let page = vec![deed; LOG_PAGE as usize];
            let text = shown(&log(&page, 1));
            assert_eq!(text.lines().count(), page.len(), "{text}");
            assert!(!text.contains("more."), "{text}");
        }
    }

    #[test]
    fn a_servers_name_pings_nobody_and_is_no_markup() {
        let text = shown(&servers(&[(GuildId(1), "**@everyone**".to_owned())]));
        assert_eq!(text, r"\*\*\@everyone\*\* · `1`");
    }
}
