use serde_json::{Value, json};

use super::*;
use crate::whisul::response::json::read;

fn told(body: &[u8]) -> Option<Report> {
    report(&read(body)?, &Url::parse("https://whisul.com/api").unwrap())
}

fn polled(value: &Value) -> Option<Report> {
    told(value.to_string().as_bytes())
}

#[test]
fn an_end_without_a_time_is_none() {
    let preview = |finished_at: Value| {
        json!({ "status": "running", "finished_at": finished_at,
            "result": { "song_url": "/preview/1.mp3" } })
    };
    let nothing = [json!(null), json!(""), json!(" "), json!(0), json!(false)];
    for empty in nothing.into_iter().chain([json!("0001-01-01 00:00:00")]) {
        assert_eq!(polled(&preview(empty.clone())), Some(Report::Running), "{empty}");
    }
    for end in [json!("2026-02-17 15:41:58"), json!(1_771_342_918)] {
        let ended = polled(&preview(end));
        assert!(matches!(ended, Some(Report::Completed { .. })), "{ended:?}");
    }
}

#[test]
fn a_failure_by_another_name_has_to_persist_or_to_tell_its_time() {
    let told = |status: &str| polled(&json!({ "status": status, "message": "upstream" }));
    assert!(matches!(told("failed"), Some(Report::Failed { .. })));
    for status in ["error", "Canceled", "time-out"] {
        assert_eq!(told(status), Some(Report::Songless), "{status}");
        let over = json!({ "status": status, "finished_at": "2026-02-17 15:41:58" });
        assert!(matches!(polled(&over), Some(Report::Failed { .. })), "{status}");
    }
}

#[test]
fn only_an_object_that_tells_something_is_an_answer() {
    for body in ["", "null", "[\"completed\"]", "\"completed\"", "{", "{}", "<html>", "{\"a\": 1}"]
    {
        assert_eq!(told(body.as_bytes()), None, "{body}");
    }
    let running = b" {\"status\": \"running\", \"mood\": [{}]} {} trailing";
    assert_eq!(told(running), Some(Report::Running));
}

#[test]
fn a_final_state_of_any_name_is_an_outcome() {
    let at = "2026-02-17 15:41:58";
    let failed = |reason: Option<&str>| Report::Failed { reason: reason.map(str::to_owned) };
    for status in ["failed", "ERROR", "canceled", "cancelled", " Expired ", "time-out", "timed_out"]
    {
        let job = json!({"status": status, "started_at": at});
        assert_eq!(polled(&job), Some(failed(None)), "{status}");
        let told = polled(&json!({"status": status, "prompt": "rain", "error": "Too loud."}));
        assert_eq!(told, Some(failed(Some("Too loud."))), "{status}");
    }
    for status in ["completed", "Succeeded", "success", "COMPLETE", "done", "rendered", "failed"] {
        let result = json!({"song_url": "/audio/1.mp3"});
        for body in [
            json!({"status": status, "result": result}),
            json!({"status": status, "result": result, "finished_at": at}),
        ] {
            assert!(matches!(polled(&body), Some(Report::Completed { .. })), "{body}");
        }
    }
    for status in [json!("kaputt"), json!(null), json!(7)] {
        let ended = json!({"status": status, "finished_at": at, "error": "Out of tune."});
        assert_eq!(polled(&ended), Some(failed(Some("Out of tune."))), "{status}");
        let ended = json!({"status": status, "finished_at": at});
        assert_eq!(polled(&ended), Some(Report::Songless), "{status}");
        let result = json!({"result": {"song_url": "/audio/1.mp3"}, "status": status});
        assert!(matches!(polled(&result), Some(Report::Completed { .. })), "{status}");
    }
}

#[test]
fn a_song_under_way_is_no_outcome() {
    let result = json!({"title": "Rain", "song_url": "/preview/1.mp3"});
    for status in ["running", "queued", "in_progress", "Processing"] {
        let body = json!({"status": status, "result": result, "finished_at": null});
        assert_eq!(polled(&body), Some(Report::Running), "{status}");
        let ended = json!({"status": status, "result": result, "finished_at": "now"});
        assert!(matches!(polled(&ended), Some(Report::Completed { .. })), "{status}");
    }
    assert_eq!(polled(&json!({"status": "mastering", "error": "x"})), Some(Report::Running));
}

#[test]
fn completed_without_a_usable_link_is_no_song() {
    for result in [
        json!(null),
        json!("song"),
        json!([]),
        json!({"title": "Rain", "image_url": "/covers/1.png"}),
        json!({"song_url": null}),
        json!({"song_url": "javascript:alert(1)"}),
    ] {
        let body = json!({"status": "completed", "result": result});
        assert_eq!(polled(&body), Some(Report::Songless), "{body}");
    }
}

#[test]
fn a_cut_body_tells_what_it_holds_and_nothing_by_what_it_lacks() {
    let body =
        json!({"status": "completed", "result": {"image_url": "/c.png", "song_url": "/a.mp3"}});
    let body = body.to_string();
    for length in 0..body.len() {
        match told(&body.as_bytes()[..length]) {
            None => {}
            Some(Report::Completed { song, .. }) => {
                assert_eq!(song.song_url.as_deref(), Some("https://whisul.com/a.mp3"));
            }
            other => panic!("{length}: {other:?}"),
        }
    }
    assert_eq!(told(b"{\"status\": \"running\", \"prompt\": \"ra"), Some(Report::Running));
    assert_eq!(told(b"{\"status\": \"failed\", \"err"), Some(Report::Failed { reason: None }));
    assert_eq!(told(b"{\"status\": \"runn"), None);
    assert_eq!(told(b"{\"status\": \"completed\", \"result\": {\"title\": \"Rain\""), None);
}

#[test]
fn an_acceptance_needs_an_id_or_a_poll_url() {
    let accepted = |body: Value| {
        acceptance(&read(body.to_string().as_bytes()).unwrap())
            .map(|job| (job.id.as_str().to_owned(), job.poll_url))
    };
    let plain = |id: &str| Some((id.to_owned(), None));
    for body in [
        json!({"job_id": "81fa5ff7"}),
        json!({"jobId": " 81fa5ff7 "}),
        json!({"JobID": "81fa5ff7", "id": "other"}),
        json!({"id": "81fa5ff7", "job_id": null}),
        json!({"job_id": ["x"], "id": "81fa5ff7"}),
    ] {
        assert_eq!(accepted(body.clone()), plain("81fa5ff7"), "{body}");
    }
    assert_eq!(accepted(json!({"job_id": 4711})), plain("4711"));
    let long: Value = serde_json::from_str("{\"job_id\": \"x\"}").unwrap();
    assert_eq!(accepted(long), plain("x"));
    let digits = read(b"{\"job_id\": 123456789012345678901234567890}").unwrap();
    assert_eq!(acceptance(&digits).unwrap().id.as_str(), "123456789012345678901234567890");
    for poll_url in ["/jobs/81fa5ff7", "https://whisul.com/api/jobs/81fa5ff7"] {
        let expected = Some(("81fa5ff7".to_owned(), Some(poll_url.to_owned())));
        for id in [json!(null), json!(""), json!("../admin"), json!(["x"])] {
            assert_eq!(accepted(json!({"job_id": id, "poll_url": poll_url})), expected, "{id}");
        }
    }
    for body in
        [json!({}), json!({"message": "ok"}), json!({"job_id": -1.5}), json!({"poll_url": "/jobs"})]
    {
        assert_eq!(accepted(body.clone()), None, "{body}");
    }
}

#[test]
fn what_people_wrote_is_never_an_answer() {
    let forged = json!({"status": "completed", "song_url": "https://evil.example/1.mp3",
        "job_id": "7", "poll_url": "/jobs/7"});
    for text in [forged.clone(), json!(forged.to_string())] {
        let running = json!({"status": "running", "prompt": text, "error": text});
        assert_eq!(polled(&running), Some(Report::Running));
        let body = json!({"message": text, "prompt": text, "error": text}).to_string();
        let body = read(body.as_bytes()).unwrap();
        assert_eq!(acceptance(&body), None);
        assert_eq!(acceptance_despite_status(&body), None);
        let base = Url::parse("https://whisul.com/api").unwrap();
        assert_eq!(outcome_despite_status(&body, &base), None);
    }
}

#[test]
fn a_status_of_an_error_hides_no_job_and_no_outcome() {
    let base = Url::parse("https://whisul.com/api").unwrap();
    let told = |body: Value| {
        let body = read(body.to_string().as_bytes()).unwrap();
        (acceptance_despite_status(&body).is_some(), outcome_despite_status(&body, &base))
    };
    for (body, is_job) in [
        (json!({"job_id": "7"}), true),
        (json!({"data": {"job_id": "7", "poll_url": "/jobs/7"}}), true),
        (json!({"error": "Duplicate", "job_id": "7", "poll_url": "/jobs/7"}), true),
        // Requests have ids, too.
        (json!({"error": "Invalid input", "job_id": "7"}), false),
        (json!({"error": "Invalid input", "id": "7"}), false),
        (json!({"id": "7"}), false),
        (json!({"poll_url": "/status/7"}), false),
    ] {
        assert_eq!(told(body.clone()).0, is_job, "{body}");
    }
    let failed = json!({"status": "failed", "error": "Too loud.", "started_at": "now"});
    let reason = Some("Too loud.".to_owned());
    assert_eq!(told(failed).1, Some(Report::Failed { reason }));
    for body in [
        json!({"status": "failed", "error": "No such job."}),
        json!({"status": "failed", "prompt": "rain"}),
        json!({"status": "completed", "prompt": "rain"}),
        json!({"status": "running", "prompt": "rain", "started_at": "now"}),
    ] {
        assert_eq!(told(body.clone()).1, None, "{body}");
    }
    let cut = read(b"{\"status\": \"failed\", \"started_at\": \"now\"").unwrap();
    assert_eq!(outcome_despite_status(&cut, &base), None, "the link may have been cut off");
}

#[test]
fn a_health_page_ends_no_song() {
    for body in
        [json!({"status": "ok"}), json!({"status": "success", "data": {"url": "/login", "id": 7}})]
    {
        assert_eq!(polled(&body), None, "{body}");
    }
    let job = json!({"status": "success", "prompt": "rain", "result": null});
    assert_eq!(polled(&job), Some(Report::Songless));
}

#[test]
fn an_envelope_is_not_the_job() {
    let job = json!({"status": "running", "prompt": "rain", "started_at": "now"});
    for body in [
        json!({"status": "success", "data": job}),
        json!({"status": "ok", "data": {"job": job}}),
        json!({"success": true, "result": job}),
        json!({"status": "success", "result": job}),
        json!({"status": "success", "data": job.to_string()}),
        json!({"status": "completed", "response": [job]}),
        json!({"status": "success", "data": {"status": "running"}}),
    ] {
        assert_eq!(polled(&body), Some(Report::Running), "{body}");
    }
    let reason = Some("Too loud.".to_owned());
    for error in [json!("Too loud."), json!({"code": 7, "message": "Too loud."})] {
        let body = json!({"status": "failed", "error": error});
        assert_eq!(polled(&body), Some(Report::Failed { reason: reason.clone() }), "{body}");
    }
}

#[test]
fn the_time_taken_is_told_only_where_it_can_be_true() {
    let took = |from: Value, to: Value| {
        let times = json!({"started_at": from, "finished_at": to}).to_string();
        took(&read(times.as_bytes()).unwrap()).map(|took| took.as_secs())
    };
    let start = || json!("2026-02-17 15:39:34");
    assert_eq!(took(start(), json!("2026-02-17 15:41:58")), Some(144));
    assert_eq!(took(json!("2026-02-17T15:39:34.5Z"), json!("2026-02-17T15:41:58Z")), Some(144));
    let strange = ["2026-02-17 15:39:34", "2026-02-17 15:39:33", "2026-02-18 15:39:34", "soon"];
    for end in strange {
        assert_eq!(took(start(), json!(end)), None, "{end}");
    }
    assert_eq!(took(start(), json!(null)), None);
}
