//! A song's message is deleted while the song waits.

use std::time::Duration;

use sandbox::{ChannelClient, DiscordRules, Fault, Invocation, Message, Plan, WhisulRules};

use crate::{
    fixture::buttons::{click, labels},
    fixture::{Fixture, description, done, refusal, song_at, title},
};

/// A fixture where Bob's song keeps all others waiting, and no edit comes by for long.
async fn world_with_a_line(settings: &[(&str, &str)]) -> Fixture {
    let all = [&[("MAX_RUNNING", "1"), ("EDIT_INTERVAL", "10m")], settings].concat();
    let rules = WhisulRules { song_takes: Duration::ZERO, ..WhisulRules::default() };
    let mut fixture = Fixture::without_bot(&all, DiscordRules::default(), rules).await;
    fixture.whisul.plan("first", Plan::song().until_told());
    fixture.start_and_wait_until_ready().await;
    fixture.song(&fixture.bob, "the first song").await;
    fixture.whisul.until_accepted("the first song").await;
    fixture
}

/// Asks for a song that has to wait, until that is written down.
async fn waiting(client: &ChannelClient, prompt: &str) -> Message {
    let asked = song_at(client, prompt).await;
    let message = asked.answer().await.expect("a response at once");
    assert!(!message.ephemeral(), "{}", message.text());
    until_listed(client, prompt).await;
    message
}

async fn quota(client: &ChannelClient) -> Message {
    let asked = client.command("quota", &[]).await.expect("Discord takes the command");
    asked.answer().await.expect("a response at once")
}

/// The first response is known a moment before it is written down.
async fn until_listed(client: &ChannelClient, prompt: &str) {
    let listed = async { while !has_link(&quota(client).await, prompt) {} };
    tokio::time::timeout(crate::fixture::DEADLINE, listed).await.expect("it is listed");
}

/// Whether a list of songs under way has one with this prompt, with a link to its message.
fn has_link(list: &Message, prompt: &str) -> bool {
    let lines: Vec<_> = description(list).lines().collect();
    lines.windows(2).any(|pair| pair[0].contains("[message]") && pair[1].contains(prompt))
}

/// Whether a question was turned down for now, with a sentence that only the person sees.
async fn turned_down(asked: &Invocation) -> String {
    refusal(asked).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_waiting_song_blocks_no_other() {
    for settings in [[("USER_CONCURRENCY", "1")], [("USER_QUOTA", "1/1d")]] {
        let fixture = world_with_a_line(&settings).await;
        let client = fixture.ann.at(&fixture.channel);
        let first = waiting(&client, "a slow waltz").await;
        let told = turned_down(&song_at(&client, "a tango").await).await;
        assert!(told.contains("under way") || told.contains("used up"), "{told}");
        assert!(client.delete(first.id));
        let second = waiting(&client, "a tango").await;
        fixture.whisul.finish("first");
        let song = client
            .until_message("the song", |it| it.id == second.id && crate::fixture::is_done(it));
        song.await;
        assert_eq!((fixture.submissions("waltz"), fixture.submissions("tango")), (0, 1));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_message_that_is_surely_deleted_cancels_its_song() {
    let fixture = world_with_a_line(&[("USER_CONCURRENCY", "1")]).await;
    let client = fixture.ann.at(&fixture.channel);
    let asked = song_at(&client, "a slow waltz").await;
    asked.answer().await.unwrap();
    until_listed(&client, "waltz").await;
    let look = || Fault::on("GET", "/api/v10/**");
    for fault in [look().status(503), look().status(404), look().cut_after(), look().hang_after()] {
        let fault = fixture.discord.faults().add(fault);
        turned_down(&song_at(&client, "a tango").await).await;
        fixture.discord.faults().remove(fault);
    }
    fixture.whisul.finish("first");
    done(&asked).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_waiting_song_blocks_nobody_where_only_a_user_installed_the_bot() {
    let fixture = world_with_a_line(&[("USER_CONCURRENCY", "1")]).await;
    let server = fixture.discord.add_server_without_bot("Elsewhere");
    server.join(&fixture.ann);
    fixture.ann.install_app();
    let client = fixture.ann.at(&server.add_channel("general"));
    let first = waiting(&client, "a slow waltz").await;
    assert!(client.delete(first.id));
    waiting(&fixture.ann.at(&fixture.channel), "a tango").await;
    fixture.whisul.finish("first");
    assert_eq!(fixture.submissions("waltz"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_click_makes_a_song_once_the_first_song_is_deleted() {
    let fixture = world_with_a_line(&[]).await;
    let client = fixture.ann.at(&fixture.channel);
    let first = waiting(&client, "a slow waltz").await;
    let cancelled = click(&client, &first, "Cancel").await;
    let shown = cancelled.until("the news", |message| title(message) == "Cancelled").await;
    let again = click(&client, &shown, "Try again").await.answer().await.unwrap();
    until_listed(&client, "waltz").await;
    turned_down(&click(&client, &shown, "Try again").await).await;
    assert!(client.delete(again.id));
    let third = click(&client, &shown, "Try again").await;
    assert!(!third.answer().await.unwrap().ephemeral());
    fixture.whisul.finish("first");
    done(&third).await;
    assert_eq!(fixture.submissions("waltz"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_waiting_song_is_cancelled_from_the_quota_command() {
    let fixture = world_with_a_line(&[("USER_QUOTA", "2/1d")]).await;
    let client = fixture.ann.at(&fixture.channel);
    waiting(&client, "a slow waltz").await;
    assert_eq!(labels(&quota(&client).await), ["Cancel"]);
    let tango = waiting(&client, "a tango").await;
    let list = quota(&client).await;
    assert_eq!(labels(&list), ["Cancel 1", "Cancel 2"]);
    assert!(description(&list).contains("2 · 🎟️ In line"), "{}", description(&list));
    let cancelled = click(&client, &list, "Cancel 2").await.answer().await.unwrap();
    assert_eq!((cancelled.id, cancelled.ephemeral()), (list.id, true));
    assert_eq!(cancelled.content, "Cancelled. It doesn't count against your quota.");
    let told = description(&cancelled);
    assert!(told.starts_with("You can ask for 1 more song now.\n"), "{told}");
    assert!(!told.contains("tango") && labels(&cancelled) == ["Cancel"], "{told}");
    let is_shown = |it: &Message| it.id == tango.id && title(it) == "Cancelled";
    client.until_message("the news in its own message", is_shown).await;

    // Nobody else cancels it, whatever a client makes up.
    let id = cancelled.button("Cancel").unwrap().custom_id.unwrap();
    let bob = fixture.bob.at(&fixture.channel);
    let forged = bob.forge_click(tango.id, &id).await.unwrap();
    assert!(refusal(&forged).await.contains("I don't know this button any more"));
    // Nor does an old list.
    fixture.whisul.finish("first");
    fixture.whisul.until_accepted("waltz").await;
    let late = turned_down(&click(&client, &cancelled, "Cancel").await).await;
    assert!(late.contains("too late to cancel"), "{late}");
    assert_eq!(fixture.submissions("tango"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_link_leads_to_a_deleted_message() {
    let fixture = world_with_a_line(&[]).await;
    let client = fixture.ann.at(&fixture.channel);
    let waltz = waiting(&client, "a slow waltz").await;
    assert!(client.delete(waltz.id));
    let list = quota(&client).await;
    assert!(!description(&list).contains("waltz") && labels(&list).is_empty());
    // A song that is being made goes on, without its message.
    let bob = fixture.bob.at(&fixture.channel);
    let running = bob.messages().into_iter().find(|it| title(it) == "🎼 Composing");
    assert!(bob.delete(running.or_else(|| bob.messages().into_iter().next()).unwrap().id));
    let list = quota(&bob).await;
    assert!(description(&list).contains("> the first song"), "{}", description(&list));
    assert!(!description(&list).contains("[message]"), "{}", description(&list));
}
