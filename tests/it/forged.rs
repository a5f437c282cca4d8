//! A modified client sends any `custom_id` with any message. Whoever does that reads, deletes,
//! overwrites and pays for nothing that the real buttons would not let them.

use std::time::Duration;

use sandbox::{DiscordRules, Invocation, Message, Plan, Seat, WhisulRules};
use serde_json::json;

use crate::{
    buttons::{click, finished_song, open},
    world::{World, done, refusal, song_at, title},
};

const UNKNOWN: &str = "I don't know this button any more";

/// A world where songs take no time.
async fn quick(settings: &[(&str, &str)]) -> World {
    let rules = WhisulRules { song_takes: Duration::ZERO, ..WhisulRules::default() };
    World::awake(settings, DiscordRules::default(), rules).await
}

/// Clicks what is not on a message, and is told so.
async fn forged(seat: &Seat, message: &Message, custom_id: &str) -> String {
    let clicked = seat.forge_click(message.id, custom_id).await.expect("a message to click on");
    refusal(&clicked).await
}

/// A song that Bob asks for where nobody else looks.
async fn bobs_secret(world: &World) -> Invocation {
    let asked = song_at(&world.bob.dm(), "a secret of Bob's").await;
    done(&asked).await;
    asked
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_reads_a_prompt_by_the_number_of_its_song() {
    let world = quick(&[]).await;
    let secret = bobs_secret(&world).await.id;
    let own = finished_song(&world, &world.ann, "a slow waltz").await;
    let seat = world.ann.at(&world.channel);
    let listed = seat.command("my-data forget", &[]).await.unwrap().answer().await.unwrap();
    for message in [&own, &listed] {
        for action in ["edit", "again", "delete"] {
            let told = forged(&seat, message, &format!("{action}:{secret}")).await;
            assert!(told.contains(UNKNOWN), "{action}: {told}");
        }
    }
    // Neither do other ways that name a song.
    let prompt = song_at(&seat, &format!("recent:{secret}")).await;
    done(&prompt).await;
    assert_eq!(world.whisul.accepted("secret"), 1);
    let shown = seat.command("songs", &[("show", json!(secret.to_string()))]).await.unwrap();
    assert!(refusal(&shown).await.contains("I couldn't find that song among yours"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_strangers_message_stays_as_it_is() {
    let world = quick(&[("USER_QUOTA", "5/1d")]).await;
    let anns = finished_song(&world, &world.ann, "a slow waltz").await;
    let own = world.song(&world.bob, "a song of Bob's").await;
    done(&own).await;
    let bob = world.bob.at(&world.channel);
    for custom_id in [format!("delete:{}", own.id), "songs:0:".to_owned(), "forget:me".to_owned()] {
        let told = forged(&bob, &anns, &custom_id).await;
        assert!(told.contains(UNKNOWN), "{custom_id}: {told}");
    }
    let told = forged(&bob, &anns, &format!("cancel:{}", own.id)).await;
    assert!(told.contains("too late to cancel"), "{told}");
    let seen = world.ann.at(&world.channel).message(anns.id).expect("the message is there");
    assert_eq!(seen.json(), anns.json());
    // Nothing of Bob's was forgotten, either.
    let songs = bob.command("songs", &[]).await.unwrap().answer().await.unwrap();
    assert!(songs.text().contains("a song of Bob's"), "{}", songs.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_waiting_song_is_taken_back_by_its_own_button_alone() {
    let world = quick(&[("MAX_RUNNING", "1")]).await;
    world.whisul.plan("first", Plan::song().until_told());
    world.song(&world.bob, "the first song").await;
    world.whisul.until_accepted("the first song").await;
    let anns = world.song(&world.ann, "the second song").await;
    let waiting = anns.answer().await.unwrap();
    // Bob may manage messages here, and still needs the message to click on.
    let moderators = world.server.add_role("Moderators");
    moderators.grant(1 << 13);
    world.server.give_role(&world.bob, &moderators);
    let bob = world.bob.at(&world.channel);
    let bobs = world.song(&world.bob, "the third song").await.answer().await.unwrap();
    // It is not too late at all: no word of that.
    let told = forged(&bob, &bobs, &format!("cancel:{}", anns.id)).await;
    assert!(told.contains(UNKNOWN), "{told}");
    // A message of somebody else than the bot has no buttons of the bot's.
    let said = bob.say("look at this").unwrap();
    let clicked = bob.forge_click(said, &format!("cancel:{}", anns.id)).await.unwrap();
    assert!(refusal(&clicked).await.contains(UNKNOWN));
    assert!(title(&anns.message().unwrap()).contains("In line"));
    let real = click(&bob, &waiting, "Cancel").await;
    real.until("the news", |message| title(message) == "Cancelled").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_made_up_form_does_what_its_sender_may() {
    let world = quick(&[("USER_QUOTA", "2/1d")]).await;
    let secret = bobs_secret(&world).await.id;
    finished_song(&world, &world.ann, "a slow waltz").await;
    let seat = world.ann.at(&world.channel);
    let answers = [("prompt", "a quick waltz")];
    for custom_id in [format!("again:{secret}"), format!("edit:{secret}"), "compose:".to_owned()] {
        let made_up = seat.forge_modal(None, &custom_id, &answers).await.unwrap();
        let told = refusal(&made_up).await;
        assert!(told.contains("I don't know this form any more"), "{custom_id}: {told}");
    }
    // A song of their own, at their own cost, whatever song the form names.
    let form = format!("compose:channel:{secret}");
    let song = done(&seat.forge_modal(None, &form, &answers).await.unwrap()).await;
    assert!(song.text().contains(&world.ann.mention()) && !song.text().contains("secret"));
    let on_own = seat.forge_modal(Some(song.id), &form, &answers).await.unwrap();
    assert!(refusal(&on_own).await.contains("You have used up"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_button_that_leads_nowhere_is_no_button() {
    let world = quick(&[]).await;
    for number in 0..9 {
        finished_song(&world, &world.ann, &format!("song number {number}")).await;
    }
    let seat = world.ann.at(&world.channel);
    let page = seat.command("songs", &[]).await.unwrap().answer().await.unwrap();
    let previous = page.button("Previous").unwrap();
    assert!(previous.disabled);
    for custom_id in [previous.custom_id.unwrap(), "songs:0:song".to_owned()] {
        let told = forged(&seat, &page, &custom_id).await;
        assert!(told.contains(UNKNOWN), "{custom_id}: {told}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_real_form_outlives_its_message() {
    let world = quick(&[]).await;
    let song = finished_song(&world, &world.ann, "a slow waltz").await;
    let seat = world.ann.at(&world.channel);
    let form = open(&seat, &song, "Edit prompt").await;
    assert!(seat.delete(song.id));
    done(&seat.submit_modal(&form, &[("prompt", "a quick waltz")]).await.unwrap()).await;
}
