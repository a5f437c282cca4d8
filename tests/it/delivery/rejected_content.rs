//! Discord rejects what a message contains: a link, words, buttons, or for a while everything.

use std::time::Duration;

use sandbox::{DiscordRules, Fault, Message, Plan, RateLimits, WhisulRules};
use serde_json::json;

use crate::fixture::{Fixture, done, is_done, refusal, song_at};

const QUARTER_OF_AN_HOUR: i64 = 15 * 60 * 1000;
const BAD_FORM: &str = r#"{"message": "Invalid Form Body", "code": 50035}"#;
const CALLBACK: &str = "/api/v10/interactions/*/*/callback";
/// Where messages are edited and posted.
const MESSAGES: [(&str, &str); 3] = [
    ("PATCH", "/api/v10/webhooks/*/*/messages/@original"),
    ("PATCH", "/api/v10/channels/*/messages/*"),
    ("POST", "/api/v10/channels/*/messages"),
];

/// A Discord that rejects every message with a link to a song, in which songs take until they are
/// told to end.
async fn fixture(rules: DiscordRules) -> Fixture {
    let mut fixture = Fixture::without_bot(&[], rules, WhisulRules::default()).await;
    fixture.whisul.plan("", Plan::song().until_told());
    fixture.discord.block_links("/audio/");
    fixture.start_and_wait_until_ready().await;
    fixture
}

fn unlimited() -> DiscordRules {
    DiscordRules { rate_limits: RateLimits::none(), ..DiscordRules::default() }
}

/// Whether a message shows the song without a link to it.
fn is_told(message: &Message) -> bool {
    message.content.contains("doesn't let me show its link")
}

/// From now on Discord rejects every message whose body contains this.
fn reject(fixture: &Fixture, part: &str) {
    for (method, path) in MESSAGES {
        fixture.discord.faults().add(Fault::on(method, path).containing(part).json(400, BAD_FORM));
    }
}

fn assert_without_links(message: &Message) {
    assert!(message.content.contains("/my-data export"), "{}", message.text());
    assert!(message.embeds.is_empty() && message.button("Listen").is_none());
    assert!(message.button("Again").is_some(), "the bot's own buttons stay");
    assert!(message.pings.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_song_whose_link_discord_blocks_is_shown_without_it() {
    let fixture = fixture(unlimited()).await;
    let asked = fixture.song(&fixture.ann, "a song").await;
    let first = asked.answer().await.unwrap();
    fixture.whisul.until_accepted("a song").await;
    fixture.whisul.finish("a song");
    let told = asked.until("the song without its link", is_told).await;
    assert_eq!(told.id, first.id);
    assert_without_links(&told);

    // What it names instead works.
    let export = fixture.ann.at(&fixture.channel).command("my-data export", &[]).await.unwrap();
    let file = |message: &Message| !message.attachments.is_empty();
    export.until("the file", file).await;
    // The song can't be shown again, and the response says so.
    let shown = json!(asked.id.to_string());
    let shown =
        fixture.ann.at(&fixture.channel).command("songs", &[("show", shown)]).await.unwrap();
    assert!(refusal(&shown).await.contains("/my-data export"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_blocked_link_is_also_left_out_of_new_messages_and_dms() {
    let rules =
        DiscordRules { old_message_after: Duration::ZERO, old_message_edits: 0, ..unlimited() };
    let fixture = fixture(DiscordRules { token_lifetime: Duration::ZERO, ..rules }).await;
    fixture.song(&fixture.ann, "a song").await;
    fixture.whisul.until_accepted("a song").await;
    fixture.whisul.finish("a song");
    let told = fixture.ann.at(&fixture.channel).until_message("the song", is_told).await;
    assert_without_links(&told);

    fixture.song(&fixture.bob, "another song").await;
    fixture.whisul.until_accepted("another song").await;
    fixture.server.deny_bot(&fixture.channel);
    fixture.whisul.finish("another song");
    let told = fixture.bob.dm().until_message("the song", is_told).await;
    assert_without_links(&told);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_discord_rejects_for_an_unknown_reason_is_stripped() {
    let fixture = Fixture::with(&[("EDIT_INTERVAL", "1h")]).await;
    fixture.whisul.plan("", Plan::song().until_told());
    let asked = fixture.song(&fixture.ann, "a song").await;
    fixture.whisul.until_accepted("a song").await;
    let error = r#"{"message": "Computer says no", "code": 240001}"#;
    let edits = Fault::on("PATCH", "/api/v10/webhooks/*/*/messages/@original").json(400, error);
    fixture.discord.faults().add(edits.times(2));
    fixture.whisul.finish("a song");
    assert_without_links(&asked.until("the song without its link", is_told).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outcome_without_its_links_is_found_again_by_its_buttons() {
    let mut fixture = fixture(unlimited()).await;
    let server = fixture.discord.add_server_without_bot("Elsewhere");
    let channel = server.add_channel("general");
    server.join(&fixture.ann);
    fixture.ann.install_app();
    song_at(&fixture.ann.at(&channel), "a song").await;
    fixture.whisul.until_accepted("a song").await;
    fixture.discord.set_clock_offset(QUARTER_OF_AN_HOUR);
    song_at(&fixture.bob.dm(), "another song").await;
    stop_before_the_post_is_heard_of(&mut fixture, 2, is_told).await;
    fixture.bob.dm().until_message("the other song", is_told).await;
    assert_eq!(fixture.ann.dm().messages().len(), 1);
}

/// After so many other posts, "a song" is posted to Ann, and the bot is stopped before it hears of
/// that. It is started again, looks for the message, and gets "another song" to post.
async fn stop_before_the_post_is_heard_of(
    fixture: &mut Fixture,
    after: usize,
    is_told: impl Fn(&Message) -> bool,
) {
    let posts = "/api/v10/channels/*/messages";
    fixture.discord.faults().add(Fault::on("POST", posts).after(after).hang_after().times(1));
    fixture.whisul.finish("a song");
    fixture.ann.dm().until_message("the song", is_told).await;
    fixture.discord.faults().clear();
    fixture.stop_bot().await;
    fixture.start_and_wait_until_ready().await;
    let looked = || (fixture.discord.requests().count("GET", posts) > 0).then_some(());
    fixture.discord.until("a look at the messages", looked).await;
    fixture.whisul.finish("another song");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_help_answer_that_discord_rejects_is_replaced_by_a_sentence() {
    let fixture = Fixture::new().await;
    fixture.discord.faults().add(Fault::on("POST", CALLBACK).json(400, BAD_FORM).times(1));
    let help = fixture.ann.at(&fixture.channel).command("help", &[]).await.unwrap();
    assert!(refusal(&help).await.contains("didn't let me show that"));
    let asked = fixture.song(&fixture.ann, "a song").await;
    done(&asked).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_song_is_shown_in_one_sentence_where_discord_rejects_all_else() {
    let fixture = Fixture::with(&[("EDIT_INTERVAL", "1h")]).await;
    fixture.whisul.plan("", Plan::song().until_told());
    for part in [r#""components":[{"#, r#""allowed_mentions":"#, "http", "<@"] {
        let asked = fixture.song(&fixture.ann, part).await;
        let first = asked.answer().await.unwrap();
        fixture.whisul.until_accepted(part).await;
        reject(&fixture, part);
        if part == "<@" {
            reject(&fixture, r#""embeds":[{"#);
        }
        fixture.whisul.finish(part);
        let is_told = |message: &Message| message.content.contains("/my-data export");
        let told = asked.until("the song in a sentence", is_told).await;
        fixture.discord.faults().clear();
        assert_eq!(told.id, first.id);
        assert!(told.embeds.is_empty() && told.pings.is_empty(), "{part}: {}", told.text());
        if part != "http" {
            assert!(told.button("Again").is_none(), "{part}");
            assert!(told.content.starts_with(&format!("Song {} is done", asked.id)), "{part}");
        }
    }
    assert_eq!(fixture.ann.at(&fixture.channel).messages().len(), 4, "no message is new");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_short_time_in_which_discord_rejects_everything_only_delays_an_outcome() {
    let fixture = Fixture::with(&[("EDIT_INTERVAL", "1h")]).await;
    fixture.whisul.plan("", Plan::song().until_told());
    for error in [BAD_FORM, r#"{"message": "Blocked", "code": 200000}"#] {
        let asked = fixture.song(&fixture.ann, error).await;
        let first = asked.answer().await.unwrap();
        fixture.whisul.until_accepted(error).await;
        for (method, path) in MESSAGES {
            let fault = Fault::on(method, path).json(400, error);
            fixture.discord.faults().add(fault.lasting(Duration::from_secs(2)));
        }
        fixture.whisul.finish(error);
        // The time may end in the midst of an attempt that says less and less.
        let is_shown = |message: &Message| is_done(message) || message.content.contains("is done");
        assert_eq!(asked.until("the outcome", is_shown).await.id, first.id);
        assert!(fixture.ann.dm().messages().is_empty());
    }
    assert_eq!(fixture.ann.at(&fixture.channel).messages().len(), 2, "no message is new");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outcome_in_one_sentence_is_found_again_by_the_songs_number() {
    let mut fixture = Fixture::with(&[("EDIT_INTERVAL", "1h")]).await;
    fixture.whisul.plan("", Plan::song().until_told());
    let server = fixture.discord.add_server_without_bot("Elsewhere");
    let channel = server.add_channel("general");
    server.join(&fixture.ann);
    fixture.ann.install_app();
    song_at(&fixture.ann.at(&channel), "a song").await;
    fixture.whisul.until_accepted("a song").await;
    fixture.discord.set_clock_offset(QUARTER_OF_AN_HOUR);
    // Another song puts the bot's clock right.
    song_at(&fixture.bob.dm(), "another song").await;
    fixture.whisul.until_accepted("another song").await;
    reject(&fixture, r#""allowed_mentions":"#);
    let is_told = |message: &Message| message.content.contains(" is done, but");
    stop_before_the_post_is_heard_of(&mut fixture, 0, is_told).await;
    fixture.bob.dm().until_message("the other song", is_done).await;
    assert_eq!(fixture.ann.dm().messages().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_command_whose_answer_discord_rejects_still_answers() {
    let fixture = Fixture::new().await;
    done(&fixture.song(&fixture.ann, "a song").await).await;
    let owner = fixture.discord.owner();
    let (ann, owner) = (fixture.ann.at(&fixture.channel), owner.at(&fixture.channel));
    let error = r#"{"message": "Blocked", "code": 240000}"#;
    for (client, command) in [
        (&owner, "admin log"),
        (&owner, "admin stats"),
        (&owner, "admin jobs"),
        (&owner, "admin settings"),
        (&owner, "admin servers"),
        (&owner, "admin words list"),
        (&owner, "admin resume"),
        (&ann, "songs"),
        (&ann, "quota"),
        (&ann, "help"),
        (&ann, "my-data export"),
        (&ann, "my-data forget"),
    ] {
        for (json, times) in [(BAD_FORM, 1), (error, 1), (BAD_FORM, 3)] {
            fixture.discord.faults().add(Fault::on("POST", CALLBACK).json(400, json).times(times));
            let used = client.command(command, &[]).await.unwrap();
            let told = refusal(&used).await;
            assert!(told.contains("didn't let me show that"), "{command}: {told}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_admin_log_with_a_blocked_link_is_answered() {
    let fixture = Fixture::new().await;
    let owner = fixture.discord.owner();
    let owner = owner.at(&fixture.channel);
    let reason = [("reason", json!("see http://blocked.example/why"))];
    owner.command("admin pause", &reason).await.unwrap().answer().await.unwrap();
    fixture.discord.block_links("blocked.example");
    let used = owner.command("admin log", &[]).await.unwrap();
    assert!(refusal(&used).await.contains("didn't let me show that"));
}
