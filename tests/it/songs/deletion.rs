//! The *Delete* button of a result.

use std::time::Duration;

use sandbox::{ClientRefusal, DiscordRules, Fault, Message, Plan, WhisulRules};
use tokio::time::timeout;

use crate::fixture::buttons::{ask_to_delete, click, delete, finished_song};
use crate::fixture::{DEADLINE, Fixture, failed, refusal};

/// The permission to delete other people's messages (Discord docs, Permissions).
const MANAGE_MESSAGES: u64 = 1 << 13;

/// A fixture where songs take no time.
async fn quick() -> Fixture {
    let rules = WhisulRules { song_takes: Duration::ZERO, ..WhisulRules::default() };
    Fixture::with_rules(&[], DiscordRules::default(), rules).await
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_requester_and_moderators_delete_a_result() {
    let fixture = quick().await;
    let song = finished_song(&fixture, &fixture.ann, "a slow waltz").await;
    let (ann, bob) = (fixture.ann.at(&fixture.channel), fixture.bob.at(&fixture.channel));
    let told = refusal(&click(&bob, &song, "Delete").await).await;
    assert!(told.contains("Only the person who asked for this song"), "{told}");
    assert!(ann.message(song.id).is_some());

    let moderators = fixture.server.add_role("moderators");
    moderators.grant(MANAGE_MESSAGES);
    fixture.server.give_role(&fixture.bob, &moderators);
    let told = delete(&bob, &song).await;
    let mention = fixture.ann.mention();
    assert_eq!(told, format!("Deleted. {mention} can bring the song back with `/songs`."));
    fixture
        .discord
        .until("the message to go", || ann.message(song.id).is_none().then_some(()))
        .await;

    let own = finished_song(&fixture, &fixture.ann, "a slow tango").await;
    assert_eq!(delete(&ann, &own).await, "Deleted. `/songs` brings the song back.");
    fixture
        .discord
        .until("the message to go", || ann.message(own.id).is_none().then_some(()))
        .await;
    // A deleted message has no buttons.
    let gone = ann.click(own.id, &own.button("Again").unwrap().custom_id.unwrap()).await;
    assert_eq!(gone.unwrap_err(), ClientRefusal::UnknownMessage);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_deleted_before_that_is_confirmed() {
    let mut fixture = quick().await;
    fixture.whisul.plan("polka", Plan::fails(None));
    let song = finished_song(&fixture, &fixture.ann, "a slow waltz").await;
    let (ann, bob) = (fixture.ann.at(&fixture.channel), fixture.bob.at(&fixture.channel));
    let question = ask_to_delete(&ann, &song).await;
    assert_eq!(question.content, "Delete this message? The song stays in `/songs`.");
    let confirm = question.button("Delete").unwrap().custom_id.unwrap();
    assert!(bob.click(question.id, &confirm).await.is_err(), "only Ann sees it");
    let forged = bob.forge_click(song.id, &confirm).await.unwrap();
    assert!(refusal(&forged).await.contains("don't know this button"));
    // The response may come after a restart.
    fixture.stop_bot().await;
    fixture.start_and_wait_until_ready().await;
    click(&ann, &question, "Delete").await;
    let said = |it: &Message| it.id == question.id && it.content.starts_with("Deleted.");
    ann.until_message("word that it is gone", said).await;
    assert!(ann.message(song.id).is_none());
    let listed = ann.command("songs", &[]).await.unwrap().answer().await.unwrap();
    assert!(listed.text().contains("waltz") && !listed.text().contains("[message]"));

    // Where there is no song, nothing is promised.
    let news = failed(&fixture.song(&fixture.ann, "a polka").await).await;
    assert_eq!(ask_to_delete(&ann, &news).await.content, "Delete this message?");
    assert_eq!(delete(&ann, &news).await, "Deleted.");
    // Somebody was faster.
    let own = finished_song(&fixture, &fixture.ann, "a slow tango").await;
    let question = ask_to_delete(&ann, &own).await;
    assert!(ann.delete(own.id));
    click(&ann, &question, "Delete").await;
    let said = |it: &Message| it.id == question.id && it.content.starts_with("Deleted.");
    ann.until_message("word that it is gone", said).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_can_not_be_deleted_says_so() {
    let fixture = quick().await;
    let song = finished_song(&fixture, &fixture.ann, "a slow waltz").await;
    let ann = fixture.ann.at(&fixture.channel);
    let fault = Fault::on("DELETE", "/api/v10/**").status(403);
    let fault = fixture.discord.faults().add(fault);
    let told = delete(&ann, &song).await;
    assert!(told.starts_with("I couldn't delete that message."), "{told}");
    fixture.discord.faults().remove(fault);
    assert_eq!(delete(&ann, &song).await, "Deleted. `/songs` brings the song back.");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_result_deleted_before_its_files_came_leaves_no_link_behind() {
    let rules = WhisulRules { song_takes: Duration::ZERO, ..WhisulRules::default() };
    let audio = [("ATTACH_AUDIO", "true")];
    let fixture = Fixture::with_rules(&audio, DiscordRules::default(), rules).await;
    let slow = Fault::on("GET", "/audio/*").delay(Duration::from_secs(1));
    fixture.whisul.faults().add(slow);
    let song = finished_song(&fixture, &fixture.ann, "a slow waltz").await;
    let client = fixture.ann.at(&fixture.channel);
    delete(&client, &song).await;
    let gone = || client.message(song.id).is_none().then_some(());
    fixture.discord.until("the message to go", gone).await;
    // The files find that out.
    let listed = async {
        loop {
            let asked = client.command("songs", &[]).await.unwrap();
            let text = asked.answer().await.expect("a response at once").text();
            assert!(text.contains("a slow waltz"), "{text}");
            if !text.contains("[message]") {
                return;
            }
        }
    };
    timeout(DEADLINE, listed).await.expect("no link to what is gone");
}
