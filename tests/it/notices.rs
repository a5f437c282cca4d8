//! Whoever waited long for a song is told that it is ready.

use std::time::Duration;

use sandbox::{
    DiscordRules, Fault, Invocation, Message, Ping, Plan, RateLimits, Seat, WhisulRules,
};

use sqlx::Connection;

use crate::{
    storage_trouble::connect,
    world::{World, done, is_done, refusal, song_at},
};

/// A little more than a minute, and than the life of an interaction's token, in milliseconds.
const A_MINUTE: i64 = 61_000;
const TOKENS_LIFE: i64 = 15 * 60 * 1000;

const NEW: &str = "/api/v10/channels/*/messages";
const FOLLOW_UPS: &str = "/api/v10/webhooks/*/*";

/// A world whose songs take until they are told to end.
async fn world(settings: &[(&str, &str)]) -> World {
    let rules = DiscordRules { rate_limits: RateLimits::none(), ..DiscordRules::default() };
    let mut world = World::asleep(settings, rules, WhisulRules::default()).await;
    world.whisul.plan("", Plan::song().until_told());
    world.wake_bot().await;
    world
}

/// Ann asks for a song at a seat, and time passes by Discord's clock before it is done. The bot
/// hears of that with Bob's song.
async fn slow_song(world: &World, seat: &Seat, takes: i64) -> Invocation {
    // No prompt is part of another one.
    let number = world.whisul.jobs().len();
    let (slow, short) = (format!("slow song {number}"), format!("short song {number}"));
    let asked = song_at(seat, &slow).await;
    world.whisul.until_accepted(&slow).await;
    world.discord.set_clock_offset(takes);
    let bobs = world.song(&world.bob, &short).await;
    world.whisul.until_accepted(&short).await;
    world.whisul.finish(&slow);
    world.whisul.finish(&short);
    done(&bobs).await;
    asked
}

fn is_notice(message: &Message) -> bool {
    message.content.contains("your song is ready")
}

/// All notices at a seat once nothing is under way any more.
async fn notices(world: &mut World, seat: &Seat) -> Vec<Message> {
    world.stop_bot().await;
    seat.messages().into_iter().filter(is_notice).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_waited_long_is_told_once_in_a_reply() {
    let mut world = world(&[]).await;
    let seat = world.ann.at(&world.channel);
    let asked = slow_song(&world, &seat, A_MINUTE).await;
    let notice = seat.until_message("word that the song is ready", is_notice).await;
    let song = done(&asked).await;
    assert_eq!(notice.reply_to, Some(song.id));
    assert_eq!(notice.content, format!("🎵 {}, your song is ready.", world.ann.mention()));
    assert_eq!(notice.pings, [Ping::User(world.ann.id())], "and nobody else");
    assert!(notice.embeds.is_empty() && notice.buttons().is_empty());
    let all = notices(&mut world, &seat).await;
    assert_eq!(all.len(), 1, "Bob's song was quick");
    world.wake_bot().await;
    assert_eq!(notices(&mut world, &seat).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_did_not_wait_is_not_told() {
    let mut world = world(&[]).await;
    let seat = world.ann.at(&world.channel);
    done(&slow_song(&world, &seat, 40_000).await).await;
    assert!(notices(&mut world, &seat).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_song_that_failed_is_not_called_ready() {
    let mut world = world(&[]).await;
    let seat = world.ann.at(&world.channel);
    world.whisul.plan("slow song", Plan::fails(None).until_told());
    crate::world::failed(&slow_song(&world, &seat, A_MINUTE).await).await;
    assert!(notices(&mut world, &seat).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_told_where_the_owner_turned_it_off() {
    let mut world = world(&[("NOTIFY", "off")]).await;
    let seat = world.ann.at(&world.channel);
    let told = refusal(&seat.command("notify on", &[]).await.unwrap()).await;
    assert!(told.contains("its owner decides that"), "{told}");
    done(&slow_song(&world, &seat, A_MINUTE).await).await;
    assert!(notices(&mut world, &seat).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn each_person_decides_for_themselves() {
    let mut world = world(&[]).await;
    let seat = world.ann.at(&world.channel);
    let told = refusal(&seat.command("notify off", &[]).await.unwrap()).await;
    assert!(told.contains("I don't tell you"), "{told}");
    world.stop_bot().await;
    world.wake_bot().await;
    done(&slow_song(&world, &seat, A_MINUTE).await).await;
    assert!(notices(&mut world, &seat).await.is_empty());

    world.wake_bot().await;
    let told = refusal(&world.ann.dm().command("notify on", &[]).await.unwrap()).await;
    assert!(told.contains("I tell you"), "{told}");
    done(&slow_song(&world, &seat, 3 * A_MINUTE).await).await;
    seat.until_message("word that the song is ready", is_notice).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_notice_of_unknown_fate_is_not_repeated() {
    let mut world = world(&[("SHUTDOWN_GRACE", "50ms")]).await;
    let seat = world.ann.at(&world.channel);
    let lost = world.discord.faults().add(Fault::on("POST", NEW).hang_after());
    let asked = slow_song(&world, &seat, A_MINUTE).await;
    seat.until_message("word that the song is ready", is_notice).await;
    done(&asked).await;
    // The bot is torn away before it hears anything.
    world.stop_bot().await;
    world.discord.faults().remove(lost);
    world.wake_bot().await;
    assert_eq!(notices(&mut world, &seat).await.len(), 1);
    assert_eq!(world.discord.requests().count("POST", NEW), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_said_about_a_song_that_was_deleted_meanwhile() {
    let mut world = world(&[]).await;
    let seat = world.ann.at(&world.channel);
    let asked = song_at(&seat, "slow song").await;
    world.whisul.until_accepted("slow song").await;
    world.discord.set_clock_offset(A_MINUTE);
    world.song(&world.bob, "short song").await;
    world.whisul.until_accepted("short song").await;
    // Others hold the database from when the song is on its way until Ann has deleted it.
    let edits = "/api/v10/webhooks/**";
    let mut other = connect(&world.folder().join("jobs.db")).await;
    let slow = Fault::on("PATCH", edits).delay(Duration::from_secs(3));
    world.discord.faults().add(slow);
    world.whisul.finish("slow song");
    let on_its_way = || {
        let edits = world.discord.requests().matching("PATCH", edits);
        edits.iter().any(|edit| edit.json().to_string().contains("again:")).then_some(())
    };
    world.discord.until("the song on its way", on_its_way).await;
    let holding = other.begin_with("BEGIN IMMEDIATE").await.unwrap();
    assert!(seat.delete(done(&asked).await.id));
    holding.rollback().await.unwrap();
    assert!(notices(&mut world, &seat).await.is_empty());
    world.wake_bot().await;
    assert!(notices(&mut world, &seat).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn where_only_the_token_leads_the_notice_is_a_follow_up() {
    let mut world = world(&[]).await;
    let server = world.discord.add_server_without_bot("Elsewhere");
    let elsewhere = server.add_channel("general");
    server.join(&world.ann);
    world.ann.install_app();
    let seat = world.ann.at(&elsewhere);
    let asked = slow_song(&world, &seat, A_MINUTE).await;
    let notice = seat.until_message("word that the song is ready", is_notice).await;
    assert_eq!(notice.pings, [Ping::User(world.ann.id())]);
    assert_eq!(asked.follow_ups().len(), 1);
    assert_eq!(notices(&mut world, &seat).await.len(), 1);
    assert_eq!(world.discord.requests().count("*", "/api/v10/channels/**"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_direct_message_is_notice_enough() {
    let mut world = world(&[]).await;
    let server = world.discord.add_server_without_bot("Elsewhere");
    let elsewhere = server.add_channel("general");
    server.join(&world.ann);
    world.ann.install_app();
    slow_song(&world, &world.ann.at(&elsewhere), TOKENS_LIFE).await;
    let dm = world.ann.dm();
    dm.until_message("the song", is_done).await;
    assert!(notices(&mut world, &dm).await.is_empty());
    assert_eq!(world.discord.requests().count("POST", FOLLOW_UPS), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn after_fifteen_minutes_the_reply_still_comes() {
    let world = world(&[("ATTACH_COVER", "true")]).await;
    let seat = world.ann.at(&world.channel);
    let asked = slow_song(&world, &seat, TOKENS_LIFE).await;
    let notice = seat.until_message("word that the song is ready", is_notice).await;
    assert_eq!(notice.reply_to, Some(done(&asked).await.id));
    let has_cover = |message: &Message| {
        let image = message.embed().and_then(|embed| embed.image.clone());
        image.is_some_and(|link| link.contains("/attachments/"))
    };
    asked.until("the cover", has_cover).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn in_a_conversation_with_the_bot_an_edit_is_told_too() {
    let world = world(&[]).await;
    let seat = world.ann.dm();
    let asked = slow_song(&world, &seat, A_MINUTE).await;
    let notice = seat.until_message("word that the song is ready", is_notice).await;
    assert_eq!(notice.reply_to, Some(done(&asked).await.id));
}
