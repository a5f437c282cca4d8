//! What admins do with the songs of others: list, cancel, end them.

use std::time::Duration;

use sandbox::{Fault, Plan};
use serde_json::json;
use tokio::time::timeout;

use super::{admin, moderated};
use crate::fixture::{DEADLINE, Fixture, description, done, failed, song_at, title};

/// A fixture with one slot, in which Bob's song runs until the test finishes it and Ann's waits.
async fn with_a_queue() -> (Fixture, sandbox::Invocation) {
    let fixture = moderated(&[("MAX_RUNNING", "1")]).await;
    fixture.whisul.plan("first", Plan::song().until_told());
    fixture.song(&fixture.bob, "the first song").await;
    fixture.whisul.until_accepted("the first song").await;
    let waiting = fixture.song(&fixture.ann, "the second song").await;
    waiting.until("a place in line", |message| title(message).contains("In line")).await;
    (fixture, waiting)
}

#[tokio::test(flavor = "multi_thread")]
async fn waiting_songs_are_listed_and_can_be_cancelled() {
    let (fixture, waiting) = with_a_queue().await;
    let message = waiting.message().unwrap();
    let link = format!("/channels/{}/{}/{}", fixture.server.id(), message.channel_id, message.id);
    let seen = async {
        // The message is known a moment before it is written down.
        loop {
            let seen = admin(&fixture.moderator(), "jobs", &[]).await;
            if seen.contains(&link) {
                return seen;
            }
        }
    };
    let seen = timeout(DEADLINE, seen).await.expect("a link to the message");
    for part in [fixture.ann.mention(), fixture.bob.mention(), waiting.id.to_string()] {
        assert!(seen.contains(&part), "{part}: {seen}");
    }
    assert!(!seen.contains("second song"), "no prompt is shown: {seen}");

    let song = ("song", json!(waiting.id.to_string()));
    let told =
        admin(&fixture.moderator(), "cancel", &[song.clone(), ("reason", json!("late"))]).await;
    assert!(told.contains("is cancelled"), "{told}");
    waiting.until("the news", |message| title(message) == "Cancelled").await;
    let told = admin(&fixture.moderator(), "cancel", &[song]).await;
    assert!(told.contains("That song is over, or is being made"), "{told}");
    let log = admin(&fixture.moderator(), "log", &[]).await;
    let did = format!(
        "{} cancelled song `{}` of {}. Reason: late",
        fixture.bob.mention(),
        waiting.id,
        fixture.ann.mention()
    );
    assert!(log.contains(&did), "{log}");
    assert_eq!(fixture.submissions("second song"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_owner_can_end_a_running_song() {
    let settings = [("MAX_RUNNING", "1"), ("USER_QUOTA", "1/1d"), ("GLOBAL_QUOTA", "2/1d")];
    let fixture = moderated(&settings).await;
    fixture.whisul.plan("endless", Plan::song().until_told());
    let endless = fixture.song(&fixture.ann, "an endless song").await;
    let job = fixture.whisul.until_polled("endless", 2).await.id;
    // Not even one that can't be read, while the owner can't wait.
    fixture.whisul.faults().add(Fault::on("GET", &format!("/api/jobs/{job}")).garbage());
    let song = [("song", json!(endless.id.to_string()))];
    let told = admin(&fixture.moderator(), "cancel", &song).await;
    assert!(told.contains("only the bot's owner"), "{told}");
    let told = admin(&fixture.owner(), "cancel", &song).await;
    assert!(told.contains("The song is ended."), "{told}");
    let ended = failed(&endless).await;
    let text = description(&ended);
    assert!(text.contains("The bot's owner ended this song. It doesn't count"), "{text}");
    // The room is free, and Ann has her charge back, but the key has not.
    done(&fixture.song_once_allowed(&fixture.ann, "another song").await).await;
    let refused = fixture.one_more(&fixture.bob).await.expect_err("the key has paid for two");
    assert!(refused.starts_with("This bot has used up its 2 songs a day"), "{refused}");
    let told = admin(&fixture.owner(), "cancel", &song).await;
    assert!(told.contains("is over"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_owner_can_end_a_song_during_its_submission() {
    let settings = [("USER_QUOTA", "1/1d"), ("GLOBAL_QUOTA", "2/1d")];
    let fixture = moderated(&settings).await;
    fixture.whisul.plan("endless", Plan::song().until_told());
    let slow = Fault::on("POST", "/api/generate").delay(Duration::from_secs(6)).times(1);
    let slow = fixture.whisul.faults().add(slow);
    let endless = fixture.song(&fixture.ann, "an endless song").await;
    let sent = || (fixture.whisul.faults().hits(slow) == 1).then_some(());
    sandbox::until("the prompt on its way", &fixture.whisul.changed(), sent).await;
    let song = [("song", json!(endless.id.to_string()))];
    let told = admin(&fixture.moderator(), "cancel", &song).await;
    assert!(told.contains("only the bot's owner can end it"), "{told}");
    let told = admin(&fixture.owner(), "cancel", &song).await;
    assert!(told.contains("ends as soon as Whisul answers"), "{told}");
    let text = description(&failed(&endless).await).to_owned();
    assert!(text.contains("The bot's owner ended this song. It doesn't count"), "{text}");
    done(&fixture.song_once_allowed(&fixture.ann, "another song").await).await;
    let refused = fixture.one_more(&fixture.bob).await.expect_err("the key has paid for two");
    assert!(refused.starts_with("This bot has used up its 2 songs a day"), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_moderator_sees_no_song_of_another_server() {
    let (fixture, waiting) = with_a_queue().await;
    let elsewhere = fixture.discord.add_server("Another server");
    let there = elsewhere.add_channel("songs");
    elsewhere.join(&fixture.ann);
    let other = song_at(&fixture.ann.at(&there), "elsewhere").await;
    other.answer().await.unwrap();
    let seen = admin(&fixture.moderator(), "jobs", &[]).await;
    assert!(!seen.contains(&other.id.to_string()), "{seen}");
    let suggested = fixture.moderator().autocomplete("admin cancel", "song", "song").await.unwrap();
    let values: Vec<_> = suggested.iter().map(|choice| choice["value"].clone()).collect();
    assert_eq!(values, [json!(waiting.id.to_string())], "what waits here, and nothing else");
    for song in [other.id.to_string(), "0".to_owned(), u64::MAX.to_string()] {
        let told = admin(&fixture.moderator(), "cancel", &[("song", json!(song))]).await;
        assert!(told.contains("no such song in line here"), "{told}");
    }
    for song in ["", "-1", "x", "<@1>"].into_iter().filter(|song| !song.is_empty()) {
        let told = admin(&fixture.moderator(), "cancel", &[("song", json!(song))]).await;
        assert!(told.contains("no song's number"), "{told}");
    }
    let everywhere = [("everywhere", json!(true))];
    assert!(admin(&fixture.owner(), "jobs", &everywhere).await.contains(&other.id.to_string()));
    let told = admin(&fixture.owner(), "cancel", &[("song", json!(other.id.to_string()))]).await;
    assert!(told.contains("is cancelled"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn waiting_songs_are_suggested_by_requester_and_prompt() {
    let mut fixture = moderated(&[("MAX_RUNNING", "1")]).await;
    fixture.whisul.plan("first", Plan::song().until_told());
    fixture.song(&fixture.bob, "the first song").await;
    fixture.whisul.until_accepted("the first song").await;
    let long = format!("minute two by {}", "the sea and the wind ".repeat(20));
    let waiting = fixture.song(&fixture.ann, &long).await;
    waiting.until("a place in line", |message| title(message).contains("In line")).await;
    let offered = async |fixture: &Fixture, typed: &str| {
        let choices =
            fixture.moderator().autocomplete("admin cancel", "song", typed).await.unwrap();
        for choice in &choices {
            assert_eq!(choice["value"], waiting.id.to_string().as_str());
        }
        let name = |choice: &serde_json::Value| choice["name"].as_str().unwrap().to_owned();
        choices.iter().map(name).collect::<Vec<_>>()
    };
    let listed = timeout(DEADLINE, async { while offered(&fixture, "").await.is_empty() {} });
    listed.await.expect("it is written down");
    let names = offered(&fixture, "").await;
    assert!(names[0].starts_with("1 · Ann · minute two by the sea"), "{names:?}");
    assert!(names[0].ends_with('…') && names[0].encode_utf16().count() <= 100, "{names:?}");
    for typed in ["ann", "MINUTE", "1 · Ann"] {
        assert_eq!(offered(&fixture, typed).await, names, "{typed}");
    }
    assert!(offered(&fixture, "polka").await.is_empty());
    // After a restart Discord says what people are called, and where it does not, the words do.
    fixture.stop_bot().await;
    fixture.start_and_wait_until_ready().await;
    let silent = fixture.discord.faults().add(Fault::on("GET", "/api/v10/guilds/**").hang());
    assert!(offered(&fixture, "").await[0].starts_with("1 · minute two by the sea"));
    fixture.discord.faults().remove(silent);
    assert_eq!(offered(&fixture, "").await, names);
    fixture.whisul.finish("first");
}
