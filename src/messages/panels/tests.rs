//! Lists fit their message, and names are no markup.

use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::domain::{
    AdminAction, ChannelId, InteractionId, JobId, MessageId, Page, State, Timestamp, fixtures,
};

/// Everything that Discord would show of a message.
fn shown(message: &Message) -> String {
    let json = serde_json::to_value(message).unwrap();
    json["embeds"][0]["description"].as_str().unwrap().to_owned()
}

proptest! {
    #[test]
    fn a_list_fits_however_long_it_is(lines in prop::collection::vec("-\\PC{0,100}", 0..300)) {
        let text = shown(&message(embed(say::SETTINGS, &lines)));
        prop_assert!((1..=4096).contains(&text.encode_utf16().count()));
    }

    #[test]
    fn a_page_of_servers_is_shown_whole_whatever_they_are_called(
        names in prop::collection::vec("\\PC{0,100}|[*@:]{90,100}", 0..70),
        number in any::<u32>(),
    ) {
        let list: Vec<_> = (0..).map(|id| GuildId(u64::MAX - id)).zip(names).collect();
        let page = Listed::of(list, Page { number, size: SERVERS_PAGE });
        let text = shown(&servers(&page));
        prop_assert!(text.encode_utf16().count() <= 4096);
        prop_assert_eq!(text.lines().count(), page.items.len().max(1));
        prop_assert!(!text.contains("more."));
    }
}

/// A page that is full of the same: what it left out would be on no other one.
#[track_caller]
fn assert_whole<T: Clone>(thing: &T, size: u32, panel: impl Fn(&Listed<T>) -> Message) {
    let list = vec![thing.clone(); 2 * size as usize];
    let page = panel(&Listed::of(list, Page { number: 1, size }));
    let text = shown(&page);
    assert!(text.encode_utf16().count() <= 4096, "{text}");
    assert_eq!(text.lines().count(), size as usize, "{text}");
    assert!(!text.contains("more."), "{text}");
    let footer = serde_json::to_value(&page).unwrap()["embeds"][0]["footer"]["text"].to_string();
    assert!(footer.contains(&format!("Page 1 of 2 · {} in all", 2 * size)), "{footer}");
}

#[test]
fn a_page_of_words_is_shown_whole_however_long_they_are() {
    for letter in ["w", "字", "𠀀"] {
        let longest = BlockedWord::parse(&letter.repeat(40)).unwrap();
        assert_whole(&longest, WORDS_PAGE, words);
    }
}

#[test]
fn a_page_of_jobs_is_shown_whole() {
    let mut job = fixtures::job(JobId(u64::MAX), UserId(u64::MAX));
    (job.state, job.message) = (State::Submitting, Some(MessageId(u64::MAX)));
    (job.place.guild, job.place.channel) = (Some(GuildId(u64::MAX)), ChannelId(u64::MAX));
    assert_whole(&job, JOBS_PAGE, jobs);
}

#[test]
fn a_page_of_the_log_is_shown_whole_however_long_its_reasons_are() {
    let person = UserId(u64::MAX);
    let expires_at = Timestamp::from_millis(i64::MAX);
    let quota = Quota::Limited { count: u32::MAX, window: Duration::from_secs(1_000_001) };
    let actions = [
        AdminAction::Grant { person, songs: u32::MAX, expires_at },
        AdminAction::Reset { person },
        AdminAction::SetPersonQuota { person, quota: Some(quota) },
        AdminAction::SetGlobalQuota(Some(quota)),
        AdminAction::Block(person),
        AdminAction::AddWord(BlockedWord::parse(&"w".repeat(40)).unwrap()),
        AdminAction::Cancel(JobId(u64::MAX)),
    ];
    for action in actions {
        let entry = AuditEntry {
            id: InteractionId(u64::MAX),
            admin: person,
            guild: GuildId(u64::MAX),
            scope: Scope::Server(GuildId(u64::MAX)),
            action,
            reason: Some("*".repeat(200)),
        };
        let server = Some(Some("*".repeat(100)));
        let entry = LogEntry { entry, server, cancelled: Some(person) };
        assert_whole(&entry, LOG_PAGE, log);
    }
}

#[test]
fn a_servers_name_pings_nobody_and_is_no_markup() {
    let one = vec![(GuildId(1), "**@everyone**".to_owned())];
    let message = servers(&Listed::of(one, Page { number: 1, size: SERVERS_PAGE }));
    assert_eq!(shown(&message), r"\*\*\@everyone\*\* · `1`");
    let json = serde_json::to_value(&message).unwrap();
    assert!(json["embeds"][0]["footer"].is_null(), "a single page needs no number: {json}");
}
