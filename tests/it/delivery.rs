//! How an outcome reaches people when the straight way is closed.

use std::time::Duration;

use sandbox::{
    DiscordRules, Fault, Invocation, Message, Plan, RateLimits, RecordedRequest, WhisulRules,
};

use crate::world::{World, description, done, is_done, song_at, title};

/// The edits of an answer by its interaction's token, and those of any message by its channel.
const BY_TOKEN: &str = "/api/v10/webhooks/*/*/messages/@original";
const BY_CHANNEL: &str = "/api/v10/channels/*/messages/*";
/// Where new messages are posted.
const NEW: &str = "/api/v10/channels/*/messages";

/// An interaction's token lives for 15 minutes, by the bot's clock.
const QUARTER_OF_AN_HOUR: i64 = 15 * 60 * 1000;

/// A world whose songs take until they are told to end.
async fn world(rules: DiscordRules, settings: &[(&str, &str)]) -> World {
    let mut world = World::asleep(settings, rules, WhisulRules::default()).await;
    world.whisul.plan("", Plan::song().until_told());
    world.wake_bot().await;
    world
}

/// The rules of a Discord where nobody has to wait.
fn unlimited() -> DiscordRules {
    DiscordRules { rate_limits: RateLimits::none(), ..DiscordRules::default() }
}

/// The rules of a Discord where an interaction's token is void as soon as it was answered.
fn without_tokens() -> DiscordRules {
    DiscordRules { token_lifetime: Duration::ZERO, ..unlimited() }
}

async fn composing(asked: &Invocation) -> Message {
    asked.until("a song under way", |message| title(message) == "🎼 Composing").await
}

/// A song of Bob's from beginning to end: whatever was to happen before has happened by then.
async fn bobs_song(world: &World, prompt: &str) {
    let asked = world.song(&world.bob, prompt).await;
    world.whisul.until_accepted(prompt).await;
    world.whisul.finish(prompt);
    done(&asked).await;
}

/// Waits for a request that was answered with this status.
async fn answered(world: &World, method: &str, path: &str, status: u16) -> RecordedRequest {
    let what = format!("{method} {path} to be answered with {status}");
    let requests = world.discord.requests();
    let look = || {
        requests.matching(method, path).into_iter().find(|request| request.status == Some(status))
    };
    world.discord.until(&what, look).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_song_that_outlives_its_interaction_comes_in_the_same_message() {
    let world = world(without_tokens(), &[]).await;
    let asked = world.song(&world.ann, "a long song").await;
    let first = asked.answer().await.unwrap();
    composing(&asked).await;
    world.whisul.finish("a long song");
    assert_eq!(done(&asked).await.id, first.id);
    assert_eq!(world.discord.messages().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn after_fifteen_minutes_the_token_is_not_even_tried() {
    let world = world(unlimited(), &[]).await;
    let asked = world.song(&world.ann, "a long song").await;
    composing(&asked).await;
    world.discord.set_clock_offset(QUARTER_OF_AN_HOUR);
    bobs_song(&world, "a short song").await;
    let before = world.discord.requests().matching("PATCH", BY_TOKEN);
    world.whisul.finish("a long song");
    done(&asked).await;
    assert_eq!(world.discord.requests().matching("PATCH", BY_TOKEN).len(), before.len());
    assert!(world.discord.requests().count("PATCH", BY_CHANNEL) > 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn where_only_the_token_reaches_the_message_the_song_comes_as_a_direct_message() {
    let world = world(unlimited(), &[]).await;
    let server = world.discord.add_server_without_bot("Elsewhere");
    let elsewhere = server.add_channel("general");
    server.join(&world.ann);
    world.ann.install_app();
    let asked = song_at(&world.ann.at(&elsewhere), "a long song").await;
    composing(&asked).await;

    world.discord.set_clock_offset(QUARTER_OF_AN_HOUR - 30_000);
    bobs_song(&world, "one short song").await;
    let announced = |message: &Message| description(message).contains("as a direct message");
    asked.until("the way in which the song will come", announced).await;
    world.discord.set_clock_offset(QUARTER_OF_AN_HOUR);
    bobs_song(&world, "another short song").await;
    world.whisul.finish("a long song");
    let song = world.ann.dm().until_message("the song", is_done).await;
    assert!(song.text().contains("a long song"));
    assert!(!is_done(&asked.message().unwrap()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_a_person_deleted_stays_deleted() {
    let world = world(unlimited(), &[("USER_QUOTA", "1/1d")]).await;
    let asked = world.song(&world.ann, "regretted").await;
    let message = composing(&asked).await;
    assert!(world.ann.at(&world.channel).delete(message.id));
    world.whisul.finish("regretted");
    answered(&world, "PATCH", BY_TOKEN, 404).await;
    bobs_song(&world, "another song").await;
    assert_eq!(world.discord.messages().len(), 2, "Ann's and Bob's, and no third");
    assert_eq!(world.ann.dm().messages().len(), 0);
    assert!(asked.message().unwrap().deleted);

    // The song was made, so it counts.
    let again = world.song(&world.ann, "one more").await;
    assert!(again.answer().await.unwrap().content.contains("used up"));
}

#[tokio::test(flavor = "multi_thread")]
async fn deleting_the_message_of_a_song_in_line_takes_it_back() {
    let settings = [("MAX_RUNNING", "1"), ("USER_QUOTA", "1/1d")];
    let world = world(unlimited(), &settings).await;
    let anns = world.song(&world.ann, "in front").await;
    world.whisul.until_accepted("in front").await;
    let asked = world.song(&world.bob, "regretted").await;
    let message = asked.answer().await.unwrap();
    assert!(world.bob.at(&world.channel).delete(message.id));
    // The song's turn comes when its message has stood for a few polls.
    let polls = world.whisul.until_polled("in front", 1).await.polls;
    world.whisul.until_polled("in front", polls + 3).await;
    world.whisul.finish("in front");
    done(&anns).await;

    // Bob has his one song back.
    let again = world.song_once_free(&world.bob, "in its place").await;
    world.whisul.until_accepted("in its place").await;
    world.whisul.finish("in its place");
    done(&again).await;
    assert_eq!(world.whisul.accepted("regretted"), 0);
    assert!(asked.message().unwrap().deleted);
}

/// A song whose channel is closed to the bot before it is done comes as a direct message.
async fn comes_by_direct_message(close: impl FnOnce(&World)) {
    let world = world(without_tokens(), &[]).await;
    let asked = world.song(&world.ann, "a song").await;
    world.whisul.until_accepted("a song").await;
    close(&world);
    world.whisul.finish("a song");
    world.ann.dm().until_message("the song", is_done).await;
    assert!(!is_done(&asked.message().unwrap()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_song_of_a_channel_hidden_from_the_bot_comes_as_a_direct_message() {
    comes_by_direct_message(|world| world.server.deny_bot(&world.channel)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_song_of_a_locked_thread_comes_as_a_direct_message() {
    comes_by_direct_message(|world| world.channel.archive()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_song_of_a_channel_that_is_gone_comes_as_a_direct_message() {
    comes_by_direct_message(|world| world.channel.delete()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_song_that_nobody_can_be_told_of_is_let_go_for_good() {
    let mut world = world(without_tokens(), &[]).await;
    world.song(&world.ann, "unheard").await;
    world.whisul.until_accepted("unheard").await;
    world.server.kick_bot();
    world.ann.blocks_dms(true);
    world.whisul.finish("unheard");
    let refused = answered(&world, "POST", NEW, 403).await;
    world.stop_bot().await;
    world.wake_bot().await;
    let bobs = song_at(&world.bob.dm(), "another").await;
    world.whisul.until_accepted("another").await;
    world.whisul.finish("another");
    done(&bobs).await;
    assert_eq!(world.discord.requests().count("POST", &refused.path), 1);
    assert_eq!(world.whisul.accepted("unheard"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_song_is_delivered_late_rather_than_never_and_never_made_again() {
    let world = world(unlimited(), &[]).await;
    let asked = world.song(&world.ann, "a song").await;
    composing(&asked).await;
    let busy = r#"{"message": "busy", "retry_after": 0.1, "global": false}"#;
    let faults = [
        Fault::on("PATCH", BY_TOKEN).times(1).status(500),
        Fault::on("PATCH", BY_TOKEN).times(1).cut_before(),
        Fault::on("PATCH", BY_TOKEN).times(1).status(429).body(busy),
    ];
    for fault in faults {
        world.discord.faults().add(fault);
    }
    world.whisul.finish("a song");
    done(&asked).await;
    assert_eq!(world.whisul.requests().count("POST", "/api/generate"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_answers_in_front_of_discord_is_left_alone_for_as_long_as_they_ask() {
    let world = world(unlimited(), &[("EDIT_INTERVAL", "1h")]).await;
    let asked = world.song(&world.ann, "a song").await;
    world.whisul.until_accepted("a song").await;
    let banned = Fault::on("PATCH", BY_TOKEN).times(1).status(429).header("retry-after", "2");
    world.discord.faults().add(banned.body("<html>error code: 1015</html>"));
    world.whisul.finish("a song");
    done(&asked).await;
    let edits = world.discord.requests().matching("PATCH", BY_TOKEN);
    let wait = edits[1].at - edits[0].at;
    assert!(wait >= Duration::from_secs(2), "{wait:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_discord_will_not_show_comes_with_its_link_alone() {
    let world = world(unlimited(), &[]).await;
    world.server.automod_blocks("unspeakable");
    world.whisul.plan("", Plan::song().takes(Duration::ZERO).with("title", "Unspeakable".into()));
    let asked = world.song(&world.ann, "a song").await;
    let has_link = |message: &Message| message.button("Listen").is_some();
    let song = asked.until("the song", has_link).await;
    assert!(song.content.contains(&world.ann.mention()), "{}", song.text());
    assert!(song.embeds.is_empty() && song.pings.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_that_discord_will_not_show_is_told_without_its_reason() {
    let world = world(unlimited(), &[]).await;
    world.server.automod_blocks("unspeakable");
    let fails = Plan::fails(Some("The prompt is unspeakable.")).takes(Duration::ZERO);
    world.whisul.plan("", fails);
    let asked = world.song(&world.ann, "a song").await;
    asked.until("the news", |message| message.content.contains("could not be made")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_late_edit_of_progress_never_covers_the_song() {
    let world = world(unlimited(), &[]).await;
    let slow = Fault::on("PATCH", BY_TOKEN).times(1).delay(Duration::from_millis(400));
    world.discord.faults().add(slow);
    let asked = world.song(&world.ann, "a song").await;
    let on_its_way = || (world.discord.requests().count("PATCH", BY_TOKEN) > 0).then_some(());
    world.discord.until("an edit on its way", on_its_way).await;
    world.whisul.until_accepted("a song").await;
    world.whisul.finish("a song");
    done(&asked).await;
    bobs_song(&world, "another song").await;
    let message = asked.message().unwrap();
    assert!(is_done(&message), "{}", message.text());
    assert!(message.revisions.len() > 2, "the slow edit came through, too");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_too_old_for_more_edits_is_followed_by_a_new_one_exactly_once() {
    let rules =
        DiscordRules { old_message_after: Duration::ZERO, old_message_edits: 0, ..unlimited() };
    let world = world(rules, &[]).await;
    world.song(&world.ann, "a song").await;
    world.whisul.until_accepted("a song").await;
    // Discord takes the message in, and the bot doesn't hear of it.
    world.discord.faults().add(Fault::on("POST", NEW).times(1).cut_after());
    world.whisul.finish("a song");
    world.ann.at(&world.channel).until_message("the song", is_done).await;
    let posted = answered(&world, "POST", NEW, 200).await.json();
    assert_eq!(posted["enforce_nonce"], true);
    assert!(posted["nonce"].as_str().is_some_and(|nonce| nonce.len() <= 25), "{posted}");
    let is_anns = |song: &Message| is_done(song) && song.text().contains("a song");
    let is_bobs = |song: &Message| is_done(song) && song.text().contains("Bob's");
    world.song(&world.bob, "Bob's").await;
    world.whisul.until_accepted("Bob's").await;
    world.whisul.finish("Bob's");
    let seat = world.ann.at(&world.channel);
    seat.until_message("Bob's song", is_bobs).await;
    assert_eq!(seat.messages().iter().filter(|song| is_anns(song)).count(), 1);
}
