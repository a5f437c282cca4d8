//! Requesters who waited long get a notice that their song is ready.

use std::time::Duration;

use sandbox::{
    ChannelClient, DiscordRules, Fault, Invocation, Message, Ping, Plan, RateLimits, WhisulRules,
};

use sqlx::Connection;

use crate::{
    fixture::{Fixture, done, is_done, refusal, song_at},
    storage::write_failures::connect,
};

/// A little more than a minute, and than the life of an interaction's token, in milliseconds.
const A_MINUTE: i64 = 61_000;
const TOKENS_LIFE: i64 = 15 * 60 * 1000;

const NEW: &str = "/api/v10/channels/*/messages";
const FOLLOW_UPS: &str = "/api/v10/webhooks/*/*";

/// A fixture whose songs run until the test finishes them.
async fn fixture(settings: &[(&str, &str)]) -> Fixture {
    let rules = DiscordRules { rate_limits: RateLimits::none(), ..DiscordRules::default() };
    let mut fixture = Fixture::without_bot(settings, rules, WhisulRules::default()).await;
    fixture.whisul.plan("", Plan::song().until_told());
    fixture.start_and_wait_until_ready().await;
    fixture
}

/// Ann asks for a song at a client, and time passes by Discord's clock before it is done. The bot
/// hears of that with Bob's song.
async fn slow_song(fixture: &Fixture, client: &ChannelClient, takes: i64) -> Invocation {
    // No prompt is part of another one.
    let number = fixture.whisul.jobs().len();
    let (slow, short) = (format!("slow song {number}"), format!("short song {number}"));
    let asked = song_at(client, &slow).await;
    fixture.whisul.until_accepted(&slow).await;
    fixture.discord.set_clock_offset(takes);
    let bobs = fixture.song(&fixture.bob, &short).await;
    fixture.whisul.until_accepted(&short).await;
    fixture.whisul.finish(&slow);
    fixture.whisul.finish(&short);
    done(&bobs).await;
    asked
}

fn is_notice(message: &Message) -> bool {
    message.content.contains("your song is ready")
}

/// All notices at a client once nothing is under way any more.
async fn notices(fixture: &mut Fixture, client: &ChannelClient) -> Vec<Message> {
    fixture.stop_bot().await;
    client.messages().into_iter().filter(is_notice).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_requester_who_waited_long_gets_one_reply() {
    let mut fixture = fixture(&[]).await;
    let client = fixture.ann.at(&fixture.channel);
    let asked = slow_song(&fixture, &client, A_MINUTE).await;
    let notice = client.until_message("word that the song is ready", is_notice).await;
    let song = done(&asked).await;
    assert_eq!(notice.reply_to, Some(song.id));
    assert_eq!(notice.content, format!("🎵 {}, your song is ready.", fixture.ann.mention()));
    assert_eq!(notice.pings, [Ping::User(fixture.ann.id())], "and nobody else");
    assert!(notice.embeds.is_empty() && notice.buttons().is_empty());
    let all = notices(&mut fixture, &client).await;
    assert_eq!(all.len(), 1, "Bob's song was quick");
    fixture.start_and_wait_until_ready().await;
    assert_eq!(notices(&mut fixture, &client).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_requester_who_did_not_wait_gets_no_notice() {
    let mut fixture = fixture(&[]).await;
    let client = fixture.ann.at(&fixture.channel);
    done(&slow_song(&fixture, &client, 40_000).await).await;
    assert!(notices(&mut fixture, &client).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_song_brings_no_notice() {
    let mut fixture = fixture(&[]).await;
    let client = fixture.ann.at(&fixture.channel);
    fixture.whisul.plan("slow song", Plan::fails(None).until_told());
    crate::fixture::failed(&slow_song(&fixture, &client, A_MINUTE).await).await;
    assert!(notices(&mut fixture, &client).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn no_notice_is_sent_where_the_owner_turned_notices_off() {
    let mut fixture = fixture(&[("NOTIFY", "off")]).await;
    let client = fixture.ann.at(&fixture.channel);
    let told = refusal(&client.command("notify on", &[]).await.unwrap()).await;
    assert!(told.contains("its owner decides that"), "{told}");
    done(&slow_song(&fixture, &client, A_MINUTE).await).await;
    assert!(notices(&mut fixture, &client).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn each_person_can_turn_notices_off() {
    let mut fixture = fixture(&[]).await;
    let client = fixture.ann.at(&fixture.channel);
    let told = refusal(&client.command("notify off", &[]).await.unwrap()).await;
    assert!(told.contains("I don't tell you"), "{told}");
    fixture.stop_bot().await;
    fixture.start_and_wait_until_ready().await;
    done(&slow_song(&fixture, &client, A_MINUTE).await).await;
    assert!(notices(&mut fixture, &client).await.is_empty());

    fixture.start_and_wait_until_ready().await;
    let told = refusal(&fixture.ann.dm().command("notify on", &[]).await.unwrap()).await;
    assert!(told.contains("I tell you"), "{told}");
    done(&slow_song(&fixture, &client, 3 * A_MINUTE).await).await;
    client.until_message("word that the song is ready", is_notice).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_notice_of_unknown_fate_is_not_repeated() {
    let mut fixture = fixture(&[("SHUTDOWN_GRACE", "50ms")]).await;
    let client = fixture.ann.at(&fixture.channel);
    let lost = fixture.discord.faults().add(Fault::on("POST", NEW).hang_after());
    let asked = slow_song(&fixture, &client, A_MINUTE).await;
    client.until_message("word that the song is ready", is_notice).await;
    done(&asked).await;
    // The bot is killed before it receives the response.
    fixture.stop_bot().await;
    fixture.discord.faults().remove(lost);
    fixture.start_and_wait_until_ready().await;
    assert_eq!(notices(&mut fixture, &client).await.len(), 1);
    assert_eq!(fixture.discord.requests().count("POST", NEW), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_song_brings_no_notice() {
    let mut fixture = fixture(&[]).await;
    let client = fixture.ann.at(&fixture.channel);
    let asked = song_at(&client, "slow song").await;
    fixture.whisul.until_accepted("slow song").await;
    fixture.discord.set_clock_offset(A_MINUTE);
    fixture.song(&fixture.bob, "short song").await;
    fixture.whisul.until_accepted("short song").await;
    // Others hold the database from when the song is on its way until Ann has deleted it.
    let edits = "/api/v10/webhooks/**";
    let mut other = connect(&fixture.folder().join("jobs.db")).await;
    let slow = Fault::on("PATCH", edits).delay(Duration::from_secs(3));
    fixture.discord.faults().add(slow);
    fixture.whisul.finish("slow song");
    let on_its_way = || {
        let edits = fixture.discord.requests().matching("PATCH", edits);
        edits.iter().any(|edit| edit.json().to_string().contains("again:")).then_some(())
    };
    fixture.discord.until("the song on its way", on_its_way).await;
    let holding = other.begin_with("BEGIN IMMEDIATE").await.unwrap();
    assert!(client.delete(done(&asked).await.id));
    holding.rollback().await.unwrap();
    assert!(notices(&mut fixture, &client).await.is_empty());
    fixture.start_and_wait_until_ready().await;
    assert!(notices(&mut fixture, &client).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_notice_is_a_follow_up_where_only_the_token_reaches() {
    let mut fixture = fixture(&[]).await;
    let server = fixture.discord.add_server_without_bot("Elsewhere");
    let elsewhere = server.add_channel("general");
    server.join(&fixture.ann);
    fixture.ann.install_app();
    let client = fixture.ann.at(&elsewhere);
    let asked = slow_song(&fixture, &client, A_MINUTE).await;
    let notice = client.until_message("word that the song is ready", is_notice).await;
    assert_eq!(notice.pings, [Ping::User(fixture.ann.id())]);
    assert_eq!(asked.follow_ups().len(), 1);
    assert_eq!(notices(&mut fixture, &client).await.len(), 1);
    assert_eq!(fixture.discord.requests().count("*", "/api/v10/channels/**"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_song_delivered_by_dm_brings_no_other_notice() {
    let mut fixture = fixture(&[]).await;
    let server = fixture.discord.add_server_without_bot("Elsewhere");
    let elsewhere = server.add_channel("general");
    server.join(&fixture.ann);
    fixture.ann.install_app();
    slow_song(&fixture, &fixture.ann.at(&elsewhere), TOKENS_LIFE).await;
    let dm = fixture.ann.dm();
    dm.until_message("the song", is_done).await;
    assert!(notices(&mut fixture, &dm).await.is_empty());
    assert_eq!(fixture.discord.requests().count("POST", FOLLOW_UPS), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_notice_comes_after_fifteen_minutes_too() {
    let fixture = fixture(&[("ATTACH_COVER", "true")]).await;
    let client = fixture.ann.at(&fixture.channel);
    let asked = slow_song(&fixture, &client, TOKENS_LIFE).await;
    let notice = client.until_message("word that the song is ready", is_notice).await;
    assert_eq!(notice.reply_to, Some(done(&asked).await.id));
    let has_cover = |message: &Message| {
        let image = message.embed().and_then(|embed| embed.image.clone());
        image.is_some_and(|link| link.contains("/attachments/"))
    };
    asked.until("the cover", has_cover).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_song_in_a_dm_brings_a_notice() {
    let fixture = fixture(&[]).await;
    let client = fixture.ann.dm();
    let asked = slow_song(&fixture, &client, A_MINUTE).await;
    let notice = client.until_message("word that the song is ready", is_notice).await;
    assert_eq!(notice.reply_to, Some(done(&asked).await.id));
}
