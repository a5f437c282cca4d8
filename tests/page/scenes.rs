//! One test for each scene.

use tokio::task::spawn_blocking;

use crate::{demo::Demo, stage::Stage};

#[tokio::test]
async fn a_song_is_requested_and_followed_to_its_end() {
    Stage::with(&[]).await.play("song").await;
}

#[tokio::test]
async fn buttons_do_what_their_labels_say() {
    Stage::with(&[]).await.play("buttons").await;
}

#[tokio::test]
async fn a_refusal_is_visible_to_its_requester_only() {
    Stage::with(&[("USER_QUOTA", "1/1d")]).await.play("quota").await;
}

#[tokio::test]
async fn an_outage_ends_well() {
    Stage::with(&[]).await.play("outage").await;
}

#[tokio::test]
async fn a_killed_bot_continues_when_it_is_started() {
    Stage::with(&[]).await.play("kill").await;
}

#[tokio::test]
async fn a_choice_made_at_once_counts() {
    Stage::with(&[]).await.play("hasty").await;
}

#[tokio::test]
async fn what_people_write_stays_text() {
    Stage::with(&[]).await.play("hostile").await;
}

#[tokio::test]
async fn tabs_are_people() {
    Stage::with(&[]).await.play("people").await;
}

#[tokio::test]
async fn hundreds_of_messages_scroll_smoothly() {
    let stage = Stage::with(&[]).await;
    stage.chat(500);
    stage.play("many").await;
}

#[tokio::test]
async fn the_view_stays_at_the_end_however_the_list_grows() {
    let stage = Stage::with(&[]).await;
    stage.chat(60);
    stage.play("end").await;
}

/// As in the demo: one song at a time, and two a day for those without a role.
const AS_IN_THE_DEMO: [(&str, &str); 3] =
    [("USER_QUOTA", "2/1d"), ("MAX_RUNNING", "1"), ("USER_CONCURRENCY", "1")];

#[tokio::test]
async fn every_scenario_ends_well() {
    Stage::with_unlimited_roles(&AS_IN_THE_DEMO).await.play("scenarios").await;
}

#[tokio::test]
async fn a_scenario_that_is_cut_short_leaves_nothing_behind() {
    Stage::with_unlimited_roles(&AS_IN_THE_DEMO).await.play("cut_short").await;
}

#[tokio::test]
async fn the_page_can_be_navigated() {
    Stage::with(&[]).await.play("around").await;
}

#[tokio::test]
async fn a_bot_of_the_visitor_appears() {
    Stage::showcase().await.play("visitor").await;
}

#[tokio::test]
async fn people_find_their_songs_their_quota_and_their_data() {
    Stage::with(&[("USER_QUOTA", "9/1d")]).await.play("own").await;
}

#[tokio::test]
async fn every_kind_of_command_and_component_can_be_used() {
    Stage::showcase().await.play("everything").await;
}

#[test]
fn a_demo_ended_by_a_signal_leaves_nothing_behind() {
    let mut demo = Demo::start();
    assert!(demo.until_open().is_some(), "the demo prints the page's address");
    let folder = demo.folder();
    assert!(folder.exists() && demo.stop("TERM").success() && !folder.exists());

    // Nor in the middle of its scene, where that is no good end.
    for signal in ["TERM", "HUP"] {
        let mut demo = Demo::start();
        demo.until_it_writes();
        let folder = demo.folder();
        assert_eq!(demo.stop(signal).code(), Some(1));
        assert!(!folder.exists(), "{signal}");
    }
}

#[tokio::test]
async fn the_demo_opens_the_page() {
    let mut demo = Demo::start();
    let page = spawn_blocking(move || demo.until_open().map(|page| (demo, page))).await.unwrap();
    let (demo, page) = page.expect("the demo prints the page's address");
    let index = reqwest::get(page).await.unwrap().text().await.unwrap();
    assert!(index.contains("<title>whisul-bot sandbox</title>"), "{index}");
    assert!(spawn_blocking(|| demo.stop("INT")).await.unwrap().success());
}

#[tokio::test]
async fn everything_can_be_seen_in_dark_and_light_and_on_a_phone() {
    let settings = [
        ("USER_QUOTA", "2/1d"),
        ("USER_CONCURRENCY", "1"),
        ("POLL_INTERVAL", "500ms"),
        ("EDIT_INTERVAL", "500ms"),
    ];
    Stage::with(&settings).await.play("appearance").await;
}
