//! Everything that can go wrong on demand, seen from the other side of the wire.

use std::{
    pin::pin,
    time::{Duration, Instant},
};

use reqwest::{
    StatusCode,
    header::{CONTENT_TYPE, RETRY_AFTER},
};
use sandbox::{Fault, Plan, until};
use tokio::time::timeout;

use crate::client::{Scene, send};

const SUBMIT: (&str, &str) = ("POST", "/api/generate");

fn on_submit() -> Fault {
    Fault::on(SUBMIT.0, SUBMIT.1)
}

#[tokio::test]
async fn a_bare_fault_is_a_500_until_it_is_removed() {
    let scene = Scene::new().await;
    let fault = scene.whisul.faults().add(on_submit());
    for _ in 0..3 {
        let answer = scene.try_submit("a song").await.unwrap();
        assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
    }
    assert_eq!((scene.whisul.faults().hits(fault), scene.whisul.accepted("")), (3, 0));
    scene.whisul.faults().remove(fault);
    scene.submit("a song").await;
    assert_eq!(scene.whisul.faults().hits(fault), 3);
}

#[tokio::test]
async fn waiting_for_a_hit_of_a_fault_works() {
    let scene = Scene::new().await;
    let fault = scene.whisul.faults().add(on_submit().hang());
    let met = || (scene.whisul.faults().hits(fault) == 1).then_some(());
    let met = until("the fault to be met", &scene.whisul.changed(), met);
    // Nothing else happens while the request hangs.
    tokio::select! {
        () = met => {}
        _ = scene.try_submit("a song") => panic!("the request hangs"),
    }
}

#[tokio::test]
async fn a_chosen_answer_replaces_the_real_one() {
    let scene = Scene::new().await;
    let fault = on_submit().status(429).header("Retry-After", "7").body("<h1>slow down</h1>");
    scene.whisul.faults().add(fault);
    let answer = scene.try_submit("a song").await.unwrap();
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(answer.header(RETRY_AFTER), Some("7"));
    assert_eq!(answer.body, b"<h1>slow down</h1>");
    assert_eq!(scene.whisul.accepted(""), 0);
}

#[tokio::test]
async fn faults_apply_in_order_and_skip_other_requests() {
    let scene = Scene::new().await;
    let faults = scene.whisul.faults();
    faults.add(on_submit().after(1).times(1).status(503));
    faults.add(on_submit().after(1).times(2).status(502));
    faults.add(Fault::on("GET", "/api/generate").status(418));
    let mut statuses = Vec::new();
    for _ in 0..6 {
        statuses.push(scene.try_submit("a song").await.unwrap().status.as_u16());
    }
    // The first request passes both, the second meets the first fault, which the second never sees.
    assert_eq!(statuses, [202, 503, 502, 502, 202, 202]);
    let met = faults.all().into_iter();
    let met: Vec<_> = met.map(|(fault, hits)| (fault.requests(), fault.effect(), hits)).collect();
    let entry = |requests: &str, effect: &str, hits| (requests.to_owned(), effect.to_owned(), hits);
    assert_eq!(met[0], entry("POST /api/generate", "status 503", 1));
    assert_eq!(met[1], entry("POST /api/generate", "status 502", 2));
    assert_eq!(met[2], entry("GET /api/generate", "status 418", 0));
    faults.add(Fault::on("*", "/api/**"));
    faults.clear();
    scene.submit("a song").await;
}

#[tokio::test]
async fn a_delay_comes_before_the_real_answer_or_another_fault() {
    let scene = Scene::new().await;
    let delay = Duration::from_millis(120);
    scene.whisul.faults().add(on_submit().delay(delay).times(1));
    scene.whisul.faults().add(on_submit().delay(delay).status(503).times(1));
    for expected in [StatusCode::ACCEPTED, StatusCode::SERVICE_UNAVAILABLE] {
        let begin = Instant::now();
        assert_eq!(scene.try_submit("a song").await.unwrap().status, expected);
        assert!(begin.elapsed() >= delay);
    }
    assert_eq!(scene.whisul.accepted(""), 1);
}

#[tokio::test]
async fn a_connection_is_cut_before_or_after_the_request_is_taken_in() {
    let scene = Scene::new().await;
    scene.whisul.faults().add(on_submit().cut_before().times(1));
    assert!(scene.try_submit("the first").await.unwrap_err().is_request());
    assert_eq!(scene.whisul.accepted(""), 0);
    scene.whisul.faults().add(on_submit().cut_after().times(1));
    assert!(scene.try_submit("the second").await.unwrap_err().is_request());
    assert_eq!(scene.whisul.accepted("second"), 1);
    let seen = scene.whisul.requests().matching(SUBMIT.0, SUBMIT.1);
    assert_eq!(seen.iter().map(|request| request.status).collect::<Vec<_>>(), [None, None]);
}

#[tokio::test]
async fn a_late_request_is_taken_in_after_its_client_has_given_up() {
    let scene = Scene::new().await;
    let delay = Duration::from_secs(1);
    scene.whisul.faults().add(on_submit().late(delay).times(1));
    let begin = Instant::now();
    assert!(scene.try_submit("a song").await.unwrap_err().is_request());
    assert_eq!(scene.whisul.accepted(""), 0);
    scene.whisul.until_accepted("a song").await;
    assert!(begin.elapsed() >= delay);
}

#[tokio::test]
async fn garbage_comes_before_or_after_the_request_is_taken_in() {
    let scene = Scene::new().await;
    scene.whisul.faults().add(on_submit().garbage().times(1));
    scene.whisul.faults().add(on_submit().garbage_after().times(1));
    for accepted in [0, 1] {
        let answer = scene.try_submit("a song").await.unwrap();
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(answer.header(CONTENT_TYPE), Some("application/json"));
        assert!(serde_json::from_slice::<serde_json::Value>(&answer.body).is_err());
        assert!(std::str::from_utf8(&answer.body).is_err());
        assert_eq!(scene.whisul.accepted(""), accepted);
    }
}

#[tokio::test]
async fn an_oversize_answer_has_exactly_that_size_and_does_not_announce_it() {
    let scene = Scene::new().await;
    for size in [1, 2, 16_384, 16_385, 5_000_000] {
        scene.whisul.faults().add(on_submit().oversize(size).times(1));
        let answer = scene.try_submit("a song").await.unwrap();
        assert_eq!((answer.status, answer.body.len()), (StatusCode::OK, size));
        assert_eq!(answer.headers.get("content-length"), None);
    }
    assert_eq!(scene.whisul.accepted(""), 0);
}

/// Submits a prompt that is never answered, and gives up well after it has arrived.
async fn submit_in_vain(scene: &Scene, prompt: &str) {
    let before = scene.whisul.requests().count(SUBMIT.0, SUBMIT.1);
    let arrival = until("the request", &scene.whisul.changed(), || {
        (scene.whisul.requests().count(SUBMIT.0, SUBMIT.1) > before).then_some(())
    });
    let mut submission = pin!(scene.try_submit(prompt));
    tokio::select! {
        biased;
        answer = &mut submission => panic!("answered with {answer:?}"),
        () = arrival => {}
    }
    assert!(timeout(Duration::from_millis(100), submission).await.is_err());
}

#[tokio::test]
async fn a_hanging_request_gets_no_answer_taken_in_or_not() {
    let scene = Scene::new().await;
    scene.whisul.faults().add(on_submit().hang().times(1));
    scene.whisul.faults().add(on_submit().hang_after().times(1));
    submit_in_vain(&scene, "the first").await;
    submit_in_vain(&scene, "the second").await;
    assert_eq!((scene.whisul.accepted("first"), scene.whisul.accepted("second")), (0, 1));
    let seen = scene.whisul.requests().matching(SUBMIT.0, SUBMIT.1);
    assert_eq!(seen.iter().map(|request| request.status).collect::<Vec<_>>(), [None, None]);
}

#[tokio::test]
async fn songs_and_covers_can_meet_faults_too() {
    let scene = Scene::new().await;
    scene.whisul.plan("", Plan::song().takes(Duration::ZERO));
    let job = scene.outcome("a song").await;
    scene.whisul.faults().add(Fault::on("GET", "/audio/*").status(404));
    assert_eq!(scene.fetch(&job["result"]["song_url"]).await.status, StatusCode::NOT_FOUND);
    assert_eq!(scene.fetch(&job["result"]["image_url"]).await.status, StatusCode::OK);
}

#[tokio::test]
async fn every_request_is_recorded() {
    let scene = Scene::new().await;
    let requests = scene.whisul.requests();
    let id = scene.submit("a song").await;
    let url = format!("{}?page=2", scene.at(&format!("/jobs/{id}")));
    send(scene.http.get(url).header("X-Test", "yes")).await.unwrap();
    let all = requests.list();
    assert_eq!(all.len(), 2);
    assert_eq!((all[0].method.as_str(), all[0].path.as_str()), SUBMIT);
    assert_eq!((all[0].json()["prompt"].as_str(), all[0].status), (Some("a song"), Some(202)));
    assert_eq!((all[1].query.as_str(), all[1].status), ("page=2", Some(401)));
    assert_eq!((all[1].header("x-TEST"), all[1].header("authorization")), (Some("yes"), None));
    assert!(all[1].json().is_null() && all[0].at <= all[1].at);
    assert_eq!((requests.count("GET", "/api/jobs/*"), requests.count("*", "/api/**")), (1, 2));
    assert_eq!(requests.matching("POST", "/api/jobs/*").len(), 0);
    requests.clear();
    assert!(requests.list().is_empty());
    scene.submit("a song").await;
    assert_eq!(requests.list()[0].status, Some(202));
}

#[tokio::test]
async fn waiting_for_a_request_works() {
    let scene = Scene::new().await;
    let requests = scene.whisul.requests().clone();
    let waiting = until("a submission", &scene.whisul.changed(), || {
        requests.matching(SUBMIT.0, SUBMIT.1).pop().filter(|request| request.status.is_some())
    });
    let (seen, _) = tokio::join!(waiting, scene.submit("a song"));
    assert_eq!(seen.status, Some(202));
}
