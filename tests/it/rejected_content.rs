//! Discord rejects what a message contains: a link, or words.

use std::time::Duration;

use sandbox::{DiscordRules, Fault, Message, Plan, RateLimits, WhisulRules};
use serde_json::json;

use crate::world::{World, done, refusal, song_at};

const QUARTER_OF_AN_HOUR: i64 = 15 * 60 * 1000;

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
    // The message is posted, and the bot is stopped before it hears of it.
    let posts = "/api/v10/channels/*/messages";
    world.discord.faults().add(Fault::on("POST", posts).after(2).hang_after().times(1));
    world.whisul.finish("a song");
    world.ann.dm().until_message("the song", is_told).await;
    world.discord.faults().clear();
    world.stop_bot().await;
    world.wake_bot().await;
    let looked = || (world.discord.requests().count("GET", posts) > 0).then_some(());
    world.discord.until("a look at the messages", looked).await;
    world.whisul.finish("another song");
    world.bob.dm().until_message("the other song", is_told).await;
    assert_eq!(world.ann.dm().messages().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_asks_for_help_is_told_where_discord_rejects_it() {
    let world = World::new().await;
    let error = r#"{"message": "Invalid Form Body", "code": 50035}"#;
    let callback = Fault::on("POST", "/api/v10/interactions/*/*/callback").json(400, error);
    world.discord.faults().add(callback.times(1));
    let help = world.ann.at(&world.channel).command("help", &[]).await.unwrap();
    assert!(refusal(&help).await.contains("didn't let me show that"));
    let asked = world.song(&world.ann, "a song").await;
    done(&asked).await;
}
