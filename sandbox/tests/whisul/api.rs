//! The two endpoints as the documentation has them.

use std::time::Duration;

use reqwest::{StatusCode, header::CONTENT_TYPE};
use sandbox::{Plan, WhisulRules};
use serde_json::{Value, json};

use crate::client::{Scene, send};

/// The names of an object's fields, in order of the alphabet.
fn fields(object: &Value) -> Vec<&str> {
    object.as_object().unwrap().keys().map(String::as_str).collect()
}

/// Each digit as a 0 and each other hexadecimal letter as an x.
fn shape(text: &Value) -> String {
    let digits = text.as_str().unwrap().replace(|sign: char| sign.is_ascii_digit(), "0");
    digits.replace(|sign: char| sign.is_ascii_hexdigit() && sign != '0', "x")
}

#[tokio::test]
async fn an_accepted_prompt_returns_a_job_to_poll() {
    let scene = Scene::new().await;
    let answer = scene.try_submit("a trap song").await.unwrap();
    assert_eq!(answer.status, StatusCode::ACCEPTED);
    assert_eq!(answer.header(CONTENT_TYPE), Some("application/json"));
    let body = answer.json();
    assert_eq!(fields(&body), ["job_id", "message", "poll_url"]);
    assert_eq!(body["message"], "Composition task received.");
    let id = body["job_id"].as_str().unwrap();
    assert_eq!(id.len(), 36);
    assert_eq!(body["poll_url"], format!("/jobs/{id}"));
    assert_eq!(scene.poll(id).await.json()["prompt"], "a trap song");
    assert_eq!(scene.whisul.accepted("trap"), 1);
    assert_eq!(scene.whisul.accepted("waltz"), 0);
}

#[tokio::test]
async fn a_running_job_has_no_end_yet() {
    let scene = Scene::new().await;
    scene.whisul.plan("trap", Plan::song().until_told());
    let id = scene.submit("a trap song").await;
    let job = scene.poll(&id).await.json();
    assert_eq!(fields(&job), ["error", "prompt", "result", "started_at", "status"]);
    assert_eq!(job["status"], "running");
    assert_eq!((&job["result"], &job["error"]), (&Value::Null, &Value::Null));
    assert_eq!(shape(&job["started_at"]), "0000-00-00 00:00:00");
}

#[tokio::test]
async fn a_completed_job_has_a_result() {
    let rules = WhisulRules { song_takes: Duration::ZERO, ..WhisulRules::default() };
    let scene = Scene::with(rules).await;
    let job = scene.outcome("a trap song about lanterns").await;
    assert_eq!(job["status"], "completed");
    assert_eq!(job["error"], Value::Null);
    assert_eq!(shape(&job["finished_at"]), "0000-00-00 00:00:00");
    let result = &job["result"];
    assert_eq!(fields(result), ["bpm", "duration", "image_url", "song_url", "tags", "title"]);
    assert!(result["title"].as_str().unwrap().ends_with("Lanterns"));
    assert!((76.0..133.0).contains(&result["bpm"].as_f64().unwrap()));
    assert!(result["tags"].as_str().unwrap().starts_with("trap, "));
}

#[tokio::test]
async fn the_two_documented_forms_of_a_duration_alternate() {
    let rules = WhisulRules { song_takes: Duration::ZERO, ..WhisulRules::default() };
    let scene = Scene::with(rules).await;
    let text = scene.outcome("the first").await["result"]["duration"].clone();
    let number = scene.outcome("the second").await["result"]["duration"].clone();
    assert_eq!(shape(&text), "0:00");
    assert!(number.is_u64());
    assert!(scene.outcome("the third").await["result"]["duration"].is_string());
}

#[tokio::test]
async fn song_and_cover_can_be_fetched_without_a_key() {
    let scene = Scene::with(WhisulRules { song_takes: Duration::ZERO, ..Default::default() }).await;
    let job = scene.outcome("a calm evening").await;
    let origin = scene.whisul.url().replace("/api", "");
    let id = &scene.whisul.jobs()[0].id;
    assert_eq!(job["result"]["song_url"], format!("{origin}/audio/{id}.wav"));
    assert_eq!(job["result"]["image_url"], format!("{origin}/covers/{id}.png"));
    let song = scene.fetch(&job["result"]["song_url"]).await;
    assert_eq!((song.status, song.header(CONTENT_TYPE)), (StatusCode::OK, Some("audio/wav")));
    assert_eq!(&song.body[..4], b"RIFF");
    assert!(song.body.len() > 8 * 2 * 22_050);
    let cover = scene.fetch(&job["result"]["image_url"]).await;
    assert_eq!((cover.status, cover.header(CONTENT_TYPE)), (StatusCode::OK, Some("image/png")));
    assert_eq!(&cover.body[..8], b"\x89PNG\r\n\x1a\n");
}

#[tokio::test]
async fn a_song_exists_only_once_made_and_under_its_name() {
    let scene = Scene::new().await;
    scene.whisul.plan("", Plan::song().until_told());
    let id = scene.submit("a calm evening").await;
    let origin = scene.whisul.url().replace("/api", "");
    let link = json!(format!("{origin}/audio/{id}.wav"));
    assert_eq!(scene.fetch(&link).await.status, StatusCode::NOT_FOUND);
    scene.whisul.finish("calm");
    assert_eq!(scene.fetch(&link).await.status, StatusCode::OK);
    for wrong in [format!("/audio/{id}.mp3"), format!("/audio/{id}"), "/covers/x.png".to_owned()] {
        let answer = scene.fetch(&json!(format!("{origin}{wrong}"))).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{wrong}");
    }
}

#[tokio::test]
async fn other_methods_and_paths_are_refused() {
    let scene = Scene::new().await;
    let key = scene.whisul.key();
    let get = send(scene.http.get(scene.at("/generate")).bearer_auth(&key)).await.unwrap();
    assert_eq!(get.status, StatusCode::METHOD_NOT_ALLOWED);
    let compose = scene.http.post(scene.at("/compose")).bearer_auth(&key);
    assert_eq!(send(compose).await.unwrap().status, StatusCode::NOT_FOUND);
}
