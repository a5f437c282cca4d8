//! One test for each scene.

use crate::stage::Stage;

/// Long enough that nobody meets it by chance.
const MANY: &[(&str, &str)] = &[];

#[tokio::test]
async fn a_song_is_asked_for_and_followed_to_its_end() {
    Stage::with(MANY).await.play("song").await;
}

#[tokio::test]
async fn buttons_do_what_they_say() {
    Stage::with(MANY).await.play("buttons").await;
}

#[tokio::test]
async fn a_refusal_is_for_one_persons_eyes() {
    Stage::with(&[("USER_QUOTA", "1/1d")]).await.play("quota").await;
}

#[tokio::test]
async fn an_outage_ends_well() {
    Stage::with(MANY).await.play("outage").await;
}

#[tokio::test]
async fn a_killed_bot_goes_on_when_it_is_started() {
    Stage::with(MANY).await.play("kill").await;
}

#[tokio::test]
async fn what_people_write_stays_text() {
    Stage::with(MANY).await.play("hostile").await;
}

#[tokio::test]
async fn tabs_are_people() {
    Stage::with(MANY).await.play("people").await;
}

#[tokio::test]
async fn hundreds_of_messages_scroll_smoothly() {
    let stage = Stage::with(MANY).await;
    stage.chat(500);
    stage.play("many").await;
}
