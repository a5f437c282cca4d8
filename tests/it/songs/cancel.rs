//! Cancelling a song that waits.

use std::time::Duration;

use sandbox::{
    ChannelClient, ClientRefusal, DiscordRules, Fault, Invocation, Message, Plan, WhisulRules,
};
use serde_json::json;

use crate::{
    fixture::buttons::{click, finished_song, labels},
    fixture::{Fixture, description, done, refusal, song_at, title},
};

/// The permissions to manage a server and its messages (Discord docs, Permissions).
const MANAGE_GUILD: u64 = 1 << 5;
const MANAGE_MESSAGES: u64 = 1 << 13;

/// A fixture with room for one song at a time, in which the song of the first who asks takes until
/// the test finishes it.
async fn world_with_a_line() -> Fixture {
    let mut fixture = Fixture::without_bot(
        &[("MAX_RUNNING", "1")],
        DiscordRules::default(),
        WhisulRules { song_takes: Duration::ZERO, ..WhisulRules::default() },
    )
    .await;
    fixture.whisul.plan("first", Plan::song().until_told());
    fixture.start_and_wait_until_ready().await;
    fixture.song(&fixture.bob, "the first song").await;
    fixture.whisul.until_accepted("the first song").await;
    fixture
}

#[tokio::test(flavor = "multi_thread")]
async fn a_waiting_song_is_cancelled_and_refunded() {
    let fixture = world_with_a_line().await;
    let waiting = fixture.song(&fixture.ann, "a slow waltz").await.answer().await.unwrap();
    assert_eq!(labels(&waiting), ["Cancel"]);
    let (ann, bob) = (fixture.ann.at(&fixture.channel), fixture.bob.at(&fixture.channel));
    let told = refusal(&click(&bob, &waiting, "Cancel").await).await;
    assert!(told.contains("Only the person who asked for this song"), "{told}");

    let cancelled = click(&ann, &waiting, "Cancel").await;
    let shown = cancelled.until("the news", |message| title(message) == "Cancelled").await;
    assert_eq!(shown.id, waiting.id);
    let told = format!("{} cancelled this song. It doesn't count", fixture.ann.mention());
    assert!(description(&shown).contains(&told), "{}", description(&shown));
    assert_eq!(labels(&shown), ["Try again", "Edit prompt", "Delete"]);
    // Its place is free, and its prompt is never sent.
    let next = fixture.song(&fixture.ann, "what came after").await;
    fixture.whisul.finish("first");
    done(&next).await;
    assert_eq!(fixture.submissions("waltz"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_older_edit_overwrites_the_message_of_a_cancelled_song() {
    let fixture = world_with_a_line().await;
    let ann = fixture.ann.at(&fixture.channel);
    let ahead = fixture.song(&fixture.ann, "a slow waltz").await.answer().await.unwrap();
    let asked = fixture.song(&fixture.ann, "a slow tango").await;
    let second = |message: &Message| description(message).contains("Number 2 in line");
    let waiting = asked.until("its place in line", second).await;
    // The edit that shows that it is the next one takes its time.
    let edits = Fault::on("PATCH", "/api/v10/webhooks/**").delay(Duration::from_millis(500));
    fixture.discord.faults().add(edits);
    click(&ann, &ahead, "Cancel").await;
    let edits = || fixture.discord.requests().matching("PATCH", "/api/v10/webhooks/**");
    let about_it = || edits().iter().any(|edit| edit.json().to_string().contains("tango"));
    fixture.discord.until("an edit on its way", || about_it().then_some(())).await;
    click(&ann, &waiting, "Cancel").await;
    asked.until("the news", |message| title(message) == "Cancelled").await;
    let arrived = || edits().iter().all(|edit| edit.status.is_some()).then_some(());
    fixture.discord.until("all edits to arrive", arrived).await;
    assert_eq!(title(&asked.message().unwrap()), "Cancelled");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_waiting_song_that_only_the_click_token_reaches_is_cancelled() {
    let fixture = world_with_a_line().await;
    let server = fixture.discord.add_server_without_bot("Elsewhere");
    server.join(&fixture.ann);
    fixture.ann.install_app();
    let client = fixture.ann.at(&server.add_channel("general"));
    let waiting = song_at(&client, "a slow waltz").await.answer().await.unwrap();
    fixture.discord.set_clock_offset(16 * 60 * 1000);
    // The bot learns the time from an interaction.
    fixture.song(&fixture.bob, "what came after").await.answer().await.unwrap();
    let shown =
        click(&client, &waiting, "Cancel").await.answer().await.expect("a response at once");
    assert_eq!((shown.id, title(&shown)), (waiting.id, "Cancelled"));
    fixture.whisul.finish("first");
    finished_song(&fixture, &fixture.bob, "the last song").await;
    assert!(fixture.ann.dm().messages().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_song_costs_nothing() {
    let fixture = Fixture::with(&[("USER_QUOTA", "1/1d"), ("MAX_RUNNING", "1")]).await;
    fixture.whisul.plan("first", Plan::song().until_told());
    fixture.song(&fixture.bob, "the first song").await;
    fixture.whisul.until_accepted("the first song").await;
    let waiting = fixture.song(&fixture.ann, "a slow waltz").await.answer().await.unwrap();
    fixture.one_more(&fixture.ann).await.expect_err("the quota is used up");
    click(&fixture.ann.at(&fixture.channel), &waiting, "Cancel").await.answer().await.unwrap();
    fixture.one_more(&fixture.ann).await.expect("the charge came back");
}

/// Whisul takes its time to answer a prompt, and its requester cancels meanwhile. The message still
/// offers it.
async fn cancelled_on_its_way(fault: Fault) -> (Fixture, Invocation) {
    let fixture = Fixture::with(&[("EDIT_INTERVAL", "1h"), ("USER_QUOTA", "1/1d")]).await;
    fixture.whisul.plan("", Plan::song().takes(Duration::ZERO));
    let slow = fixture.whisul.faults().add(fault.delay(Duration::from_secs(4)).times(1));
    let asked = fixture.song(&fixture.ann, "a slow waltz").await;
    let waiting = asked.answer().await.unwrap();
    let sent = || (fixture.whisul.faults().hits(slow) == 1).then_some(());
    sandbox::until("the prompt on its way", &fixture.whisul.changed(), sent).await;
    let told = refusal(&click(&fixture.ann.at(&fixture.channel), &waiting, "Cancel").await).await;
    assert!(told.contains("This song is being sent to Whisul."), "{told}");
    (fixture, asked)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancellation_during_a_rejected_submission_takes_effect() {
    let busy = Fault::on("POST", "/api/generate").json(429, r#"{"error": "Too many requests"}"#);
    let (fixture, asked) = cancelled_on_its_way(busy).await;
    asked.until("the news", |message| title(message) == "Cancelled").await;
    assert_eq!(fixture.submissions("waltz"), 1);
    fixture.one_more(&fixture.ann).await.expect("the charge came back");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancellation_during_a_submission_with_a_rejected_key_takes_effect() {
    let forbidden = Fault::on("POST", "/api/generate").json(403, r#"{"error": "Forbidden"}"#);
    let (fixture, asked) = cancelled_on_its_way(forbidden).await;
    asked.until("the news", |message| title(message) == "Cancelled").await;
    assert_eq!(fixture.submissions("waltz"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancellation_during_an_accepted_submission_comes_too_late() {
    let (fixture, asked) = cancelled_on_its_way(Fault::on("POST", "/api/generate")).await;
    done(&asked).await;
    fixture.one_more(&fixture.ann).await.expect_err("it counts");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_song_that_is_being_made_can_not_be_cancelled() {
    let fixture = Fixture::new().await;
    fixture.whisul.plan("waltz", Plan::song().until_told());
    let asked = fixture.song(&fixture.ann, "a slow waltz").await;
    let first = asked.answer().await.unwrap();
    let made = asked.until("the song to be made", |it| title(it) == "🎼 Composing").await;
    assert_eq!(labels(&made), [""; 0]);
    // The button is still there on a screen that has not caught up.
    let late = first.button("Cancel").unwrap().custom_id.unwrap();
    let refused = fixture.ann.at(&fixture.channel).click(made.id, &late).await;
    assert_eq!(refused.unwrap_err(), ClientRefusal::UnknownButton(late));
    fixture.whisul.finish("waltz");
    done(&asked).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_song_says_who_did_it_and_why() {
    let mut fixture = world_with_a_line().await;
    let moderators = fixture.server.add_role("moderators");
    moderators.grant(MANAGE_GUILD | MANAGE_MESSAGES);
    fixture.server.give_role(&fixture.bob, &moderators);
    let (bob, owner) =
        (fixture.bob.at(&fixture.channel), fixture.discord.owner().at(&fixture.channel));
    let bobs = fixture.bob.mention();
    let waiting = |prompt: &'static str| {
        let asked = fixture.song(&fixture.ann, prompt);
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
    let cancel = async |client: &ChannelClient, song: &Invocation, reason: &str| {
        let song = ("song", json!(song.id.to_string()));
        let reason = (!reason.is_empty()).then(|| ("reason", json!(reason)));
        let options: Vec<_> = std::iter::once(song).chain(reason).collect();
        let used = client.command("admin cancel", &options).await.unwrap();
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
    let fault = fixture.discord.faults().add(edits);
    cancel(&bob, &last, "bed time").await;
    fixture.stop_bot().await;
    fixture.discord.faults().remove(fault);
    fixture.start_and_wait_until_ready().await;
    let shown = told(&last).await;
    assert!(shown.contains(&bobs) && shown.ends_with("Reason: bed time"), "{shown}");
    assert_eq!(fixture.submissions("a "), 0);
}
