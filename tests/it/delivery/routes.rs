//! The delivery routes of an outcome, when the first one is closed.

use std::time::Duration;

use sandbox::{
    DiscordRules, Fault, Invocation, Message, Plan, RateLimits, RecordedRequest, WhisulRules,
};

use crate::fixture::{Fixture, description, done, is_done, song_at, title};

/// The edits of a response by its interaction's token, and those of any message by its channel.
const BY_TOKEN: &str = "/api/v10/webhooks/*/*/messages/@original";
const BY_CHANNEL: &str = "/api/v10/channels/*/messages/*";
/// Where new messages are posted.
const NEW: &str = "/api/v10/channels/*/messages";

/// An interaction's token lives for 15 minutes, by the bot's clock.
const QUARTER_OF_AN_HOUR: i64 = 15 * 60 * 1000;

/// A fixture whose songs run until the test finishes them.
async fn fixture(rules: DiscordRules, settings: &[(&str, &str)]) -> Fixture {
    let mut fixture = Fixture::without_bot(settings, rules, WhisulRules::default()).await;
    fixture.whisul.plan("", Plan::song().until_told());
    fixture.start_and_wait_until_ready().await;
    fixture
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
async fn bobs_song(fixture: &Fixture, prompt: &str) {
    let asked = fixture.song(&fixture.bob, prompt).await;
    fixture.whisul.until_accepted(prompt).await;
    fixture.whisul.finish(prompt);
    done(&asked).await;
}

/// Waits for a request that was answered with this status.
async fn answered(fixture: &Fixture, method: &str, path: &str, status: u16) -> RecordedRequest {
    let what = format!("{method} {path} to be answered with {status}");
    let requests = fixture.discord.requests();
    let look = || {
        requests.matching(method, path).into_iter().find(|request| request.status == Some(status))
    };
    fixture.discord.until(&what, look).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_song_longer_than_its_interaction_appears_in_the_same_message() {
    let fixture = fixture(without_tokens(), &[]).await;
    let asked = fixture.song(&fixture.ann, "a long song").await;
    let first = asked.answer().await.unwrap();
    composing(&asked).await;
    fixture.whisul.finish("a long song");
    assert_eq!(done(&asked).await.id, first.id);
    assert_eq!(fixture.discord.messages().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn after_fifteen_minutes_the_token_is_not_even_tried() {
    let fixture = fixture(unlimited(), &[]).await;
    let asked = fixture.song(&fixture.ann, "a long song").await;
    composing(&asked).await;
    fixture.discord.set_clock_offset(QUARTER_OF_AN_HOUR);
    bobs_song(&fixture, "a short song").await;
    let before = fixture.discord.requests().matching("PATCH", BY_TOKEN);
    fixture.whisul.finish("a long song");
    done(&asked).await;
    assert_eq!(fixture.discord.requests().matching("PATCH", BY_TOKEN).len(), before.len());
    assert!(fixture.discord.requests().count("PATCH", BY_CHANNEL) > 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_song_whose_message_only_the_expired_token_reaches_comes_by_dm() {
    let fixture = fixture(unlimited(), &[]).await;
    let server = fixture.discord.add_server_without_bot("Elsewhere");
    let elsewhere = server.add_channel("general");
    server.join(&fixture.ann);
    fixture.ann.install_app();
    let asked = song_at(&fixture.ann.at(&elsewhere), "a long song").await;
    composing(&asked).await;

    fixture.discord.set_clock_offset(QUARTER_OF_AN_HOUR - 30_000);
    bobs_song(&fixture, "one short song").await;
    let announced = |message: &Message| description(message).contains("as a direct message");
    asked.until("the way in which the song will come", announced).await;
    fixture.discord.set_clock_offset(QUARTER_OF_AN_HOUR);
    bobs_song(&fixture, "another short song").await;
    fixture.whisul.finish("a long song");
    let song = fixture.ann.dm().until_message("the song", is_done).await;
    assert!(song.text().contains("a long song"));
    assert!(!is_done(&asked.message().unwrap()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_a_person_deleted_stays_deleted() {
    let fixture = fixture(unlimited(), &[("USER_QUOTA", "1/1d")]).await;
    let asked = fixture.song(&fixture.ann, "regretted").await;
    let message = composing(&asked).await;
    assert!(fixture.ann.at(&fixture.channel).delete(message.id));
    fixture.whisul.finish("regretted");
    answered(&fixture, "PATCH", BY_TOKEN, 404).await;
    bobs_song(&fixture, "another song").await;
    assert_eq!(fixture.discord.messages().len(), 2, "Ann's and Bob's, and no third");
    assert_eq!(fixture.ann.dm().messages().len(), 0);
    assert!(asked.message().unwrap().deleted);

    // The song was made, so it counts.
    let again = fixture.song(&fixture.ann, "one more").await;
    assert!(again.answer().await.unwrap().content.contains("used up"));
}

#[tokio::test(flavor = "multi_thread")]
async fn deleting_the_message_of_a_waiting_song_cancels_it() {
    let settings = [("MAX_RUNNING", "1"), ("USER_QUOTA", "1/1d")];
    let fixture = fixture(unlimited(), &settings).await;
    let anns = fixture.song(&fixture.ann, "in front").await;
    fixture.whisul.until_accepted("in front").await;
    let asked = fixture.song(&fixture.bob, "regretted").await;
    let message = asked.answer().await.unwrap();
    assert!(fixture.bob.at(&fixture.channel).delete(message.id));
    // The song's turn comes when its message has stood for a few polls.
    let polls = fixture.whisul.until_polled("in front", 1).await.polls;
    fixture.whisul.until_polled("in front", polls + 3).await;
    fixture.whisul.finish("in front");
    done(&anns).await;

    // Bob has his one song back.
    let again = fixture.song_once_allowed(&fixture.bob, "in its place").await;
    fixture.whisul.until_accepted("in its place").await;
    fixture.whisul.finish("in its place");
    done(&again).await;
    assert_eq!(fixture.whisul.accepted("regretted"), 0);
    assert!(asked.message().unwrap().deleted);
}

/// A song whose channel is closed to the bot before it is done comes as a direct message.
async fn comes_by_direct_message(close: impl FnOnce(&Fixture)) {
    let fixture = fixture(without_tokens(), &[]).await;
    let asked = fixture.song(&fixture.ann, "a song").await;
    fixture.whisul.until_accepted("a song").await;
    close(&fixture);
    fixture.whisul.finish("a song");
    fixture.ann.dm().until_message("the song", is_done).await;
    assert!(!is_done(&asked.message().unwrap()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_song_of_a_channel_hidden_from_the_bot_comes_by_dm() {
    comes_by_direct_message(|fixture| fixture.server.deny_bot(&fixture.channel)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_song_of_a_locked_thread_comes_by_dm() {
    comes_by_direct_message(|fixture| fixture.channel.archive()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_song_of_a_deleted_channel_comes_by_dm() {
    comes_by_direct_message(|fixture| fixture.channel.delete()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_song_without_any_delivery_route_becomes_undeliverable() {
    let mut fixture = fixture(without_tokens(), &[]).await;
    fixture.song(&fixture.ann, "unheard").await;
    fixture.whisul.until_accepted("unheard").await;
    fixture.server.kick_bot();
    fixture.ann.blocks_dms(true);
    fixture.whisul.finish("unheard");
    let refused = answered(&fixture, "POST", NEW, 403).await;
    fixture.stop_bot().await;
    fixture.start_and_wait_until_ready().await;
    let bobs = song_at(&fixture.bob.dm(), "another").await;
    fixture.whisul.until_accepted("another").await;
    fixture.whisul.finish("another");
    done(&bobs).await;
    assert_eq!(fixture.discord.requests().count("POST", &refused.path), 1);
    assert_eq!(fixture.whisul.accepted("unheard"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_song_is_delivered_late_rather_than_never_and_never_made_again() {
    let fixture = fixture(unlimited(), &[]).await;
    let asked = fixture.song(&fixture.ann, "a song").await;
    composing(&asked).await;
    let busy = r#"{"message": "busy", "retry_after": 0.1, "global": false}"#;
    let faults = [
        Fault::on("PATCH", BY_TOKEN).times(1).status(500),
        Fault::on("PATCH", BY_TOKEN).times(1).cut_before(),
        Fault::on("PATCH", BY_TOKEN).times(1).status(429).body(busy),
    ];
    for fault in faults {
        fixture.discord.faults().add(fault);
    }
    fixture.whisul.finish("a song");
    done(&asked).await;
    assert_eq!(fixture.whisul.requests().count("POST", "/api/generate"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_retry_after_of_a_proxy_in_front_of_discord_is_respected() {
    let fixture = fixture(unlimited(), &[("EDIT_INTERVAL", "1h")]).await;
    let asked = fixture.song(&fixture.ann, "a song").await;
    fixture.whisul.until_accepted("a song").await;
    let banned = Fault::on("PATCH", BY_TOKEN).times(1).status(429).header("retry-after", "2");
    fixture.discord.faults().add(banned.body("<html>error code: 1015</html>"));
    fixture.whisul.finish("a song");
    done(&asked).await;
    let edits = fixture.discord.requests().matching("PATCH", BY_TOKEN);
    let wait = edits[1].at - edits[0].at;
    assert!(wait >= Duration::from_secs(2), "{wait:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_discord_rejects_comes_with_its_link_alone() {
    let fixture = fixture(unlimited(), &[]).await;
    fixture.server.automod_blocks("unspeakable");
    fixture.whisul.plan("", Plan::song().takes(Duration::ZERO).with("title", "Unspeakable".into()));
    let asked = fixture.song(&fixture.ann, "a song").await;
    let has_link = |message: &Message| message.button("Listen").is_some();
    let song = asked.until("the song", has_link).await;
    assert!(song.content.contains(&fixture.ann.mention()), "{}", song.text());
    assert!(song.embeds.is_empty() && song.pings.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_whose_reason_discord_rejects_is_shown_without_it() {
    let fixture = fixture(unlimited(), &[]).await;
    fixture.server.automod_blocks("unspeakable");
    let fails = Plan::fails(Some("The prompt is unspeakable.")).takes(Duration::ZERO);
    fixture.whisul.plan("", fails);
    let asked = fixture.song(&fixture.ann, "a song").await;
    asked.until("the news", |message| message.content.contains("could not be made")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_late_progress_edit_never_overwrites_the_song() {
    let fixture = fixture(unlimited(), &[]).await;
    let slow = Fault::on("PATCH", BY_TOKEN).times(1).delay(Duration::from_millis(400));
    fixture.discord.faults().add(slow);
    let asked = fixture.song(&fixture.ann, "a song").await;
    let on_its_way = || (fixture.discord.requests().count("PATCH", BY_TOKEN) > 0).then_some(());
    fixture.discord.until("an edit on its way", on_its_way).await;
    fixture.whisul.until_accepted("a song").await;
    fixture.whisul.finish("a song");
    done(&asked).await;
    bobs_song(&fixture, "another song").await;
    let message = asked.message().unwrap();
    assert!(is_done(&message), "{}", message.text());
    assert!(message.revisions.len() > 2, "the slow edit came through, too");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_too_old_for_more_edits_is_followed_by_a_new_one_exactly_once() {
    let rules =
        DiscordRules { old_message_after: Duration::ZERO, old_message_edits: 0, ..unlimited() };
    let fixture = fixture(rules, &[]).await;
    fixture.song(&fixture.ann, "a song").await;
    fixture.whisul.until_accepted("a song").await;
    // Discord posts the message, but the response is lost.
    fixture.discord.faults().add(Fault::on("POST", NEW).times(1).cut_after());
    fixture.whisul.finish("a song");
    fixture.ann.at(&fixture.channel).until_message("the song", is_done).await;
    let posted = answered(&fixture, "POST", NEW, 200).await.json();
    assert_eq!(posted["enforce_nonce"], true);
    assert!(posted["nonce"].as_str().is_some_and(|nonce| nonce.len() <= 25), "{posted}");
    let is_anns = |song: &Message| is_done(song) && song.text().contains("a song");
    let is_bobs = |song: &Message| is_done(song) && song.text().contains("Bob's");
    fixture.song(&fixture.bob, "Bob's").await;
    fixture.whisul.until_accepted("Bob's").await;
    fixture.whisul.finish("Bob's");
    let client = fixture.ann.at(&fixture.channel);
    client.until_message("Bob's song", is_bobs).await;
    assert_eq!(client.messages().iter().filter(|song| is_anns(song)).count(), 1);
}
