//! A modified client sends any `custom_id` with any message. Its user reads, deletes,
//! overwrites and pays for nothing that the real buttons would not let them.

use std::time::Duration;

use sandbox::{ChannelClient, DiscordRules, Invocation, Message, Plan, WhisulRules};
use serde_json::json;

use crate::{
    fixture::buttons::{click, finished_song, open},
    fixture::{Fixture, done, refusal, song_at, title},
};

const UNKNOWN: &str = "I don't know this button any more";

/// A fixture where songs take no time.
async fn quick(settings: &[(&str, &str)]) -> Fixture {
    let rules = WhisulRules { song_takes: Duration::ZERO, ..WhisulRules::default() };
    Fixture::with_rules(settings, DiscordRules::default(), rules).await
}

/// Clicks a button that the message does not have, and is refused.
async fn forged(client: &ChannelClient, message: &Message, custom_id: &str) -> String {
    let clicked = client.forge_click(message.id, custom_id).await.expect("a message to click on");
    refusal(&clicked).await
}

/// A song that Bob asks for where nobody else looks.
async fn bobs_secret(fixture: &Fixture) -> Invocation {
    let asked = song_at(&fixture.bob.dm(), "a secret of Bob's").await;
    done(&asked).await;
    asked
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forged_song_id_reveals_no_prompt() {
    let fixture = quick(&[]).await;
    let secret = bobs_secret(&fixture).await.id;
    let own = finished_song(&fixture, &fixture.ann, "a slow waltz").await;
    let client = fixture.ann.at(&fixture.channel);
    let listed = client.command("my-data forget", &[]).await.unwrap().answer().await.unwrap();
    for message in [&own, &listed] {
        for action in ["edit", "again", "delete"] {
            let told = forged(&client, message, &format!("{action}:{secret}")).await;
            assert!(told.contains(UNKNOWN), "{action}: {told}");
        }
    }
    // Neither do other ways that name a song.
    let prompt = song_at(&client, &format!("recent:{secret}")).await;
    done(&prompt).await;
    assert_eq!(fixture.whisul.accepted("secret"), 1);
    let shown = client.command("songs", &[("show", json!(secret.to_string()))]).await.unwrap();
    assert!(refusal(&shown).await.contains("I couldn't find that song among yours"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forged_click_changes_no_message_of_others() {
    let fixture = quick(&[("USER_QUOTA", "5/1d")]).await;
    let anns = finished_song(&fixture, &fixture.ann, "a slow waltz").await;
    let own = fixture.song(&fixture.bob, "a song of Bob's").await;
    done(&own).await;
    let bob = fixture.bob.at(&fixture.channel);
    for custom_id in [format!("delete:{}", own.id), "songs:0:".to_owned(), "forget:me".to_owned()] {
        let told = forged(&bob, &anns, &custom_id).await;
        assert!(told.contains(UNKNOWN), "{custom_id}: {told}");
    }
    let told = forged(&bob, &anns, &format!("cancel:{}", own.id)).await;
    assert!(told.contains("too late to cancel"), "{told}");
    let seen = fixture.ann.at(&fixture.channel).message(anns.id).expect("the message is there");
    assert_eq!(seen.json(), anns.json());
    // Nothing of Bob's was forgotten, either.
    let songs = bob.command("songs", &[]).await.unwrap().answer().await.unwrap();
    assert!(songs.text().contains("a song of Bob's"), "{}", songs.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_waiting_song_is_cancelled_only_by_its_own_button() {
    let fixture = quick(&[("MAX_RUNNING", "1")]).await;
    fixture.whisul.plan("first", Plan::song().until_told());
    fixture.song(&fixture.bob, "the first song").await;
    fixture.whisul.until_accepted("the first song").await;
    let anns = fixture.song(&fixture.ann, "the second song").await;
    let waiting = anns.answer().await.unwrap();
    // Bob may manage messages here, and still needs the message to click on.
    let moderators = fixture.server.add_role("Moderators");
    moderators.grant(1 << 13);
    fixture.server.give_role(&fixture.bob, &moderators);
    let bob = fixture.bob.at(&fixture.channel);
    let bobs = fixture.song(&fixture.bob, "the third song").await.answer().await.unwrap();
    // It is not too late at all: no word of that.
    let told = forged(&bob, &bobs, &format!("cancel:{}", anns.id)).await;
    assert!(told.contains(UNKNOWN), "{told}");
    // Messages of others have no buttons of the bot.
    let said = bob.say("look at this").unwrap();
    let clicked = bob.forge_click(said, &format!("cancel:{}", anns.id)).await.unwrap();
    assert!(refusal(&clicked).await.contains(UNKNOWN));
    assert!(title(&anns.message().unwrap()).contains("In line"));
    let real = click(&bob, &waiting, "Cancel").await;
    real.until("the news", |message| title(message) == "Cancelled").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forged_form_does_only_what_its_sender_may() {
    let fixture = quick(&[("USER_QUOTA", "2/1d")]).await;
    let secret = bobs_secret(&fixture).await.id;
    finished_song(&fixture, &fixture.ann, "a slow waltz").await;
    let client = fixture.ann.at(&fixture.channel);
    let answers = [("prompt", "a quick waltz")];
    for custom_id in [format!("again:{secret}"), format!("edit:{secret}"), "compose:".to_owned()] {
        let made_up = client.forge_modal(None, &custom_id, &answers).await.unwrap();
        let told = refusal(&made_up).await;
        assert!(told.contains("I don't know this form any more"), "{custom_id}: {told}");
    }
    // A song of their own, at their own cost, whatever song the form names.
    let form = format!("compose:channel:{secret}");
    let song = done(&client.forge_modal(None, &form, &answers).await.unwrap()).await;
    assert!(song.text().contains(&fixture.ann.mention()) && !song.text().contains("secret"));
    let on_own = client.forge_modal(Some(song.id), &form, &answers).await.unwrap();
    assert!(refusal(&on_own).await.contains("You have used up"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_custom_id_does_nothing() {
    let fixture = quick(&[]).await;
    for number in 0..9 {
        finished_song(&fixture, &fixture.ann, &format!("song number {number}")).await;
    }
    let client = fixture.ann.at(&fixture.channel);
    let page = client.command("songs", &[]).await.unwrap().answer().await.unwrap();
    let previous = page.button("Previous").unwrap();
    assert!(previous.disabled);
    for custom_id in [previous.custom_id.unwrap(), "songs:0:song".to_owned()] {
        let told = forged(&client, &page, &custom_id).await;
        assert!(told.contains(UNKNOWN), "{custom_id}: {told}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_works_after_its_message_is_deleted() {
    let fixture = quick(&[]).await;
    let song = finished_song(&fixture, &fixture.ann, "a slow waltz").await;
    let client = fixture.ann.at(&fixture.channel);
    let form = open(&client, &song, "Edit prompt").await;
    assert!(client.delete(song.id));
    done(&client.submit_modal(&form, &[("prompt", "a quick waltz")]).await.unwrap()).await;
}
