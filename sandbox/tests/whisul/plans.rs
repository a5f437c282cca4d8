//! Plans: songs that take as long, and end, as a test needs.

use std::time::Duration;

use reqwest::StatusCode;
use sandbox::Plan;
use serde_json::{Value, json};

use crate::client::Scene;

#[tokio::test]
async fn a_song_takes_as_long_as_planned() {
    let scene = Scene::new().await;
    let planned = Duration::from_millis(150);
    scene.whisul.plan("quick", Plan::song().takes(planned));
    let id = scene.submit("a quick song").await;
    let job = scene.whisul.until_finished("quick").await;
    assert_eq!(job.finished_at.unwrap() - job.accepted_at, planned);
    assert_eq!(scene.poll(&id).await.json()["status"], "completed");
}

#[tokio::test]
async fn a_song_until_told_runs_until_it_is_finished_by_hand() {
    let scene = Scene::new().await;
    scene.whisul.plan("slow", Plan::song().until_told());
    let id = scene.submit("a slow song").await;
    assert_eq!(scene.poll(&id).await.json()["status"], "running");
    assert_eq!(scene.whisul.until_accepted("slow").await.finished_at, None);
    assert_eq!(scene.whisul.finish("quick"), 0);
    assert_eq!(scene.poll(&id).await.json()["status"], "running");
    assert_eq!(scene.whisul.finish("slow"), 1);
    assert_eq!(scene.poll(&id).await.json()["status"], "completed");
    assert_eq!(scene.whisul.finish("slow"), 0, "it has ended already");
    assert_eq!(scene.whisul.until_polled("slow", 3).await.polls, 3);
}

#[tokio::test]
async fn a_failure_has_a_reason_or_none() {
    let scene = Scene::new().await;
    scene.whisul.plan("bad", Plan::fails(Some("Out of strings.")).takes(Duration::ZERO));
    scene.whisul.plan("worse", Plan::fails(None).takes(Duration::ZERO));
    let job = scene.outcome("a bad song").await;
    assert_eq!((&job["status"], &job["error"]), (&json!("failed"), &json!("Out of strings.")));
    assert_eq!(job["result"], Value::Null);
    assert!(job["finished_at"].is_string());
    let job = scene.outcome("a worse song").await;
    assert_eq!((&job["status"], &job["error"]), (&json!("failed"), &Value::Null));
}

#[tokio::test]
async fn a_vanished_job_is_first_running_and_then_unknown() {
    let scene = Scene::new().await;
    scene.whisul.plan("ghost", Plan::vanishes().until_told());
    let id = scene.submit("a ghost song").await;
    assert_eq!(scene.poll(&id).await.json()["status"], "running");
    scene.whisul.finish("ghost");
    scene.poll(&id).await.assert_refused(StatusCode::NOT_FOUND);
    assert_eq!(scene.whisul.accepted("ghost"), 1, "it was taken in all the same");
}

#[tokio::test]
async fn an_expired_result_is_gone_with_its_song() {
    let scene = Scene::new().await;
    scene.whisul.plan("", Plan::song().takes(Duration::ZERO));
    let job = scene.outcome("an old song").await;
    assert_eq!(scene.whisul.expire("old"), 1);
    let id = scene.whisul.jobs()[0].id.clone();
    scene.poll(&id).await.assert_refused(StatusCode::NOT_FOUND);
    assert_eq!(scene.fetch(&job["result"]["song_url"]).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn an_unknown_status_lasts_until_the_song_is_done() {
    let scene = Scene::new().await;
    scene.whisul.plan("queue", Plan::unknown_status("queued").until_told());
    let id = scene.submit("a queue song").await;
    let job = scene.poll(&id).await.json();
    assert_eq!((&job["status"], &job["result"]), (&json!("queued"), &Value::Null));
    scene.whisul.finish("queue");
    assert_eq!(scene.poll(&id).await.json()["status"], "completed");
}

#[tokio::test]
async fn a_result_can_be_anything() {
    let scene = Scene::new().await;
    for (number, result) in [
        Value::Null,
        json!({}),
        json!([1, 2]),
        json!({ "title": "@everyone", "bpm": 92.5, "duration": 183, "tags": null }),
    ]
    .into_iter()
    .enumerate()
    {
        let prompt = format!("odd song {number}");
        scene.whisul.plan(&prompt, Plan::song().takes(Duration::ZERO).result(result.clone()));
        let job = scene.outcome(&prompt).await;
        assert_eq!((&job["status"], &job["result"]), (&json!("completed"), &result));
    }
}

#[tokio::test]
async fn single_fields_can_be_changed_or_missing() {
    let scene = Scene::new().await;
    let plan = Plan::song().takes(Duration::ZERO).with("bpm", json!("fast")).without("image_url");
    scene.whisul.plan("odd", plan);
    let result = scene.outcome("an odd song").await["result"].clone();
    assert_eq!(result["bpm"], "fast");
    assert!(result.get("image_url").is_none());
    assert!(result["song_url"].is_string());
}

#[tokio::test]
async fn a_whole_answer_can_be_anything() {
    let scene = Scene::new().await;
    let answer = json!({ "status": 7, "surprise": true });
    scene.whisul.plan("odd", Plan::answer(answer.clone()).takes(Duration::ZERO));
    assert_eq!(scene.outcome("an odd song").await, answer);
}

#[tokio::test]
async fn the_latest_matching_plan_applies() {
    let scene = Scene::new().await;
    scene.whisul.plan("song", Plan::fails(Some("first")).takes(Duration::ZERO));
    scene.whisul.plan("a song", Plan::fails(Some("second")).takes(Duration::ZERO));
    scene.whisul.plan("no such prompt", Plan::vanishes());
    assert_eq!(scene.outcome("a song").await["error"], "second");
    assert_eq!(scene.outcome("one more song").await["error"], "first");
}
