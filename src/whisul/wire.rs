//! What Whisul sends and takes, as its documentation has it, where its pages disagree too.
//!
//! Reading is tolerant: a field that is missing, null, or of another type than any page says
//! counts as absent, and never spoils the rest of an answer.

use std::time::Duration;

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;

use super::field::{bpm, length, tags, text, time, url};
use crate::domain::{Song, WhisulJob, WhisulJobId};

/// The body of `POST /generate`.
#[derive(Serialize)]
pub(super) struct Submission<'prompt> {
    pub(super) prompt: &'prompt str,
}

/// The answer to a prompt that was taken.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Acceptance {
    job_id: Value,
    poll_url: Value,
}

/// What stands in the answer to a request that failed.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Complaint {
    error: Value,
    message: Value,
}

/// The answer to `GET /jobs/{id}`.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct JobStatus {
    status: Value,
    result: Value,
    error: Value,
    started_at: Value,
    finished_at: Value,
}

/// The `result` of a completed job.
#[derive(Deserialize, Default)]
#[serde(default)]
struct JobResult {
    title: Value,
    bpm: Value,
    duration: Value,
    song_url: Value,
    image_url: Value,
    tags: Value,
}

impl Acceptance {
    /// The job; `None` without an id that can be used.
    pub(super) fn job(&self) -> Option<WhisulJob> {
        let id = WhisulJobId::parse(self.job_id.as_str()?.trim())?;
        Some(WhisulJob { id, poll_url: url(&self.poll_url) })
    }
}

impl Complaint {
    /// Its sentences, the general one first.
    pub(super) fn texts(&self) -> impl Iterator<Item = String> {
        [&self.error, &self.message].into_iter().filter_map(text)
    }
}

impl JobStatus {
    /// The name of the status; `None` means that nothing in the answer can be relied on.
    pub(super) fn status(&self) -> Option<String> {
        text(&self.status)
    }

    /// The song of a completed job. Without a readable result, a song of which nothing is known.
    pub(super) fn song(self) -> Song {
        let result = Some(self.result).filter(Value::is_object);
        let result: JobResult =
            result.and_then(|result| serde_json::from_value(result).ok()).unwrap_or_default();
        Song {
            title: text(&result.title),
            bpm: bpm(&result.bpm),
            length: length(&result.duration),
            tags: tags(&result.tags),
            song_url: url(&result.song_url),
            image_url: url(&result.image_url),
        }
    }

    /// Why the job failed, in Whisul's words.
    pub(super) fn reason(&self) -> Option<String> {
        text(&self.error)
    }

    /// How long the job ran, if Whisul tells a time that can be true: more than nothing, and less
    /// than a day.
    pub(super) fn took(&self) -> Option<Duration> {
        const DAY: Duration = Duration::from_hours(24);
        let took = time(&self.finished_at)? - time(&self.started_at)?;
        took.try_into().ok().filter(|took: &Duration| !took.is_zero() && *took < DAY)
    }
}

/// Reads an answer's body. `None` unless it is a JSON object: serde would take a list for a struct,
/// too. Broken characters spoil no more than the text that they stand in.
pub(super) fn read<T: DeserializeOwned>(body: &[u8]) -> Option<T> {
    let text = String::from_utf8_lossy(body);
    text.trim_start().starts_with('{').then(|| serde_json::from_str(&text).ok())?
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn status(value: &Value) -> JobStatus {
        read(value.to_string().as_bytes()).unwrap()
    }

    #[test]
    fn only_an_object_is_an_answer() {
        for body in ["", "null", "[\"completed\"]", "\"completed\"", "{", "{} {}", "<html>"] {
            assert!(read::<JobStatus>(body.as_bytes()).is_none(), "{body}");
        }
        let status: JobStatus = read(b" {\"status\": \"running\", \"mood\": [{}]} ").unwrap();
        assert_eq!(status.status().as_deref(), Some("running"));
    }

    #[test]
    fn one_broken_text_does_not_spoil_the_rest() {
        let body = b"{\"prompt\": \"\\ud83d\", \"result\": {\"title\": \"R\xFFin\", \"bpm\": 90}}";
        let song = read::<JobStatus>(body).unwrap().song();
        assert_eq!((song.title.as_deref(), song.bpm), (Some("R\u{FFFD}in"), Some(90.0)));
    }

    #[test]
    fn the_time_taken_is_told_only_where_it_can_be_true() {
        let took = |from: Value, to: Value| {
            let times = json!({"started_at": from, "finished_at": to});
            status(&times).took().map(|took| took.as_secs())
        };
        let start = || json!("2026-02-17 15:39:34");
        assert_eq!(took(start(), json!("2026-02-17 15:41:58")), Some(144));
        let strange = ["2026-02-17 15:39:34", "2026-02-17 15:39:33", "2026-02-18 15:39:34", "soon"];
        for end in strange {
            assert_eq!(took(start(), json!(end)), None, "{end}");
        }
        assert_eq!(took(start(), json!(null)), None);
    }
}
