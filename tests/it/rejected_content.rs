//! Discord rejects what a message contains: a link, words, buttons, or for a while everything.

use std::time::Duration;

use sandbox::{DiscordRules, Fault, Message, Plan, RateLimits, WhisulRules};
use serde_json::json;

use crate::world::{World, done, is_done, refusal, song_at};

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
async fn world(rules: DiscordRules) -> World {
    let mut world = World::asleep(&[], rules, WhisulRules::default()).await;
    world.whisul.plan("", Plan::song().until_told());
    world.discord.block_links("/audio/");
    world.wake_bot().await;
    world
}

fn unlimited() -> DiscordRules {
    DiscordRules { rate_limits: RateLimits::none(), ..DiscordRules::default() }
}

/// Whether a message tells of the song without a link to it.
fn is_told(message: &Message) -> bool {
    message.content.contains("doesn't let me show its link")
}

/// From now on Discord rejects every message whose body contains this.
fn reject(world: &World, part: &str) {
    for (method, path) in MESSAGES {
        world.discord.faults().add(Fault::on(method, path).containing(part).json(400, BAD_FORM));
    }
}

fn assert_without_links(message: &Message) {
    assert!(message.content.contains("/my-data export"), "{}", message.text());
    assert!(message.embeds.is_empty() && message.button("Listen").is_none());
    assert!(message.button("Again").is_some(), "the bot's own buttons stay");
    assert!(message.pings.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_song_whose_link_discord_blocks_is_told_of_without_it() {
    let world = world(unlimited()).await;
    let asked = world.song(&world.ann, "a song").await;
    let first = asked.answer().await.unwrap();
    world.whisul.until_accepted("a song").await;
    world.whisul.finish("a song");
    let told = asked.until("the song without its link", is_told).await;
    assert_eq!(told.id, first.id);
    assert_without_links(&told);

    // What it names instead works.
    let export = world.ann.at(&world.channel).command("my-data export", &[]).await.unwrap();
    let file = |message: &Message| !message.attachments.is_empty();
    export.until("the file", file).await;
    // The song can't be shown again, and its requester is told.
    let shown = json!(asked.id.to_string());
    let shown = world.ann.at(&world.channel).command("songs", &[("show", shown)]).await.unwrap();
    assert!(refusal(&shown).await.contains("/my-data export"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_goes_for_a_new_message_and_a_direct_one() {
    let rules =
        DiscordRules { old_message_after: Duration::ZERO, old_message_edits: 0, ..unlimited() };
    let world = world(DiscordRules { token_lifetime: Duration::ZERO, ..rules }).await;
    world.song(&world.ann, "a song").await;
    world.whisul.until_accepted("a song").await;
    world.whisul.finish("a song");
    let told = world.ann.at(&world.channel).until_message("the song", is_told).await;
    assert_without_links(&told);

    world.song(&world.bob, "another song").await;
    world.whisul.until_accepted("another song").await;
    world.server.deny_bot(&world.channel);
    world.whisul.finish("another song");
    let told = world.bob.dm().until_message("the song", is_told).await;
    assert_without_links(&told);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_discord_rejects_for_an_unknown_reason_is_sent_with_less() {
    let world = World::with(&[("EDIT_INTERVAL", "1h")]).await;
    world.whisul.plan("", Plan::song().until_told());
    let asked = world.song(&world.ann, "a song").await;
    world.whisul.until_accepted("a song").await;
    let error = r#"{"message": "Computer says no", "code": 240001}"#;
    let edits = Fault::on("PATCH", "/api/v10/webhooks/*/*/messages/@original").json(400, error);
    world.discord.faults().add(edits.times(2));
    world.whisul.finish("a song");
    assert_without_links(&asked.until("the song without its link", is_told).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outcome_without_its_links_is_found_again_by_its_buttons() {
    let mut world = world(unlimited()).await;
    let server = world.discord.add_server_without_bot("Elsewhere");
    let channel = server.add_channel("general");
    server.join(&world.ann);
    world.ann.install_app();
    song_at(&world.ann.at(&channel), "a song").await;
    world.whisul.until_accepted("a song").await;
    world.discord.set_clock_offset(QUARTER_OF_AN_HOUR);
    song_at(&world.bob.dm(), "another song").await;
    stop_before_the_post_is_heard_of(&mut world, 2, is_told).await;
    world.bob.dm().until_message("the other song", is_told).await;
    assert_eq!(world.ann.dm().messages().len(), 1);
}

/// After so many other posts, "a song" is posted to Ann, and the bot is stopped before it hears of
/// that. It is started again, looks for the message, and gets "another song" to post.
async fn stop_before_the_post_is_heard_of(
    world: &mut World,
    after: usize,
    is_told: impl Fn(&Message) -> bool,
) {
    let posts = "/api/v10/channels/*/messages";
    world.discord.faults().add(Fault::on("POST", posts).after(after).hang_after().times(1));
    world.whisul.finish("a song");
    world.ann.dm().until_message("the song", is_told).await;
    world.discord.faults().clear();
    world.stop_bot().await;
    world.wake_bot().await;
    let looked = || (world.discord.requests().count("GET", posts) > 0).then_some(());
    world.discord.until("a look at the messages", looked).await;
    world.whisul.finish("another song");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_asks_for_help_is_told_where_discord_rejects_it() {
    let world = World::new().await;
    world.discord.faults().add(Fault::on("POST", CALLBACK).json(400, BAD_FORM).times(1));
    let help = world.ann.at(&world.channel).command("help", &[]).await.unwrap();
    assert!(refusal(&help).await.contains("didn't let me show that"));
    let asked = world.song(&world.ann, "a song").await;
    done(&asked).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_song_is_told_of_in_one_sentence_where_discord_rejects_all_else() {
    let world = World::with(&[("EDIT_INTERVAL", "1h")]).await;
    world.whisul.plan("", Plan::song().until_told());
    for part in [r#""components":[{"#, r#""allowed_mentions":"#, "http", "<@"] {
        let asked = world.song(&world.ann, part).await;
        let first = asked.answer().await.unwrap();
        world.whisul.until_accepted(part).await;
        reject(&world, part);
        if part == "<@" {
            reject(&world, r#""embeds":[{"#);
        }
        world.whisul.finish(part);
        let is_told = |message: &Message| message.content.contains("/my-data export");
        let told = asked.until("the song in a sentence", is_told).await;
        world.discord.faults().clear();
        assert_eq!(told.id, first.id);
        assert!(told.embeds.is_empty() && told.pings.is_empty(), "{part}: {}", told.text());
        if part != "http" {
            assert!(told.button("Again").is_none(), "{part}");
            assert!(told.content.starts_with(&format!("Song {} is done", asked.id)), "{part}");
        }
    }
    assert_eq!(world.ann.at(&world.channel).messages().len(), 4, "no message is new");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_short_time_in_which_discord_rejects_everything_only_delays_an_outcome() {
    let world = World::with(&[("EDIT_INTERVAL", "1h")]).await;
    world.whisul.plan("", Plan::song().until_told());
    for error in [BAD_FORM, r#"{"message": "Blocked", "code": 200000}"#] {
        let asked = world.song(&world.ann, error).await;
        let first = asked.answer().await.unwrap();
        world.whisul.until_accepted(error).await;
        for (method, path) in MESSAGES {
            let fault = Fault::on(method, path).json(400, error);
            world.discord.faults().add(fault.lasting(Duration::from_secs(2)));
        }
        world.whisul.finish(error);
        // The time may end in the midst of an attempt that says less and less.
        let is_shown = |message: &Message| is_done(message) || message.content.contains("is done");
        assert_eq!(asked.until("the outcome", is_shown).await.id, first.id);
        assert!(world.ann.dm().messages().is_empty());
    }
    assert_eq!(world.ann.at(&world.channel).messages().len(), 2, "no message is new");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outcome_in_one_sentence_is_found_again_by_the_songs_number() {
    let mut world = World::with(&[("EDIT_INTERVAL", "1h")]).await;
    world.whisul.plan("", Plan::song().until_told());
    let server = world.discord.add_server_without_bot("Elsewhere");
    let channel = server.add_channel("general");
    server.join(&world.ann);
    world.ann.install_app();
    song_at(&world.ann.at(&channel), "a song").await;
    world.whisul.until_accepted("a song").await;
    world.discord.set_clock_offset(QUARTER_OF_AN_HOUR);
    // Another song puts the bot's clock right.
    song_at(&world.bob.dm(), "another song").await;
    world.whisul.until_accepted("another song").await;
    reject(&world, r#""allowed_mentions":"#);
    let is_told = |message: &Message| message.content.contains(" is done, but");
    stop_before_the_post_is_heard_of(&mut world, 0, is_told).await;
    world.bob.dm().until_message("the other song", is_done).await;
    assert_eq!(world.ann.dm().messages().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_command_is_rejected_its_user_is_told() {
    let world = World::new().await;
    done(&world.song(&world.ann, "a song").await).await;
    let owner = world.discord.owner();
    let (ann, owner) = (world.ann.at(&world.channel), owner.at(&world.channel));
    let error = r#"{"message": "Blocked", "code": 240000}"#;
    for (seat, command) in [
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
            world.discord.faults().add(Fault::on("POST", CALLBACK).json(400, json).times(times));
            let used = seat.command(command, &[]).await.unwrap();
            let told = refusal(&used).await;
            assert!(told.contains("didn't let me show that"), "{command}: {told}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_with_a_blocked_address_is_answered() {
    let world = World::new().await;
    let owner = world.discord.owner();
    let owner = owner.at(&world.channel);
    let reason = [("reason", json!("see http://blocked.example/why"))];
    owner.command("admin pause", &reason).await.unwrap().answer().await.unwrap();
    world.discord.block_links("blocked.example");
    let used = owner.command("admin log", &[]).await.unwrap();
    assert!(refusal(&used).await.contains("didn't let me show that"));
}
