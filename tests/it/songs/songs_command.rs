//! Listing and searching one's own songs with `/songs`.

use std::time::Duration;

use sandbox::{
    ChannelClient, ClientRefusal, DiscordRules, Invocation, Message, Person, Plan, WhisulRules,
};
use serde_json::json;

use crate::{
    fixture::buttons::click,
    fixture::{Fixture, description, done, title},
};

/// A fixture where songs take no time, and many are made at once.
pub(super) async fn quick() -> Fixture {
    let rules = WhisulRules { song_takes: Duration::ZERO, ..WhisulRules::default() };
    let settings = [("USER_CONCURRENCY", "50"), ("MAX_RUNNING", "50")];
    Fixture::with_rules(&settings, DiscordRules::default(), rules).await
}

/// Asks for these songs, one after the other, and waits for them all.
pub(super) async fn sung(fixture: &Fixture, person: &Person, prompts: &[String]) -> Vec<Message> {
    let mut asked = Vec::new();
    for prompt in prompts {
        let song = fixture.song(person, prompt).await;
        song.answer().await.expect("a response at once");
        asked.push(song);
    }
    let mut songs = Vec::new();
    for asked in &asked {
        songs.push(done(asked).await);
    }
    songs
}

pub(super) async fn songs(client: &ChannelClient, search: &str) -> Message {
    let options = [("search", json!(search))];
    let options = if search.is_empty() { &[][..] } else { &options[..] };
    let asked = client.command("songs", options).await.expect("Discord takes the command");
    let answer = asked.answer().await.expect("a response at once");
    assert!(answer.ephemeral());
    answer
}

pub(super) async fn show(client: &ChannelClient, value: &str) -> Invocation {
    client.command("songs", &[("show", json!(value))]).await.expect("Discord takes the command")
}

/// The prompts on a page, in their order.
pub(super) fn listed(message: &Message) -> Vec<&str> {
    description(message).lines().filter_map(|line| line.strip_prefix("> ")).collect()
}

fn footer(message: &Message) -> &str {
    message.embed().and_then(|embed| embed.footer.as_deref()).unwrap_or_default()
}

/// The pages after this one, by clicking on.
async fn turn(client: &ChannelClient, page: &Message, label: &str) -> Message {
    let turned = click(client, page, label).await.answer().await.expect("a response at once");
    assert_eq!(turned.id, page.id, "the same message shows the next page");
    turned
}

fn is_disabled(message: &Message, label: &str) -> bool {
    message.button(label).expect("the button").disabled
}

#[tokio::test(flavor = "multi_thread")]
async fn thirty_songs_are_listed_page_by_page_even_across_a_restart() {
    let mut fixture = quick().await;
    let prompts: Vec<String> = (1..=30).map(|number| format!("song number {number}")).collect();
    let sung = sung(&fixture, &fixture.ann, &prompts).await;
    let client = fixture.ann.at(&fixture.channel);
    let first = songs(&client, "").await;
    assert_eq!((title(&first), footer(&first)), ("Your songs", "Page 1 of 4 · 30 songs"));
    assert!(is_disabled(&first, "Previous") && !is_disabled(&first, "Next"));
    let newest: Vec<&str> = prompts.iter().rev().map(String::as_str).collect();
    assert_eq!(listed(&first), newest[..8]);

    // Each with its title, its link, when it was asked for, and where its message is.
    let last = sung.last().unwrap();
    let link = last.embed().unwrap().url.clone().unwrap();
    let message = format!(
        "https://discord.com/channels/{}/{}/{}",
        fixture.server.id(),
        last.channel_id,
        last.id
    );
    let shown = description(&first).lines().next().unwrap();
    assert!(
        shown.starts_with(&format!("**\u{2068}[{}]({link})\u{2069}** · <t:", title(last))),
        "{shown}"
    );
    assert!(shown.ends_with(&format!(":R> · [message]({message})")), "{shown}");

    let second = turn(&client, &first, "Next").await;
    assert_eq!(listed(&second), newest[8..16]);
    fixture.stop_bot().await;
    fixture.start_and_wait_until_ready().await;
    let third = turn(&client, &second, "Next").await;
    assert_eq!(listed(&third), newest[16..24]);
    let fourth = turn(&client, &third, "Next").await;
    assert_eq!(listed(&fourth), newest[24..]);
    assert!(!is_disabled(&fourth, "Previous") && is_disabled(&fourth, "Next"));
    assert_eq!(listed(&turn(&client, &fourth, "Previous").await), newest[16..24]);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_person_sees_only_their_own_songs() {
    let fixture = quick().await;
    let prompts: Vec<String> = (1..=9).map(|number| format!("Ann's number {number}")).collect();
    sung(&fixture, &fixture.ann, &prompts).await;
    let bob = fixture.bob.at(&fixture.channel);
    let nothing = songs(&bob, "").await;
    assert!(nothing.content.contains("no finished songs"), "{}", nothing.content);
    // Discord shows nobody else the list, nor lets them use its buttons.
    let page = songs(&fixture.ann.at(&fixture.channel), "").await;
    let next = page.button("Next").unwrap().custom_id.unwrap();
    let clicked = bob.click(page.id, &next).await;
    assert!(matches!(clicked, Err(ClientRefusal::UnknownMessage)), "{clicked:?}");
    // Nobody's songs are in the button itself.
    assert_eq!(next, "songs:1:");
}

#[tokio::test(flavor = "multi_thread")]
async fn songs_are_found_by_words_and_wildcards_are_literal() {
    let fixture = quick().await;
    let result = |title: &str, tags: &[&str]| {
        Plan::song().takes(Duration::ZERO).with("title", json!(title)).with("tags", json!(tags))
    };
    fixture.whisul.plan("harbour", result("Blue Hour", &["sea shanty", "accordion"]));
    fixture.whisul.plan("100%", result("Überall", &["techno"]));
    let prompts = ["a calm Harbour morning", "100% energy_boost", "an Evening in harbour lights"];
    sung(&fixture, &fixture.ann, &prompts.map(str::to_owned)).await;
    let client = fixture.ann.at(&fixture.channel);
    for (words, found) in [
        ("harbour", &[prompts[2], prompts[0]][..]),
        ("HARBOUR calm", &[prompts[0]]),
        ("accordion evening", &[prompts[2]]),
        ("über", &[r"100% energy\_boost"]),
        ("ÜBERALL", &[r"100% energy\_boost"]),
        ("100%", &[r"100% energy\_boost"]),
        ("y_b", &[r"100% energy\_boost"]),
    ] {
        let page = songs(&client, words).await;
        assert_eq!(listed(&page), found, "{words}");
        assert!(page.buttons().is_empty());
    }
    for words in ["%", "_", "har%our", "h_rbour", "calm%", "'", "calm evening"] {
        let page = songs(&client, words).await;
        let hit = words == "%" || words == "_";
        assert_eq!(listed(&page).len(), usize::from(hit), "{words}: {}", page.text());
        assert!(hit || page.content.contains("None of your songs"), "{}", page.content);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_is_kept_from_page_to_page() {
    let fixture = quick().await;
    let prompts: Vec<String> =
        (1..=20).map(|number| format!("{} {number}", ["sun", "rain: 🌧"][number % 2])).collect();
    sung(&fixture, &fixture.ann, &prompts).await;
    let client = fixture.ann.at(&fixture.channel);
    let first = songs(&client, "RAIN: 🌧").await;
    assert_eq!(footer(&first), "Page 1 of 2 · 10 songs");
    let second = turn(&client, &first, "Next").await;
    assert_eq!(listed(&second).len(), 2);
    assert!(listed(&second).iter().all(|prompt| prompt.starts_with(r"rain\: 🌧")));
    // The longest of searches still fits its button.
    let words = "🌧".repeat(20);
    assert!(songs(&client, &words).await.content.contains("None of your songs"));
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_titles_and_links_stay_text_in_a_list() {
    let fixture = quick().await;
    let evil = "](https://evil.example) **b** @everyone <@1> `c` [x](https://evil.example)\n# head";
    let link = format!("{}/a)[evil](https://evil.example", fixture.whisul.url());
    fixture.whisul.plan(
        "",
        Plan::song().takes(Duration::ZERO).with("title", json!(evil)).with("song", json!(link)),
    );
    sung(&fixture, &fixture.ann, &["> # a *prompt* <@&2>".to_owned()]).await;
    let page = songs(&fixture.ann.at(&fixture.channel), "").await;
    let lines: Vec<&str> = description(&page).lines().collect();
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert!(page.pings.is_empty());
    assert_eq!(lines[1], r"> \> \# a \*prompt\* \<\@&2\>");
    // No bracket ends the title's link but our own.
    let inside = lines[0].strip_prefix("**").unwrap();
    assert!(!inside.contains("](https://evil"), "{inside}");
    assert!(!inside.contains("](http") || inside.matches("](http").count() <= 2, "{inside}");
    let choices = fixture.ann.at(&fixture.channel).autocomplete("songs", "show", "").await.unwrap();
    assert!(choices[0]["name"].as_str().unwrap().chars().count() <= 100);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_songs_command_works_everywhere() {
    let mut fixture = Fixture::without_bot(
        &[("ALLOW_DMS", "false")],
        DiscordRules::default(),
        WhisulRules { song_takes: Duration::ZERO, ..WhisulRules::default() },
    )
    .await;
    fixture.set("ALLOWED_GUILDS", &fixture.server.id().to_string());
    fixture.start_and_wait_until_ready().await;
    sung(&fixture, &fixture.ann, &["a song of here".to_owned()]).await;
    let page = songs(&fixture.ann.dm(), "").await;
    assert_eq!(listed(&page), ["a song of here"]);
    let elsewhere = fixture.discord.add_server_without_bot("Elsewhere");
    elsewhere.join(&fixture.ann);
    fixture.ann.install_app();
    let page = songs(&fixture.ann.at(&elsewhere.add_channel("general")), "").await;
    assert_eq!(listed(&page), ["a song of here"]);
}
