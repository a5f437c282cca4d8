//! An application that is older than 2016: its bot user has another id than the application.

use std::time::Duration;

use sandbox::{DiscordRules, NoAnswer, WhisulRules};

use crate::{
    fixture::buttons::{click, labels},
    fixture::{Fixture, done, is_done, refusal},
};

/// Tokens are void at once where a test says so.
async fn old(token_lifetime: Duration) -> Fixture {
    let rules = DiscordRules { old_application: true, token_lifetime, ..DiscordRules::default() };
    let whisul = WhisulRules { song_takes: Duration::ZERO, ..WhisulRules::default() };
    Fixture::with_rules(&[], rules, whisul).await
}

#[tokio::test(flavor = "multi_thread")]
async fn its_answers_have_buttons_that_work() {
    let fixture = old(Duration::from_mins(15)).await;
    assert_ne!(fixture.discord.bot().id(), fixture.discord.application_id());
    let song = done(&fixture.song(&fixture.ann, "a slow waltz").await).await;
    done(&click(&fixture.ann.at(&fixture.channel), &song, "Again").await).await;
    assert_eq!(fixture.whisul.accepted("slow waltz"), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn its_messages_in_channels_have_buttons_that_work() {
    let fixture = old(Duration::ZERO).await;
    fixture.whisul.plan("waltz", sandbox::Plan::song().until_told());
    fixture.song(&fixture.ann, "a slow waltz").await;
    fixture.whisul.until_accepted("waltz").await;
    fixture.server.deny_bot(&fixture.channel);
    fixture.whisul.finish("waltz");
    let song = fixture.ann.dm().until_message("the song", is_done).await;
    assert_eq!(labels(&song), ["Listen", "Again", "Edit prompt", "Delete"]);
    let client = fixture.ann.dm();
    match click(&client, &song, "Edit prompt").await.answer().await {
        Err(NoAnswer::Modal(form)) => {
            assert_eq!(form.fields[0].value.as_deref(), Some("a slow waltz"));
        }
        other => panic!("a form, not {other:?}"),
    }
    match client.message_command("Make a song of this", song.id).await.unwrap().answer().await {
        Err(NoAnswer::Modal(form)) => {
            assert_eq!(form.fields[0].value.as_deref(), Some("a slow waltz"));
        }
        other => panic!("a form, not {other:?}"),
    }
    // Nobody else's message becomes its own by that.
    let strangers = client.forge_click(song.id, "delete:1").await.unwrap();
    assert!(refusal(&strangers).await.contains("I don't know this button any more"));
}
