//! Whisul's requests and responses.
//!
//! Whisul's documentation disagrees with itself, so every documented shape is accepted. A field of
//! another type is treated as missing, and the rest of the response still counts.

use std::time::Duration;

use serde::Serialize;
use serde_json::Value;
use url::Url;

use super::{
    field::{address, bpm, id, length, link, tags, text, time},
    json::Object,
};
use crate::{
    domain::{Report, Song, WhisulJob},
    whisul::poll_url,
};

/// The most objects of one response that are searched.
const OBJECTS_MAX: usize = 20;

/// The body of `POST /generate`.
#[derive(Serialize)]
pub(in crate::whisul) struct SubmissionBody<'prompt> {
    pub(in crate::whisul) prompt: &'prompt str,
}

/// The names of a job's id: the documented one, and a common alternative.
const ID_NAMES: [&str; 2] = ["job_id", "task_id"];

/// The job that an acceptance names, by its id or at least by its poll URL.
pub(in crate::whisul) fn acceptance(response: &Object) -> Option<WhisulJob> {
    let objects = unwrapped(response);
    let names_one = |object: &&Object| ID_NAMES.iter().any(|name| object.has(name));
    let named = objects.iter().find(|object| names_one(object) || object.has("poll_url"));
    job(named.or_else(|| objects.iter().find(|object| object.has("id")))?)
}

/// The job that a response names although its HTTP status says error: a proxy or Whisul itself gave
/// it a wrong status. Ambiguous names such as `id` don't count here.
pub(super) fn acceptance_despite_status(response: &Object) -> Option<WhisulJob> {
    let objects = unwrapped(response);
    let named = objects.iter().find(|object| object.has("job_id"))?;
    job(named).filter(|job| !is_error(response) || job.poll_url.is_some())
}

fn job(object: &Object) -> Option<WhisulJob> {
    let poll_url = address(object.get("poll_url"));
    let id = ID_NAMES.into_iter().chain(["id"]).find_map(|name| id(object.get(name)));
    let id = id.or_else(|| poll_url::id(poll_url.as_deref()?))?;
    Some(WhisulJob { id, poll_url })
}

/// An object and those in it, the outer ones first: a gateway may wrap Whisul's response in its own.
fn unwrapped(response: &Object) -> Vec<Object> {
    let mut objects = vec![response.clone()];
    let mut next = 0;
    while let Some(object) = objects.get(next) {
        let inner: Vec<_> = object.inner().collect();
        next += 1;
        objects.extend(inner.into_iter().take(OBJECTS_MAX.saturating_sub(objects.len())));
    }
    objects
}

/// Whether a response is the documented error object.
pub(in crate::whisul) fn is_error(response: &Object) -> bool {
    response.get("error").as_str().is_some_and(|error| !error.trim().is_empty())
}

/// The sentences of an error object, the general one first.
pub(super) fn complaint(response: &Object) -> impl Iterator<Item = String> {
    ["error", "message"].into_iter().filter_map(|name| text(response.get(name)))
}

/// The state of a job in the response to `GET /jobs/{id}`; `None` if the response tells none.
///
/// Only `running`, `completed` and `failed` are documented. For any other status, the job's result
/// and end time decide.
pub(in crate::whisul) fn report(response: &Object, base: &Url) -> Option<Report> {
    let objects = unwrapped(response);
    let staged = |object: &&Object| stage(object).is_some();
    let job = objects.iter().find(|object| is_job(object));
    report_of(job.or_else(|| objects.iter().rfind(staged)).unwrap_or(response), base)
}

/// The outcome that a response tells although its HTTP status says error. Only one that Whisul alone
/// can know counts: a link, or the failure of a job that it describes.
pub(super) fn outcome_despite_status(response: &Object, base: &Url) -> Option<Report> {
    let objects = unwrapped(response);
    let report = report_of(objects.iter().find(|object| is_job(object))?, base)?;
    let is_outcome = match report {
        Report::Completed { .. } => true,
        Report::Failed { .. } => response.whole && objects.iter().any(|job| job.has("started_at")),
        _ => false,
    };
    is_outcome.then_some(report)
}

/// Whether an object describes a job. One that only wraps a job does not.
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
    let describes_job = ["prompt", "started_at", "error"].iter().any(|name| job.has(name));
    let ended = has_ended(job.get("finished_at"));
    let took = took(job);
    let song = song_in(job, base);
    let under_way = stage == Some(Stage::Running);
    // A running job may have a link to a preview.
    if let Some(song) = song.filter(|_| ended || !under_way) {
        return Some(Report::Completed { song, took });
    }
    match stage {
        Some(Stage::Failed) => Some(Report::Failed { reason }),
        Some(Stage::Broken) if ended || describes_job => Some(Report::Failed { reason }),
        Some(Stage::Running) => Some(Report::Running),
        Some(Stage::Unknown) | None if ended && reason.is_some() => Some(Report::Failed { reason }),
        Some(Stage::Unknown) if !ended => Some(Report::Running),
        // The health page of a proxy says "ok", too.
        Some(Stage::Done) if !ended && !describes_job => None,
        None if !ended => None,
        // The link may be in the part that was cut off.
        _ if !job.whole => None,
        // The worker counts this as a failure only if it persists: a proxy may mean itself.
        _ => Some(Report::Songless),
    }
}

/// The text of an error: itself, the message of an object, or the first of a list.
fn reason(job: &Object) -> Option<String> {
    let error = job.get("error");
    text(error).or_else(|| text(error.get("message")?)).or_else(|| text(error.get(0)?))
}

/// Whether a job has ended. Before, some services write an empty or a zero time.
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

/// The meaning of a status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Running,
    Completed,
    /// An undocumented name for completed.
    Done,
    Failed,
    /// An undocumented name for failed.
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
            "completed" => Self::Completed,
            "complete" | "succeeded" | "success" | "successful" | "done" | "finished" | "ready"
            | "ok" => Self::Done,
            "failed" => Self::Failed,
            "failure" | "error" | "errored" | "canceled" | "cancelled" | "expired" | "timeout"
            | "timedout" | "aborted" | "rejected" | "terminated" | "stopped" => Self::Broken,
            _ => Self::Unknown,
        }
    }
}

/// The song of a job: the first object in it that has a link to one.
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

/// How long the job ran, if the time is plausible: more than zero, and less than a day.
fn took(response: &Object) -> Option<Duration> {
    const DAY: Duration = Duration::from_hours(24);
    let took = time(response.get("finished_at"))? - time(response.get("started_at"))?;
    took.try_into().ok().filter(|took: &Duration| !took.is_zero() && *took < DAY)
}

#[cfg(test)]
mod tests;
