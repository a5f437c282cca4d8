//! A Whisul that is down, and back.

use std::time::Duration;

use reqwest::StatusCode;
use sandbox::{Fault, PATIENCE, Plan, WhisulRules, WhisulSandbox};
use tokio::time::timeout;

use crate::client::Scene;

#[tokio::test]
async fn a_stopped_sandbox_refuses_connections_and_comes_back_with_its_jobs() {
    let scene = Scene::new().await;
    scene.whisul.plan("", Plan::song().takes(Duration::ZERO));
    let id = scene.submit("a song").await;
    let url = scene.whisul.url();
    for _ in 0..2 {
        scene.whisul.stop().await.unwrap();
        assert!(scene.try_poll(&id).await.unwrap_err().is_connect());
    }
    for _ in 0..2 {
        scene.whisul.start_again().await.unwrap();
        assert_eq!(scene.poll(&id).await.json()["status"], "completed");
    }
    assert_eq!(scene.whisul.url(), url);
}

#[tokio::test]
async fn stopping_cuts_the_requests_that_wait_for_an_answer() {
    let scene = Scene::new().await;
    scene.whisul.faults().add(Fault::on("POST", "/api/generate").hang_after());
    let stopping = async {
        scene.whisul.until_accepted("song").await;
        scene.whisul.stop().await.unwrap();
    };
    let (answer, ()) = tokio::join!(scene.try_submit("a song"), stopping);
    assert!(answer.unwrap_err().is_request());
}

#[tokio::test]
async fn a_dropped_sandbox_is_gone_with_its_last_clone() {
    let Scene { whisul, http } = Scene::new().await;
    let url = format!("{}/jobs/x", whisul.url());
    let clone = whisul.clone();
    drop(whisul);
    assert_eq!(http.get(&url).send().await.unwrap().status(), StatusCode::UNAUTHORIZED);
    drop(clone);
    // The server notices in its own time, and cuts the kept connection when it does.
    let gone = async { while http.get(&url).send().await.is_ok() {} };
    timeout(PATIENCE, gone).await.unwrap();
}

#[tokio::test]
async fn a_port_of_choice_is_used_and_a_taken_one_is_an_error() {
    let first = WhisulSandbox::start(WhisulRules::default()).await.unwrap();
    let port = first.url().trim_end_matches("/api").rsplit(':').next().unwrap().parse().unwrap();
    let rules = WhisulRules { port, ..WhisulRules::default() };
    assert!(WhisulSandbox::start(rules.clone()).await.is_err());
    first.stop().await.unwrap();
    drop(first);
    let second = WhisulSandbox::start(rules).await.unwrap();
    assert!(second.url().ends_with(&format!(":{port}/api")));
}
