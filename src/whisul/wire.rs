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

/// The most objects that are looked at in one answer.
const OBJECTS_MAX: usize = 20;

/// The body of `POST /generate`.
#[derive(Serialize)]
pub(super) struct Submission<'prompt> {
    pub(super) prompt: &'prompt str,
}

/// The job that an acceptance names, by its id or at least by its poll URL.
pub(super) fn acceptance(answer: &Object) -> Option<WhisulJob> {
    let objects = unwrapped(answer);
    let named = objects.iter().find(|object| object.has("job_id") || object.has("poll_url"));
    job(named.or_else(|| objects.iter().find(|object| object.has("id")))?)
}

/// The job that an answer names with the status of an error: something in front of Whisul, or Whisul
/// itself, gave the right answer a wrong status. Names that other things have, too, don't count.
pub(super) fn acceptance_despite_status(answer: &Object) -> Option<WhisulJob> {
    let objects = unwrapped(answer);
    let named = objects.iter().find(|object| object.has("job_id"))?;
    job(named).filter(|job| !is_error(answer) || job.poll_url.is_some())
}

fn job(object: &Object) -> Option<WhisulJob> {
    let poll_url = address(object.get("poll_url"));
    let id = ["job_id", "id"].into_iter().find_map(|name| id(object.get(name)));
    let id = id.or_else(|| poll_url::id(poll_url.as_deref()?))?;
    Some(WhisulJob { id, poll_url })
}

/// An object and those in it, from the outside in: Whisul's own answer may be wrapped in another
/// one, as gateways do.
fn unwrapped(answer: &Object) -> Vec<Object> {
    let mut objects = vec![answer.clone()];
    let mut next = 0;
    while let Some(object) = objects.get(next) {
        let inner: Vec<_> = object.inner().collect();
        next += 1;
        objects.extend(inner.into_iter().take(OBJECTS_MAX.saturating_sub(objects.len())));
    }
    objects
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
pub(super) fn report(answer: &Object, base: &Url) -> Option<Report> {
    let objects = unwrapped(answer);
    let staged = |object: &&Object| stage(object).is_some();
    let job = objects.iter().find(|object| is_job(object));
    report_of(job.or_else(|| objects.iter().rfind(staged)).unwrap_or(answer), base)
}

/// The outcome that an answer tells with the status of an error, and that only Whisul can know: a
/// link, or the failure of a job that it describes.
pub(super) fn outcome_despite_status(answer: &Object, base: &Url) -> Option<Report> {
    let objects = unwrapped(answer);
    let report = report_of(objects.iter().find(|object| is_job(object))?, base)?;
    let is_outcome = match report {
        Report::Completed { .. } => true,
        Report::Failed { .. } => answer.whole && objects.iter().any(|job| job.has("started_at")),
        _ => false,
    };
    is_outcome.then_some(report)
}

/// Whether an object is about a job, and not only about the answer around it.
fn is_job(object: &Object) -> bool {
    let has = |names: &[&str]| names.iter().any(|name| object.has(name));
    let tells = has(&["prompt", "started_at", "finished_at", "song_url"])
        || has(&["result"]) && !object.inner().any(|inner| is_job(&inner));
    tells && stage_name(object).is_some()
}

fn stage_name(object: &Object) -> Option<&str> {
    ["status", "state"].iter().find_map(|name| object.get(name).as_str())
}

fn stage(object: &Object) -> Option<Stage> {
    stage_name(object).map(Stage::of)
}

fn report_of(job: &Object, base: &Url) -> Option<Report> {
    let stage = stage(job);
    let reason = reason(job);
    let is_job = ["prompt", "started_at", "error"].iter().any(|name| job.has(name));
    let ended = has_ended(job.get("finished_at"));
    let took = took(job);
    let song = song_in(job, base);
    let under_way = stage == Some(Stage::Running);
    // Of a song that is being made, Whisul may show a part.
    if let Some(song) = song.filter(|_| ended || !under_way) {
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
        _ if !job.whole => None,
        _ => Some(Report::Songless),
    }
}

/// What an error says: a text, or the message of an object.
fn reason(job: &Object) -> Option<String> {
    let error = job.get("error");
    text(error).or_else(|| text(error.get("message")?)).or_else(|| text(error.get(0)?))
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

/// The song of a job: its result, or whatever else holds a link to one.
fn song_in(job: &Object, base: &Url) -> Option<Song> {
    unwrapped(job).iter().map(|result| song(result, base)).find(|song| song.song_url.is_some())
}

fn song(result: &Object, base: &Url) -> Song {
    let link = |names: [&str; 2]| names.iter().find_map(|name| link(result.get(name), base));
    Song {
        title: text(result.get("title")),
        bpm: bpm(result.get("bpm")),
        length: length(result.get("duration")),
        tags: tags(result.get("tags")),
        song_url: link(["song_url", "audio_url"]),
        image_url: link(["image_url", "cover_url"]),
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
            json!({"status": "completed", "prompt": "rain"}),
            json!({"status": "running", "prompt": "rain", "started_at": "now"}),
        ] {
            assert_eq!(told(body.clone()).1, None, "{body}");
        }
    }

    #[test]
    fn an_envelope_is_not_the_job() {
        let job = json!({"status": "running", "prompt": "rain", "started_at": "now"});
        for body in [
            json!({"status": "success", "data": job}),
            json!({"status": "ok", "data": {"job": job}}),
            json!({"success": true, "result": job}),
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
}
