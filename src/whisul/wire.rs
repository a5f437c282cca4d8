//! What Whisul sends and takes, as its documentation has it, where its pages disagree too.
//!
//! Reading is tolerant: a field that is missing, null, or of another type than any page says
//! counts as absent, and never spoils the rest of an answer.

use std::time::Duration;

use serde::Serialize;
use serde_json::Value;
use url::Url;

use super::{
    field::{address, bpm, id, length, link, tags, text, time},
    json::Object,
    poll_url,
};
use crate::domain::{Report, Song, WhisulJob};

/// The body of `POST /generate`.
#[derive(Serialize)]
pub(super) struct Submission<'prompt> {
    pub(super) prompt: &'prompt str,
}

/// The job that an acceptance names, by its id or at least by its poll URL.
pub(super) fn acceptance(answer: &Object) -> Option<WhisulJob> {
    let poll_url = address(answer.get("poll_url"));
    let id = ["job_id", "id"].into_iter().find_map(|name| id(answer.get(name)));
    let id = id.or_else(|| poll_url::id(poll_url.as_deref()?))?;
    Some(WhisulJob { id, poll_url })
}

/// Whether this is the documented error object.
pub(super) fn is_error(answer: &Object) -> bool {
    answer.get("error").as_str().is_some_and(|error| !error.trim().is_empty())
}

/// The sentences of an error object, the general one first.
pub(super) fn complaint(answer: &Object) -> impl Iterator<Item = String> {
    ["error", "message"].into_iter().filter_map(|name| text(answer.get(name)))
}

/// How a job stands, according to the answer to `GET /jobs/{id}`; `None` if that does not tell.
///
/// Only `running`, `completed` and `failed` are documented. What a job of any other name has come to
/// shows in its result and its end.
pub(super) fn report(mut answer: Object, base: &Url) -> Option<Report> {
    let stage = ["status", "state"].iter().find_map(|name| answer.get(name).as_str());
    let stage = stage.map(Stage::of);
    let reason = text(answer.get("error"));
    let is_job = ["prompt", "started_at", "error"].iter().any(|name| !answer.get(name).is_null());
    let ended = has_ended(answer.get("finished_at"));
    let took = took(&answer);
    let song = song(&answer.take("result"), base);
    let under_way = stage == Some(Stage::Running);
    // Of a song that is being made, Whisul may show a part.
    if song.song_url.is_some() && (ended || !under_way) {
        return Some(Report::Completed { song, took });
    }
    match stage {
        Some(Stage::Failed) => Some(Report::Failed { reason }),
        Some(Stage::Broken) if ended || is_job => Some(Report::Failed { reason }),
        // Something in front of Whisul may say so, too, of itself: it counts once it persists.
        Some(Stage::Broken) => Some(Report::Songless),
        Some(Stage::Running) => Some(Report::Running),
        Some(Stage::Unknown) | None if ended && reason.is_some() => Some(Report::Failed { reason }),
        Some(Stage::Unknown) if !ended => Some(Report::Running),
        None if !ended => None,
        // The link may be in the part that is missing.
        _ if !answer.whole => None,
        _ => Some(Report::Songless),
    }
}

/// Whether a time of an end says that there was one: fields that mean nothing yet are empty, or zero.
fn has_ended(finished_at: &Value) -> bool {
    match finished_at {
        Value::String(time) => {
            let time = time.trim();
            !time.is_empty() && !time.starts_with("0000") && !time.starts_with("0001")
        }
        Value::Number(time) => time.as_f64().is_some_and(|time| time > 0.0),
        _ => false,
    }
}

/// What a status means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Running,
    Completed,
    Failed,
    /// Failed, by a name that is not documented.
    Broken,
    Unknown,
}

impl Stage {
    /// The documented names, and those that other services use.
    fn of(status: &str) -> Self {
        let letters = status.chars().filter(|c| c.is_alphanumeric());
        match letters.flat_map(char::to_lowercase).collect::<String>().as_str() {
            "running" | "accepted" | "submitted" | "created" | "queued" | "pending" | "waiting"
            | "scheduled" | "starting" | "started" | "processing" | "inprogress" | "working"
            | "generating" | "composing" => Self::Running,
            "completed" | "complete" | "succeeded" | "success" | "successful" | "done"
            | "finished" | "ready" | "ok" => Self::Completed,
            "failed" => Self::Failed,
            "failure" | "error" | "errored" | "canceled" | "cancelled" | "expired" | "timeout"
            | "timedout" | "aborted" | "rejected" | "terminated" | "stopped" => Self::Broken,
            _ => Self::Unknown,
        }
    }
}

/// The song of a result. Without a readable one, a song of which nothing is known.
fn song(result: &Object, base: &Url) -> Song {
    Song {
        title: text(result.get("title")),
        bpm: bpm(result.get("bpm")),
        length: length(result.get("duration")),
        tags: tags(result.get("tags")),
        song_url: link(result.get("song_url"), base),
        image_url: link(result.get("image_url"), base),
    }
}

/// How long the job ran, if Whisul tells a time that can be true: more than nothing, and less than
/// a day.
fn took(answer: &Object) -> Option<Duration> {
    const DAY: Duration = Duration::from_hours(24);
    let took = time(answer.get("finished_at"))? - time(answer.get("started_at"))?;
    took.try_into().ok().filter(|took: &Duration| !took.is_zero() && *took < DAY)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::whisul::json::read;

    fn told(body: &[u8]) -> Option<Report> {
        report(read(body)?, &Url::parse("https://whisul.com/api").unwrap())
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
        let ended = polled(&preview(json!("2026-02-17 15:41:58")));
        assert!(matches!(ended, Some(Report::Completed { .. })), "{ended:?}");
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
        for body in
            ["", "null", "[\"completed\"]", "\"completed\"", "{", "{}", "<html>", "{\"a\": 1}"]
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
        for status in
            ["failed", "ERROR", "canceled", "cancelled", " Expired ", "time-out", "timed_out"]
        {
            let job = json!({"status": status, "started_at": at});
            assert_eq!(polled(&job), Some(failed(None)), "{status}");
            let told = polled(&json!({"status": status, "prompt": "rain", "error": "Too loud."}));
            assert_eq!(told, Some(failed(Some("Too loud."))), "{status}");
        }
        for status in
            ["completed", "Succeeded", "success", "COMPLETE", "done", "rendered", "failed"]
        {
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
        for body in [
            json!({}),
            json!({"message": "ok"}),
            json!({"job_id": -1.5}),
            json!({"poll_url": "/jobs"}),
        ] {
            assert_eq!(accepted(body.clone()), None, "{body}");
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
}
