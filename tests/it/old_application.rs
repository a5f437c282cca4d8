//! An application that is older than 2016: its bot user has another id than the application.

use std::time::Duration;

use sandbox::{DiscordRules, NoAnswer, WhisulRules};

use crate::{
    buttons::{click, labels},
    world::{World, done, is_done, refusal},
};

/// Tokens are void at once where a test says so.
async fn old(token_lifetime: Duration) -> World {
    let rules = DiscordRules { old_application: true, token_lifetime, ..DiscordRules::default() };
    let whisul = WhisulRules { song_takes: Duration::ZERO, ..WhisulRules::default() };
    World::awake(&[], rules, whisul).await
}

#[tokio::test(flavor = "multi_thread")]
async fn its_answers_have_buttons_that_work() {
    let world = old(Duration::from_mins(15)).await;
    assert_ne!(world.discord.bot().id(), world.discord.application_id());
    let song = done(&world.song(&world.ann, "a slow waltz").await).await;
    done(&click(&world.ann.at(&world.channel), &song, "Again").await).await;
    assert_eq!(world.whisul.accepted("slow waltz"), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn its_messages_in_channels_have_buttons_that_work() {
    let world = old(Duration::ZERO).await;
    world.whisul.plan("waltz", sandbox::Plan::song().until_told());
    world.song(&world.ann, "a slow waltz").await;
    world.whisul.until_accepted("waltz").await;
    world.server.deny_bot(&world.channel);
    world.whisul.finish("waltz");
    let song = world.ann.dm().until_message("the song", is_done).await;
    assert_eq!(labels(&song), ["Listen", "Again", "Edit prompt", "Delete"]);
    let seat = world.ann.dm();
    match click(&seat, &song, "Edit prompt").await.answer().await {
        Err(NoAnswer::Modal(form)) => {
            assert_eq!(form.fields[0].value.as_deref(), Some("a slow waltz"));
        }
        other => panic!("a form, not {other:?}"),
    }
    match seat.message_command("Make a song of this", song.id).await.unwrap().answer().await {
        Err(NoAnswer::Modal(form)) => {
            assert_eq!(form.fields[0].value.as_deref(), Some("a slow waltz"));
        }
        other => panic!("a form, not {other:?}"),
    }
    // Nobody else's message becomes its own by that.
    let strangers = seat.forge_click(song.id, "delete:1").await.unwrap();
    assert!(refusal(&strangers).await.contains("I don't know this button any more"));
}
