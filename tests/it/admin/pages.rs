//! Lists that are too long for one message.

use sandbox::{ChannelClient, Plan};
use serde_json::{Value, json};

use super::{admin, id, moderated};

/// Where Discord lists the bot's servers.
const GUILDS: &str = "/api/v10/users/@me/guilds";

/// Leafs through a list as its footers say, and returns what is read: the list's lines, in order.
async fn leafed_through(
    client: &ChannelClient,
    subcommand: &str,
    options: &[(&str, Value)],
    title: &str,
) -> Vec<String> {
    let mut lines = Vec::new();
    for page in 1.. {
        let options = [options, &[("page", json!(page))]].concat();
        let seen = admin(client, subcommand, &options).await;
        let (list, footer) = seen.rsplit_once('\n').expect("a footer");
        let list = list.strip_prefix(title).and_then(|list| list.strip_prefix('\n'));
        lines.extend(list.expect("the title").lines().map(str::to_owned));
        assert!(footer.starts_with(&format!("Page {page} of ")), "{footer}");
        if !footer.ends_with(&format!("for the next, add page:{}", page + 1)) {
            assert!(footer.starts_with(&format!("Page {page} of {page} · ")), "{footer}");
            return lines;
        }
    }
    unreachable!("lists have an end")
}

/// Whatever page somebody asks for, one is shown.
async fn last_page_is_shown_for_any_beyond(client: &ChannelClient, subcommand: &str, last: u32) {
    let shown = admin(client, subcommand, &[("page", json!(last))]).await;
    for beyond in [last + 1, 1000, 100_000] {
        let seen = admin(client, subcommand, &[("page", json!(beyond))]).await;
        assert_eq!(seen, shown, "page {beyond}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_moderator_sees_everybody_who_waits() {
    let fixture = moderated(&[("MAX_RUNNING", "1"), ("USER_CONCURRENCY", "100")]).await;
    fixture.whisul.plan("", Plan::song().until_told());
    let mut asked = Vec::new();
    for number in 0..45 {
        let song = fixture.song(&fixture.ann, &format!("song number {number}")).await;
        song.answer().await.expect("a response at once");
        asked.push(song.id.to_string());
    }
    let elsewhere = fixture.discord.add_server("Another server");
    let there = elsewhere.add_channel("songs");
    elsewhere.join(&fixture.bob);
    let other = crate::fixture::song_at(&fixture.bob.at(&there), "elsewhere").await;
    other.answer().await.expect("a response at once");

    let lines = leafed_through(&fixture.moderator(), "jobs", &[], "Under way").await;
    assert_eq!(lines.len(), asked.len());
    for (line, song) in lines.iter().zip(&asked) {
        assert!(line.contains(&format!("`{song}`")), "in the order of their turns: {lines:#?}");
    }
    let first = admin(&fixture.moderator(), "jobs", &[]).await;
    assert!(first.contains("Page 1 of 3 · 45 in all · for the next, add page:2"), "{first}");
    last_page_is_shown_for_any_beyond(&fixture.moderator(), "jobs", 3).await;

    let all =
        leafed_through(&fixture.owner(), "jobs", &[("everywhere", json!(true))], "Under way").await;
    assert_eq!(all.len(), asked.len() + 1);
    assert!(all.iter().any(|line| line.contains(&other.id.to_string())), "{all:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_moderator_sees_every_blocked_word() {
    let fixture = moderated(&[]).await;
    let bad = |number: u32| format!("badword{number}");
    for number in 0..85 {
        admin(&fixture.moderator(), "words add", &[("word", json!(bad(number)))]).await;
    }
    let options = [("word", json!("secret")), ("everywhere", json!(true))];
    admin(&fixture.owner(), "words add", &options).await;
    admin(&fixture.moderator(), "words remove", &[("word", json!(bad(7)))]).await;

    let lines = leafed_through(&fixture.moderator(), "words list", &[], "Blocked words").await;
    let blocked =
        (0..85).filter(|number| *number != 7).map(|number| format!("||{}||", bad(number)));
    assert_eq!(lines, blocked.collect::<Vec<_>>(), "the oldest first");
    last_page_is_shown_for_any_beyond(&fixture.moderator(), "words list", 3).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_owner_sees_every_server_whatever_they_are_called() {
    let fixture = moderated(&[]).await;
    let mut names = vec!["Music lovers".to_owned()];
    for number in 0..260 {
        let server = fixture.discord.add_server(&format!("**Server {number}** @everyone"));
        names.push(format!(r"\*\*Server {number}\*\* \@everyone · `{}`", server.id()));
    }
    let before = fixture.discord.requests().count("GET", GUILDS);
    admin(&fixture.owner(), "servers", &[]).await;
    let asked = fixture.discord.requests().count("GET", GUILDS) - before;
    assert_eq!(asked, 2, "Discord lists 200 at once");

    let lines = leafed_through(&fixture.owner(), "servers", &[], "My servers").await;
    assert_eq!(lines.len(), names.len());
    for (line, name) in lines.iter().zip(&names) {
        assert!(line.starts_with(name.as_str()), "the oldest first: {line}");
    }
    last_page_is_shown_for_any_beyond(&fixture.owner(), "servers", 14).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_admin_action_is_on_some_page_of_the_log() {
    let fixture = moderated(&[]).await;
    let reason = |number: u32| format!("reason number {number}");
    for number in 0..20 {
        let options = [("person", id(&fixture.ann)), ("reason", json!(reason(number)))];
        admin(&fixture.moderator(), "block", &options).await;
    }
    let lines = leafed_through(&fixture.moderator(), "log", &[], "What admins did").await;
    assert_eq!(lines.len(), 20);
    for (line, number) in lines.iter().zip((0..20).rev()) {
        assert!(line.ends_with(&reason(number)), "the latest first: {line}");
    }
    last_page_is_shown_for_any_beyond(&fixture.moderator(), "log", 3).await;
}
