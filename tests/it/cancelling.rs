//! Whoever waits for a song changes their mind.

use std::time::Duration;

use sandbox::{ClientRefusal, DiscordRules, Fault, Invocation, Message, Plan, Seat, WhisulRules};
use serde_json::json;

use crate::{
    buttons::{click, finished_song, labels},
    world::{World, description, done, refusal, song_at, title},
};

/// The permissions to manage a server and its messages (Discord docs, Permissions).
const MANAGE_GUILD: u64 = 1 << 5;
const MANAGE_MESSAGES: u64 = 1 << 13;

/// A world with room for one song at a time, in which the song of the first who asks takes until
/// it is told to end.
async fn world_with_a_line() -> World {
    let mut world = World::asleep(
        &[("MAX_RUNNING", "1")],
        DiscordRules::default(),
        WhisulRules { song_takes: Duration::ZERO, ..WhisulRules::default() },
    )
    .await;
    world.whisul.plan("first", Plan::song().until_told());
    world.wake_bot().await;
    world.song(&world.bob, "the first song").await;
    world.whisul.until_accepted("the first song").await;
    world
}

#[tokio::test(flavor = "multi_thread")]
async fn a_waiting_song_is_cancelled_and_refunded() {
    let world = world_with_a_line().await;
    let waiting = world.song(&world.ann, "a slow waltz").await.answer().await.unwrap();
    assert_eq!(labels(&waiting), ["Cancel"]);
    let (ann, bob) = (world.ann.at(&world.channel), world.bob.at(&world.channel));
    let told = refusal(&click(&bob, &waiting, "Cancel").await).await;
    assert!(told.contains("Only the person who asked for this song"), "{told}");

    let cancelled = click(&ann, &waiting, "Cancel").await;
    let shown = cancelled.until("the news", |message| title(message) == "Cancelled").await;
    assert_eq!(shown.id, waiting.id);
    let told = format!("{} cancelled this song. It doesn't count", world.ann.mention());
    assert!(description(&shown).contains(&told), "{}", description(&shown));
    assert_eq!(labels(&shown), ["Try again", "Edit prompt", "Delete"]);
    // Its place is free, and its prompt is never sent.
    let next = world.song(&world.ann, "what came after").await;
    world.whisul.finish("first");
    done(&next).await;
    assert_eq!(world.submissions("waltz"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn news_of_a_cancelled_song_are_not_overtaken_by_an_edit() {
    let world = world_with_a_line().await;
    let ann = world.ann.at(&world.channel);
    let ahead = world.song(&world.ann, "a slow waltz").await.answer().await.unwrap();
    let asked = world.song(&world.ann, "a slow tango").await;
    let second = |message: &Message| description(message).contains("Number 2 in line");
    let waiting = asked.until("its place in line", second).await;
    // The edit that shows that it is the next one takes its time.
    let edits = Fault::on("PATCH", "/api/v10/webhooks/**").delay(Duration::from_millis(500));
    world.discord.faults().add(edits);
    click(&ann, &ahead, "Cancel").await;
    let edits = || world.discord.requests().matching("PATCH", "/api/v10/webhooks/**");
    let about_it = || edits().iter().any(|edit| edit.json().to_string().contains("tango"));
    world.discord.until("an edit on its way", || about_it().then_some(())).await;
    click(&ann, &waiting, "Cancel").await;
    asked.until("the news", |message| title(message) == "Cancelled").await;
    let arrived = || edits().iter().all(|edit| edit.status.is_some()).then_some(());
    world.discord.until("all edits to arrive", arrived).await;
    assert_eq!(title(&asked.message().unwrap()), "Cancelled");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_song_that_waits_where_only_clicks_reach_is_cancelled_there() {
    let world = world_with_a_line().await;
    let server = world.discord.add_server_without_bot("Elsewhere");
    server.join(&world.ann);
    world.ann.install_app();
    let seat = world.ann.at(&server.add_channel("general"));
    let waiting = song_at(&seat, "a slow waltz").await.answer().await.unwrap();
    world.discord.set_clock_offset(16 * 60 * 1000);
    // Somebody's interaction tells the bot what time it is.
    world.song(&world.bob, "what came after").await.answer().await.unwrap();
    let shown = click(&seat, &waiting, "Cancel").await.answer().await.expect("an answer at once");
    assert_eq!((shown.id, title(&shown)), (waiting.id, "Cancelled"));
    world.whisul.finish("first");
    finished_song(&world, &world.bob, "the last song").await;
    assert!(world.ann.dm().messages().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_song_costs_nothing() {
    let world = World::with(&[("USER_QUOTA", "1/1d"), ("MAX_RUNNING", "1")]).await;
    world.whisul.plan("first", Plan::song().until_told());
    world.song(&world.bob, "the first song").await;
    world.whisul.until_accepted("the first song").await;
    let waiting = world.song(&world.ann, "a slow waltz").await.answer().await.unwrap();
    world.one_more(&world.ann).await.expect_err("the quota is used up");
    click(&world.ann.at(&world.channel), &waiting, "Cancel").await.answer().await.unwrap();
    world.one_more(&world.ann).await.expect("the charge came back");
}

/// Whisul takes its time to answer a prompt, and its requester cancels meanwhile. The message still
/// offers it.
async fn cancelled_on_its_way(fault: Fault) -> (World, Invocation) {
    let world = World::with(&[("EDIT_INTERVAL", "1h"), ("USER_QUOTA", "1/1d")]).await;
    world.whisul.plan("", Plan::song().takes(Duration::ZERO));
    let slow = world.whisul.faults().add(fault.delay(Duration::from_secs(4)).times(1));
    let asked = world.song(&world.ann, "a slow waltz").await;
    let waiting = asked.answer().await.unwrap();
    let sent = || (world.whisul.faults().hits(slow) == 1).then_some(());
    sandbox::until("the prompt on its way", &world.whisul.changed(), sent).await;
    let told = refusal(&click(&world.ann.at(&world.channel), &waiting, "Cancel").await).await;
    assert!(told.contains("This song is being sent to Whisul."), "{told}");
    (world, asked)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_song_that_whisul_does_not_accept_is_cancelled_as_was_asked_meanwhile() {
    let busy = Fault::on("POST", "/api/generate").json(429, r#"{"error": "Too many requests"}"#);
    let (world, asked) = cancelled_on_its_way(busy).await;
    asked.until("the news", |message| title(message) == "Cancelled").await;
    assert_eq!(world.submissions("waltz"), 1);
    world.one_more(&world.ann).await.expect("the charge came back");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_song_that_whisul_rejects_the_key_for_is_cancelled_as_was_asked_meanwhile() {
    let forbidden = Fault::on("POST", "/api/generate").json(403, r#"{"error": "Forbidden"}"#);
    let (world, asked) = cancelled_on_its_way(forbidden).await;
    asked.until("the news", |message| title(message) == "Cancelled").await;
    assert_eq!(world.submissions("waltz"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_song_that_whisul_accepts_is_made_although_its_requester_cancelled_meanwhile() {
    let (world, asked) = cancelled_on_its_way(Fault::on("POST", "/api/generate")).await;
    done(&asked).await;
    world.one_more(&world.ann).await.expect_err("it counts");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_song_that_is_being_made_can_not_be_cancelled() {
    let world = World::new().await;
    world.whisul.plan("waltz", Plan::song().until_told());
    let asked = world.song(&world.ann, "a slow waltz").await;
    let first = asked.answer().await.unwrap();
    let made = asked.until("the song to be made", |it| title(it) == "🎼 Composing").await;
    assert_eq!(labels(&made), [""; 0]);
    // The button is still there on a screen that has not caught up.
    let late = first.button("Cancel").unwrap().custom_id.unwrap();
    let refused = world.ann.at(&world.channel).click(made.id, &late).await;
    assert_eq!(refused.unwrap_err(), ClientRefusal::UnknownButton(late));
    world.whisul.finish("waltz");
    done(&asked).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_song_says_who_did_it_and_why() {
    let mut world = world_with_a_line().await;
    let moderators = world.server.add_role("moderators");
    moderators.grant(MANAGE_GUILD | MANAGE_MESSAGES);
    world.server.give_role(&world.bob, &moderators);
    let (bob, owner) = (world.bob.at(&world.channel), world.discord.owner().at(&world.channel));
    let bobs = world.bob.mention();
    let waiting = |prompt: &'static str| {
        let asked = world.song(&world.ann, prompt);
        async {
            let asked = asked.await;
            asked.until("a place in line", |it| title(it).contains("In line")).await;
            asked
        }
    };
    let told = async |asked: &Invocation| {
        let shown = asked.until("the news", |message| title(message) == "Cancelled").await;
        assert!(shown.pings.is_empty());
        description(&shown).to_owned()
    };
    let cancel = async |seat: &Seat, song: &Invocation, reason: &str| {
        let song = ("song", json!(song.id.to_string()));
        let reason = (!reason.is_empty()).then(|| ("reason", json!(reason)));
        let options: Vec<_> = std::iter::once(song).chain(reason).collect();
        let used = seat.command("admin cancel", &options).await.unwrap();
        let said = used.answer().await.unwrap().text();
        assert!(said.contains("is cancelled. It doesn't count"), "{said}");
    };

    let clicked = waiting("a waltz").await;
    click(&bob, &clicked.message().unwrap(), "Cancel").await;
    let shown = told(&clicked).await;
    assert!(shown.contains(&format!("{bobs}, a moderator, cancelled this song.")), "{shown}");
    assert!(!shown.contains("Reason"), "{shown}");

    let by_moderator = waiting("a tango").await;
    cancel(&bob, &by_moderator, "**loud** @everyone <@1>\n# late").await;
    let shown = told(&by_moderator).await;
    assert!(shown.contains(&format!("{bobs}, a moderator, cancelled this song.")), "{shown}");
    assert!(shown.ends_with(r"Reason: \*\*loud\*\* \@everyone \<\@1\> \# late"), "{shown}");

    let by_owner = waiting("a polka").await;
    cancel(&owner, &by_owner, "a quiet hour").await;
    let shown = told(&by_owner).await;
    assert!(shown.contains("This bot's owner cancelled this song. It doesn't count"), "{shown}");
    assert!(shown.ends_with("Reason: a quiet hour"), "{shown}");

    // Where a restart comes between the command and the news, too.
    let last = waiting("a rumba").await;
    let edits = Fault::on("PATCH", "/api/v10/**").status(503);
    let fault = world.discord.faults().add(edits);
    cancel(&bob, &last, "bed time").await;
    world.stop_bot().await;
    world.discord.faults().remove(fault);
    world.wake_bot().await;
    let shown = told(&last).await;
    assert!(shown.contains(&bobs) && shown.ends_with("Reason: bed time"), "{shown}");
    assert_eq!(world.submissions("a "), 0);
}
