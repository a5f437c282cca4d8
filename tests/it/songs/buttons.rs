//! The buttons below a message.

use std::time::Duration;

use sandbox::{DiscordRules, Fault, Plan, WhisulRules};

use crate::fixture::buttons::{click, delete, finished_song, labels, open};
use crate::fixture::{Fixture, description, done, failed, is_done, refusal, title};

/// A fixture where songs take no time.
async fn quick() -> Fixture {
    let rules = WhisulRules { song_takes: Duration::ZERO, ..WhisulRules::default() };
    Fixture::with_rules(&[], DiscordRules::default(), rules).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_result_offers_to_listen_to_ask_again_to_edit_and_to_delete() {
    let fixture = quick().await;
    let song = finished_song(&fixture, &fixture.ann, "a slow waltz").await;
    assert_eq!(labels(&song), ["Listen", "Again", "Edit prompt", "Delete"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn again_makes_another_song_of_the_same_prompt_in_a_message_of_its_own() {
    let fixture = quick().await;
    let song = finished_song(&fixture, &fixture.ann, "a slow waltz").await;
    let again = click(&fixture.ann.at(&fixture.channel), &song, "Again").await;
    let another = done(&again).await;
    assert_ne!(another.id, song.id);
    assert!(!another.ephemeral());
    assert!(description(&another).contains("a slow waltz"));
    assert_eq!(fixture.whisul.accepted("a slow waltz"), 2);
    let first = fixture.ann.at(&fixture.channel).message(song.id).unwrap();
    assert_eq!(first.json(), song.json());
}

#[tokio::test(flavor = "multi_thread")]
async fn again_by_somebody_else_is_charged_to_them() {
    let fixture = Fixture::with(&[("USER_QUOTA", "1/1d")]).await;
    let song = finished_song(&fixture, &fixture.ann, "a slow waltz").await;
    let again = click(&fixture.bob.at(&fixture.channel), &song, "Again").await;
    let bobs = done(&again).await;
    assert!(description(&bobs).contains(&fixture.bob.mention()));
    assert!(!description(&bobs).contains(&fixture.ann.mention()));
    for person in [&fixture.ann, &fixture.bob] {
        let refused = refusal(&click(&person.at(&fixture.channel), &song, "Again").await).await;
        assert!(refused.contains("You have used up your 1 song a day"), "{refused}");
    }
    assert_eq!(fixture.whisul.accepted("a slow waltz"), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_clicks_at_once_make_one_song() {
    let fixture = quick().await;
    let song = finished_song(&fixture, &fixture.ann, "a slow waltz").await;
    fixture.whisul.plan("waltz", Plan::song().until_told());
    let client = fixture.ann.at(&fixture.channel);
    let clicks = [click(&client, &song, "Again").await, click(&client, &song, "Again").await];
    let mut answers = Vec::new();
    for click in &clicks {
        answers.push(click.answer().await.expect("a response at once"));
    }
    let (told, asked): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.ephemeral());
    assert!(told[0].content.contains("it is under way"), "{}", told[0].content);
    assert_eq!((told.len(), asked.len()), (1, 1));
    // Once it is over, the same button makes one more.
    fixture.whisul.until_accepted("waltz").await;
    client
        .until_message("the second song's turn", |message| title(message) == "🎼 Composing")
        .await;
    fixture.whisul.finish("waltz");
    client
        .until_message("the second song", |message| is_done(message) && message.id != song.id)
        .await;
    assert_eq!(fixture.whisul.accepted("waltz"), 2);
    click(&client, &song, "Again").await.answer().await.expect("a response at once");
    fixture.whisul.finish("waltz");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_click_that_discord_delivers_twice_makes_one_song() {
    let fixture = quick().await;
    let song = finished_song(&fixture, &fixture.ann, "a slow waltz").await;
    let again = click(&fixture.ann.at(&fixture.channel), &song, "Again").await;
    again.deliver_again();
    done(&again).await;
    finished_song(&fixture, &fixture.bob, "what came after").await;
    assert_eq!(fixture.whisul.accepted("a slow waltz"), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_prompt_makes_another_song() {
    let fixture = quick().await;
    let song = finished_song(&fixture, &fixture.ann, "a *slow* waltz").await;
    let client = fixture.ann.at(&fixture.channel);
    let form = open(&client, &song, "Edit prompt").await;
    assert_eq!(form.title, "Make a song");
    assert_eq!(form.fields[0].value.as_deref(), Some("a *slow* waltz"));
    let asked = client.submit_modal(&form, &[("prompt", "a quick waltz")]).await.unwrap();
    let another = done(&asked).await;
    assert!(description(&another).contains("a quick waltz"));
    assert_ne!(another.id, song.id);
    assert_eq!(fixture.whisul.accepted("a quick waltz"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_can_stay_open_over_a_restart_and_for_twenty_minutes() {
    let mut fixture = quick().await;
    let song = finished_song(&fixture, &fixture.ann, "a slow waltz").await;
    let client = fixture.ann.at(&fixture.channel);
    let form = open(&client, &song, "Edit prompt").await;
    fixture.stop_bot().await;
    fixture.discord.set_clock_offset(20 * 60 * 1000);
    fixture.start_and_wait_until_ready().await;
    let asked = client.submit_modal(&form, &[("prompt", "a quick waltz")]).await.unwrap();
    done(&asked).await;
    assert_eq!(fixture.whisul.accepted("a quick waltz"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_with_an_invisible_prompt_makes_no_song() {
    let fixture = quick().await;
    let song = finished_song(&fixture, &fixture.ann, "a slow waltz").await;
    let client = fixture.ann.at(&fixture.channel);
    let form = open(&client, &song, "Edit prompt").await;
    let asked = client.submit_modal(&form, &[("prompt", "\u{200B} ")]).await.unwrap();
    assert!(refusal(&asked).await.contains("no readable text"));
    assert_eq!(fixture.whisul.jobs().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn buttons_work_after_a_restart() {
    let mut fixture = quick().await;
    let song = finished_song(&fixture, &fixture.ann, "a slow waltz").await;
    fixture.stop_bot().await;
    fixture.start_and_wait_until_ready().await;
    let client = fixture.ann.at(&fixture.channel);
    done(&click(&client, &song, "Again").await).await;
    assert_eq!(fixture.whisul.accepted("a slow waltz"), 2);
    delete(&client, &song).await;
    fixture
        .discord
        .until("the message to go", || client.message(song.id).is_none().then_some(()))
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_song_that_is_no_longer_remembered_says_so() {
    let mut fixture = quick().await;
    let song = finished_song(&fixture, &fixture.ann, "a slow waltz").await;
    fixture.stop_bot().await;
    std::fs::remove_file(fixture.folder().join("jobs.db")).unwrap();
    fixture.start_and_wait_until_ready().await;
    for label in ["Again", "Edit prompt", "Delete"] {
        let told = refusal(&click(&fixture.ann.at(&fixture.channel), &song, label).await).await;
        assert!(told.contains("I don't remember this song any more"), "{told}");
        assert_eq!(
            told.contains("A moderator can delete the message"),
            label == "Delete",
            "{told}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_song_can_be_tried_again() {
    let fixture = quick().await;
    fixture.whisul.plan("waltz", Plan::fails(None));
    let news = failed(&fixture.song(&fixture.ann, "a slow waltz").await).await;
    assert_eq!(labels(&news), ["Try again", "Edit prompt", "Delete"]);
    fixture.whisul.plan("waltz", Plan::song().takes(Duration::ZERO));
    let song = done(&click(&fixture.ann.at(&fixture.channel), &news, "Try again").await).await;
    assert_ne!(song.id, news.id);
    assert_eq!(title(&fixture.ann.at(&fixture.channel).message(news.id).unwrap()), title(&news));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interrupted_submission_can_be_tried_again_by_its_requester() {
    let fixture = quick().await;
    let cut = Fault::on("POST", "/api/generate").times(1).cut_after();
    fixture.whisul.faults().add(cut);
    let news = failed(&fixture.song(&fixture.ann, "a slow waltz").await).await;
    assert!(description(&news).contains("I won't send it twice"));
    done(&click(&fixture.ann.at(&fixture.channel), &news, "Try again").await).await;
    assert_eq!(fixture.submissions("a slow waltz"), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn buttons_work_where_only_a_user_installed_the_bot() {
    let fixture = quick().await;
    let server = fixture.discord.add_server_without_bot("Elsewhere");
    server.join(&fixture.ann);
    fixture.ann.install_app();
    let client = fixture.ann.at(&server.add_channel("general"));
    let song = done(&crate::fixture::song_at(&client, "a slow waltz").await).await;
    done(&click(&client, &song, "Again").await).await;
    let form = open(&client, &song, "Edit prompt").await;
    done(&client.submit_modal(&form, &[("prompt", "a quick waltz")]).await.unwrap()).await;
    delete(&client, &song).await;
    fixture
        .discord
        .until("the message to go", || client.message(song.id).is_none().then_some(()))
        .await;
    // The bot itself can't reach this channel, and does not try.
    assert_eq!(fixture.discord.requests().count("*", "/api/v10/channels/**"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn buttons_are_refused_where_songs_are_not_allowed() {
    let mut fixture = quick().await;
    let song = finished_song(&fixture, &fixture.ann, "a slow waltz").await;
    fixture.stop_bot().await;
    fixture.set("ALLOWED_GUILDS", "345678901234567890");
    fixture.start_and_wait_until_ready().await;
    let told = refusal(&click(&fixture.ann.at(&fixture.channel), &song, "Again").await).await;
    assert!(told.contains("isn't set up for songs in this server"), "{told}");
}
