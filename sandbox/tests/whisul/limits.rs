//! What Whisul refuses.

use std::time::{Duration, SystemTime};

use reqwest::{
    StatusCode,
    header::{AUTHORIZATION, CONTENT_TYPE, RETRY_AFTER},
};
use sandbox::{RetryAfter, WhisulRules};

use crate::client::{Answer, Scene, send};

#[tokio::test]
async fn a_body_without_a_prompt_makes_no_job() {
    let scene = Scene::new().await;
    for body in [
        "",
        "a song",
        r#"{"prompt": "a song""#,
        "null",
        "[]",
        "{}",
        r#"{"Prompt": "a song"}"#,
        r#"{"prompt": null}"#,
        r#"{"prompt": 5}"#,
        r#"{"prompt": ["a song"]}"#,
        r#"{"prompt": ""}"#,
        r#"{"prompt": " \n "}"#,
    ] {
        let request = scene.generate().header(CONTENT_TYPE, "application/json").body(body);
        let answer = send(request).await.unwrap();
        answer.assert_refused(StatusCode::BAD_REQUEST);
        assert_eq!(answer.json()["error"], "Invalid input", "{body}");
    }
    assert!(scene.whisul.jobs().is_empty());
}

#[tokio::test]
async fn a_body_without_the_json_content_type_makes_no_job() {
    let scene = Scene::new().await;
    let body = r#"{"prompt": "a song"}"#;
    let nameless = send(scene.generate().body(body)).await.unwrap();
    nameless.assert_refused(StatusCode::BAD_REQUEST);
    let text = scene.generate().header(CONTENT_TYPE, "text/plain").body(body);
    send(text).await.unwrap().assert_refused(StatusCode::BAD_REQUEST);
    assert!(scene.whisul.jobs().is_empty());
    let json = scene.generate().header(CONTENT_TYPE, "application/json; charset=utf-8").body(body);
    assert_eq!(send(json).await.unwrap().status, StatusCode::ACCEPTED);
}

#[tokio::test]
async fn requests_without_the_key_are_refused() {
    let scene = Scene::new().await;
    let id = scene.submit("a song").await;
    let (submit, poll) = (scene.at("/generate"), scene.at(&format!("/jobs/{id}")));
    let key = scene.whisul.key();
    for header in
        [None, Some("Bearer wrong".to_owned()), Some(key.clone()), Some(format!("Basic {key}"))]
    {
        for request in [scene.http.post(&submit).body("{}"), scene.http.get(&poll)] {
            let request = match &header {
                Some(value) => request.header(AUTHORIZATION, value),
                None => request,
            };
            send(request).await.unwrap().assert_refused(StatusCode::UNAUTHORIZED);
        }
    }
    assert_eq!(scene.whisul.jobs().len(), 1);
}

#[tokio::test]
async fn a_changed_key_invalidates_the_old_one() {
    let scene = Scene::new().await;
    let old = scene.whisul.key();
    let id = scene.submit("a song").await;
    scene.whisul.change_key("another");
    let poll = scene.http.get(scene.at(&format!("/jobs/{id}")));
    send(poll.bearer_auth(old)).await.unwrap().assert_refused(StatusCode::UNAUTHORIZED);
    assert_eq!(scene.whisul.key(), "another");
    assert_eq!(scene.poll(&id).await.status, StatusCode::OK);
}

#[tokio::test]
async fn an_unknown_job_is_not_found() {
    let scene = Scene::new().await;
    for id in ["81fa5ff7-6197-4c24-8062-c0ff8b62d58d", "no-uuid"] {
        scene.poll(id).await.assert_refused(StatusCode::NOT_FOUND);
    }
}

/// Breaks a limit of two requests in ten minutes.
async fn third_request(retry_after: RetryAfter) -> Answer {
    let rate_limit = Some((2, Duration::from_mins(10)));
    let rules = WhisulRules { rate_limit, retry_after, ..WhisulRules::default() };
    let scene = Scene::with(rules).await;
    let id = scene.submit("a song").await;
    assert_eq!(scene.poll(&id).await.status, StatusCode::OK);
    let polled = scene.poll(&id).await;
    polled.assert_refused(StatusCode::TOO_MANY_REQUESTS);
    let submitted = scene.try_submit("another song").await.unwrap();
    submitted.assert_refused(StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(scene.whisul.jobs().len(), 1);
    submitted
}

#[tokio::test]
async fn too_many_requests_are_refused_with_or_without_a_time_to_wait() {
    assert_eq!(third_request(RetryAfter::Absent).await.header(RETRY_AFTER), None);

    let answer = third_request(RetryAfter::Seconds).await;
    let seconds: u64 = answer.header(RETRY_AFTER).unwrap().parse().unwrap();
    assert!((500..=600).contains(&seconds), "{seconds}");

    let answer = third_request(RetryAfter::Date).await;
    let date = httpdate::parse_http_date(answer.header(RETRY_AFTER).unwrap()).unwrap();
    let seconds = date.duration_since(SystemTime::now()).unwrap().as_secs();
    assert!((500..=601).contains(&seconds), "{seconds}");
}

#[tokio::test]
async fn a_job_that_is_polled_too_often_is_refused_and_another_is_not() {
    let least_poll_gap = Some(Duration::from_mins(10));
    let rules = WhisulRules { least_poll_gap, ..WhisulRules::default() };
    let scene = Scene::with(rules).await;
    let (first, second) = (scene.submit("the first").await, scene.submit("the second").await);
    assert_eq!(scene.poll(&first).await.status, StatusCode::OK);
    scene.poll(&first).await.assert_refused(StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(scene.poll(&second).await.status, StatusCode::OK);
    assert_eq!(scene.whisul.jobs()[0].polls, 1);
}
