use std::sync::Arc;

use proptest::prelude::*;
use secrecy::SecretString;
use serde_json::{Value, json};

use super::*;
use crate::{
    domain::{Song, SongLength},
    properties,
    whisul::secrets::Secrets,
};

const LATER: Option<Duration> = Some(Duration::from_secs(7));

/// What firewalls, proxies, gateways and other services answer.
const FOREIGN: [&str; 16] = [
    "",
    "Forbidden",
    "<!DOCTYPE html><html><body>Just a moment...</body></html>",
    "error code: 1020",
    "upstream connect error or disconnect/reset before headers",
    "[]",
    "[{\"error\": \"Invalid input\"}]",
    "\"error\"",
    "null",
    "{}",
    "{\"fault\": {\"faultstring\": \"Invalid ApiKey\"}}",
    "{\"message\": \"Forbidden\"}",
    "{\"detail\": \"Not Found\"}",
    "{\"error\": {\"code\": 403, \"message\": \"denied\"}}",
    "{\"error\": null, \"message\": \"denied\"}",
    "{\"success\": false, \"errors\": [{\"code\": 10000}]}",
];

/// Whisul's own, as documented and nearly so.
const OWN: [&str; 5] = [
    "{\"error\": \"Invalid input\", \"message\": \"Say more.\"}",
    "\u{feff}{\"error\": \"Unauthorized\"}",
    "{\"error\": \"No\\ud83c\", \"message\": NaN, \"error\": \"No\"} ",
    "{\"error\": \"Invalid input\", \"mess",
    "{\"Error\": \"Say\nmore\"}",
];

fn base() -> Url {
    Url::parse("https://whisul.com/api").unwrap()
}

fn answer(status: u16, body: &str) -> WhisulResponse<'static> {
    let body = Body { bytes: body.as_bytes().to_vec(), ..Body::default() };
    WhisulResponse { status, retry_after: None, location: None, body }
}

fn submitted(status: u16, body: &str) -> Result<WhisulJob, SubmitError> {
    answer(status, body).into_job()
}

fn polled(status: u16, body: &str) -> Result<Report, PollError> {
    answer(status, body).into_report(&base())
}

#[test]
fn an_accepted_prompt_is_a_job() {
    let id = "0b7c6a1e-52f4-4d0e-9a55-3f1c8e2d7b90";
    let body = json!({"message": "Taken.", "job_id": id, "poll_url": format!("/jobs/{id}")});
    for status in [200, 201, 202] {
        let job = submitted(status, &body.to_string()).unwrap();
        assert_eq!((job.id.as_str(), job.poll_url), (id, Some(format!("/jobs/{id}"))));
    }
    for poll_url in [json!(null), json!(7), json!(""), json!("x".repeat(3000))] {
        let body = json!({"job_id": id, "poll_url": poll_url, "queue": 3});
        assert_eq!(submitted(200, &body.to_string()).unwrap().poll_url, None, "{poll_url}");
    }
}

#[test]
fn a_job_may_have_another_name_or_be_named_by_a_header() {
    let at = |status, location: &str, body| {
        WhisulResponse { location: Some(location.to_owned()), ..answer(status, body) }
            .into_job()
            .ok()
    };
    let job = submitted(202, r#"{"task_id": "0b7c6a1e"}"#).unwrap();
    assert_eq!((job.id.as_str(), job.poll_url), ("0b7c6a1e", None));
    for body in ["", "{}", "Accepted"] {
        for status in [201, 202] {
            let location = "https://whisul.com/api/jobs/0b7c6a1e";
            let job = at(status, location, body).unwrap();
            assert_eq!((job.id.as_str(), job.poll_url.as_deref()), ("0b7c6a1e", Some(location)));
        }
        assert_eq!(at(202, "/api/jobs/0b7c6a1e/", body).unwrap().id.as_str(), "0b7c6a1e");
        for other in ["/login", "/jobs", "/jobs/", "/jobs/../admin", "https://portal.example/", ""]
        {
            assert_eq!(at(202, other, body), None, "{other}");
        }
        assert_eq!(at(302, "/jobs/0b7c6a1e", body), None);
    }
    let named = at(202, "/jobs/another", r#"{"job_id": "0b7c6a1e"}"#).unwrap();
    assert_eq!(named.id.as_str(), "0b7c6a1e");
}

#[test]
fn an_acceptance_without_a_job_is_ambiguous() {
    for body in ["{\"job_id\": null}", "{\"job_id\": \"../admin\"}", "{\"error\": \"busy\"}"] {
        let source = Trouble::Garbage;
        assert_eq!(submitted(202, body), Err(SubmitError::UnknownOutcome { source }), "{body}");
    }
    let body = Body { trouble: Some(Trouble::Oversize), ..Body::default() };
    let cut = WhisulResponse { status: 202, retry_after: None, location: None, body }.into_job();
    assert_eq!(cut, Err(SubmitError::UnknownOutcome { source: Trouble::Oversize }));
}

#[test]
fn an_error_of_whisuls_own_means_what_its_status_says() {
    for body in OWN {
        for status in 400..600 {
            let submission = submitted(status, body).unwrap_err();
            let fits = match status {
                400 | 413 | 422 => matches!(submission, SubmitError::Rejected { .. }),
                401 | 403 => matches!(submission, SubmitError::BadKey { .. }),
                402 => matches!(submission, SubmitError::OutOfCredit),
                429 => matches!(submission, SubmitError::RateLimited { .. }),
                400..500 => matches!(submission, SubmitError::Undocumented { .. }),
                _ => matches!(submission, SubmitError::UnknownOutcome { .. }),
            };
            assert!(fits, "{status} {body}: {submission}");
            let poll = polled(status, body);
            let fits = match status {
                401 | 403 => poll == Err(PollError::BadKey),
                402 => poll == Err(PollError::OutOfCredit),
                404 | 410 => poll == Ok(Report::Vanished),
                429 => matches!(poll, Err(PollError::RateLimited { .. })),
                _ => matches!(poll, Err(PollError::Transient { .. })),
            };
            assert!(fits, "{status} {body}: {poll:?}");
        }
    }
}

#[test]
fn an_answer_of_somebody_else_is_transient_whatever_its_status() {
    for body in FOREIGN {
        for status in 200..600 {
            let submission = submitted(status, body).unwrap_err();
            let is_unknown = matches!(submission, SubmitError::UnknownOutcome { .. });
            assert!(is_unknown, "{status} {body}: {submission}");
            let poll = polled(status, body).unwrap_err();
            let fits = match status {
                429 => matches!(poll, PollError::RateLimited { .. }),
                _ => matches!(poll, PollError::Transient { .. }),
            };
            assert!(fits, "{status} {body}: {poll}");
        }
    }
    // Not even a job that says all it should, with the status of an error.
    for status in (300..600).filter(|status| *status != 429) {
        let poll = polled(status, "{\"status\": \"completed\"}");
        let Err(PollError::Transient { source, .. }) = poll else { panic!("{status}: {poll:?}") };
        // But it shows that something there knows about jobs.
        let is_known = source == Trouble::Status { status };
        assert_eq!(is_known, matches!(status, 404 | 410), "{status}: {source}");
    }
}

#[test]
fn a_warning_in_front_of_an_answer_hides_nothing() {
    let body = "Warning: deprecated\n{\"status\": \"running\"}";
    assert_eq!(polled(200, body), Ok(Report::Running));
}

/// A job that is over may be told of with a status that says something else.
#[test]
fn a_song_counts_more_than_the_status_of_its_answer() {
    let body = "{\"status\": \"completed\", \"song_url\": \"https://cdn.whisul.com/1.mp3\"}";
    for status in [302, 404, 410, 429, 500, 503] {
        let poll = polled(status, body);
        assert!(matches!(poll, Ok(Report::Completed { .. })), "{status}: {poll:?}");
        assert!(!answer(status, body).is_misdirected(&base()), "{status}");
    }
}

#[test]
fn waits_are_passed_on() {
    let later = |status, body| WhisulResponse { retry_after: LATER, ..answer(status, body) };
    let declined = later(503, OWN[0]).into_job();
    assert!(matches!(declined, Err(SubmitError::NotTaken { retry_after: LATER, .. })));
    for status in [503, 429] {
        let unknown = later(status, FOREIGN[2]).into_job();
        assert!(
            matches!(unknown, Err(SubmitError::UnknownOutcome { .. })),
            "a proxy does not know"
        );
    }
    let limited = later(429, OWN[0]).into_job();
    assert_eq!(limited, Err(SubmitError::RateLimited { retry_after: LATER }));
    for (status, body) in [(500, OWN[0]), (500, FOREIGN[0]), (403, FOREIGN[2])] {
        let transient = later(status, body).into_report(&base());
        assert!(matches!(transient, Err(PollError::Transient { retry_after: LATER, .. })));
    }
}

#[test]
fn a_poll_is_misdirected_where_nobody_knows_about_jobs() {
    let misdirected = |status, body| answer(status, body).is_misdirected(&base());
    for (status, body) in [
        (404, OWN[0]),
        (404, FOREIGN[2]),
        (410, OWN[1]),
        (200, FOREIGN[2]),
        (200, "{}"),
        (302, ""),
        (405, ""),
    ] {
        assert!(misdirected(status, body), "{status} {body}");
    }
    for (status, body) in [
        (200, "{\"status\": \"running\"}"),
        (401, OWN[0]),
        (403, FOREIGN[2]),
        (429, ""),
        (500, OWN[0]),
        (502, FOREIGN[2]),
    ] {
        assert!(!misdirected(status, body), "{status} {body}");
    }
}

#[test]
fn a_completed_job_is_a_song() {
    let report = json!({
        "status": "completed", "prompt": "rain on glass", "error": null, "mood": "calm",
        "result": {
            "title": "Window Light", "bpm": 72, "duration": "3:05", "tags": "ambient, piano",
            "song_url": "https://cdn.whisul.com/audio/1.mp3",
            "image_url": "https://cdn.whisul.com/art/1.png",
        },
        "started_at": "2026-03-01 10:00:00", "finished_at": "2026-03-01 10:01:31",
    });
    let song = Song {
        title: Some("Window Light".to_owned()),
        bpm: Some(72.0),
        length: SongLength::from_seconds(185),
        tags: vec!["ambient".to_owned(), "piano".to_owned()],
        song_url: Some("https://cdn.whisul.com/audio/1.mp3".to_owned()),
        image_url: Some("https://cdn.whisul.com/art/1.png".to_owned()),
    };
    let expected = Report::Completed { song, took: Some(Duration::from_secs(91)) };
    assert_eq!(polled(200, &report.to_string()), Ok(expected));
}

#[test]
fn no_text_that_holds_a_secret_gets_through() {
    let key = SecretString::new("wk_live_0123456789abcdef".to_owned());
    let hidden = |status, body: &Value| {
        let secrets = Arc::new(Secrets::new(&[&key]));
        let bytes = body.to_string().into_bytes();
        let body = Body { bytes, secrets, ..Body::default() };
        WhisulResponse { status, retry_after: None, location: None, body }
    };
    let key = "wk_live_0123456789abcdef";
    let told = format!("Bearer {key} rejected");
    let error = json!({ "error": told, "message": "Say more." });
    let Err(SubmitError::Rejected { reason, .. }) = hidden(400, &error).into_job() else {
        panic!("a rejection")
    };
    assert_eq!(reason.into_text().as_deref(), Some("Say more."));
    assert_eq!(hidden(401, &error).into_job(), Err(SubmitError::BadKey { status: 401 }));
    let accepted = json!({ "job_id": "7", "poll_url": format!("/jobs/7?key={key}") });
    assert_eq!(hidden(202, &accepted).into_job().unwrap().poll_url, None);
    let failed = json!({ "status": "failed", "error": told });
    let report = hidden(200, &failed).into_report(&base());
    assert_eq!(report, Ok(Report::Failed { reason: None }));
    let link = format!("https://cdn.whisul.com/a b.mp3?key={key}");
    let result =
        json!({ "title": told, "tags": ["calm", key], "song_url": "/1.mp3", "image_url": link });
    let report = hidden(200, &json!({ "status": "completed", "result": result }));
    let Ok(Report::Completed { song, .. }) = report.into_report(&base()) else { panic!("a song") };
    assert_eq!((song.title, song.image_url), (None, None));
    assert_eq!(song.tags, ["calm"]);
    let result = json!({ "song_url": link });
    let report = hidden(200, &json!({ "status": "completed", "result": result }));
    assert_eq!(report.into_report(&base()), Ok(Report::Songless));
}

/// Any JSON, often with names and statuses that mean something.
fn any_json() -> impl Strategy<Value = Value> {
    let names = "status|result|error|started_at|finished_at|title|bpm|duration|tags|song_url\
                 |image_url|job_id|poll_url|message|[a-z]{1,3}";
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "completed|failed|running|2:47|1:02:03|[0-9:. -]{0,20}".prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 8, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(Value::from),
            prop::collection::hash_map(names, inner, 0..8)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn any_json_is_a_value_or_an_error(body in any_json()) {
        properties::whisul_response(body.to_string().as_bytes());
    }

    #[test]
    fn any_bytes_are_a_value_or_an_error(bytes in any::<Vec<u8>>()) {
        properties::whisul_response(&bytes);
    }
}
