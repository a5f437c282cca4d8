//! What an answer means: which status and body make a job, a report, or which error.

use std::time::Duration;

use super::{
    error::{Detail, PollError, SubmitError, Trouble},
    wire::{self, Acceptance, JobStatus},
};
use crate::domain::{Prompt, Report, WhisulJob};

/// An answer whose status line and headers, at least, have arrived.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) retry_after: Option<Duration>,
    /// What came of the body. A status means what it means, whatever becomes of its body.
    pub(super) body: Result<Vec<u8>, Trouble>,
}

impl Answer {
    /// As the answer to `POST /generate`.
    pub(super) fn into_job(self, prompt: &Prompt) -> Result<WhisulJob, SubmitError> {
        let Self { status, retry_after, body } = self;
        if (200..300).contains(&status) {
            return acceptance(body).map_err(|source| SubmitError::Ambiguous { source });
        }
        let detail = Detail::read(&body.unwrap_or_default(), prompt);
        Err(match status {
            400 | 413 | 422 => SubmitError::Rejected { status, detail },
            401 | 403 => SubmitError::BadKey { status, detail },
            402 => SubmitError::OutOfCredit { detail },
            429 => SubmitError::RateLimited { retry_after },
            // A server that names the time to come back has declined, not failed half-way.
            503 if retry_after.is_some() => {
                SubmitError::NotTaken { retry_after, source: Trouble::Status { status, detail } }
            }
            300..500 => SubmitError::Refused { status, detail },
            _ => SubmitError::Ambiguous { source: Trouble::Status { status, detail } },
        })
    }

    /// As the answer to `GET /jobs/{id}`.
    pub(super) fn into_report(self) -> Result<Report, PollError> {
        let Self { status, retry_after, body } = self;
        match status {
            200..300 => report(body).map_err(|source| PollError::Transient { source, retry_after }),
            401 | 403 => Err(PollError::BadKey),
            402 => Err(PollError::OutOfCredit),
            // 410 isn't documented, but HTTP knows only one meaning for it: gone for ever.
            404 | 410 => Ok(Report::Vanished),
            429 => Err(PollError::RateLimited { retry_after }),
            _ => {
                // Job answers carry the prompt, so nothing of the body is fit for a log.
                let source = Trouble::Status { status, detail: Detail::default() };
                Err(PollError::Transient { source, retry_after })
            }
        }
    }
}

fn acceptance(body: Result<Vec<u8>, Trouble>) -> Result<WhisulJob, Trouble> {
    let acceptance: Acceptance = serde_json::from_slice(&body?).map_err(|_| Trouble::Garbage)?;
    acceptance.job().ok_or(Trouble::Garbage)
}

fn report(body: Result<Vec<u8>, Trouble>) -> Result<Report, Trouble> {
    let job: JobStatus = wire::read(&body?).ok_or(Trouble::Garbage)?;
    let status = job.status().ok_or(Trouble::Garbage)?;
    Ok(if status.eq_ignore_ascii_case("completed") {
        Report::Completed { took: job.took(), song: job.song() }
    } else if status.eq_ignore_ascii_case("failed") {
        Report::Failed { reason: job.reason() }
    } else {
        Report::Running
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;
    use crate::domain::{Song, SongLength, WhisulJobId};

    const LATER: Option<Duration> = Some(Duration::from_secs(7));

    fn answer(status: u16, body: &str) -> Answer {
        Answer { status, retry_after: None, body: Ok(body.as_bytes().to_vec()) }
    }

    fn submitted(status: u16, body: &Value) -> Result<WhisulJob, SubmitError> {
        answer(status, &body.to_string()).into_job(&Prompt::parse("rain on glass").unwrap())
    }

    fn polled(body: &Value) -> Result<Report, PollError> {
        answer(200, &body.to_string()).into_report()
    }

    #[test]
    fn an_accepted_prompt_is_a_job() {
        let id = "0b7c6a1e-52f4-4d0e-9a55-3f1c8e2d7b90";
        let body = json!({"message": "Taken.", "job_id": id, "poll_url": format!("/jobs/{id}")});
        let job = submitted(202, &body).unwrap();
        assert_eq!((job.id.as_str(), job.poll_url), (id, Some(format!("/jobs/{id}"))));
        let plain = WhisulJob { id: WhisulJobId::parse(id).unwrap(), poll_url: None };
        for poll_url in [json!(null), json!(7), json!(""), json!("x".repeat(3000))] {
            let body = json!({"job_id": id, "poll_url": poll_url, "queue": 3});
            assert_eq!(submitted(200, &body), Ok(plain.clone()), "{poll_url}");
        }
    }

    #[test]
    fn an_acceptance_without_a_usable_job_is_ambiguous() {
        let ambiguous = Err(SubmitError::Ambiguous { source: Trouble::Garbage });
        for job_id in [json!(null), json!(7), json!(""), json!("../admin"), json!(["a"])] {
            assert_eq!(submitted(202, &json!({"job_id": job_id})), ambiguous, "{job_id}");
        }
        assert_eq!(submitted(202, &json!("ok")), ambiguous);
        let prompt = Prompt::parse("rain").unwrap();
        assert_eq!(answer(202, "<html>").into_job(&prompt), ambiguous);
        let source = Trouble::Oversize;
        let cut = Answer { status: 202, retry_after: None, body: Err(source.clone()) };
        assert_eq!(cut.into_job(&prompt), Err(SubmitError::Ambiguous { source }));
    }

    #[test]
    fn every_status_of_a_submission_has_one_meaning() {
        let body = json!({"error": "Invalid input"});
        for status in 300..600 {
            let error = submitted(status, &body).unwrap_err();
            let fits = match status {
                400 | 413 | 422 => matches!(error, SubmitError::Rejected { .. }),
                401 | 403 => matches!(error, SubmitError::BadKey { .. }),
                402 => matches!(error, SubmitError::OutOfCredit { .. }),
                429 => matches!(error, SubmitError::RateLimited { .. }),
                300..500 => matches!(error, SubmitError::Refused { .. }),
                _ => matches!(error, SubmitError::Ambiguous { .. }),
            };
            assert!(fits, "{status}: {error}");
        }
        let rejected = submitted(400, &body).unwrap_err().to_string();
        assert_eq!(rejected, "Whisul rejected the prompt (status 400): Invalid input");
    }

    #[test]
    fn waits_are_passed_on() {
        let later = |status| Answer { retry_after: LATER, ..answer(status, "") };
        let prompt = Prompt::parse("rain").unwrap();
        let declined = later(503).into_job(&prompt);
        assert!(matches!(declined, Err(SubmitError::NotTaken { retry_after: LATER, .. })));
        let limited = later(429).into_job(&prompt);
        assert_eq!(limited, Err(SubmitError::RateLimited { retry_after: LATER }));
        assert_eq!(later(429).into_report(), Err(PollError::RateLimited { retry_after: LATER }));
        let transient = later(500).into_report();
        assert!(matches!(transient, Err(PollError::Transient { retry_after: LATER, .. })));
    }

    #[test]
    fn a_completed_job_is_a_song() {
        let report = polled(&json!({
            "status": "completed", "prompt": "rain on glass", "error": null, "mood": "calm",
            "result": {
                "title": "Window Light", "bpm": 72, "duration": "3:05", "tags": "ambient, piano",
                "song_url": "https://cdn.whisul.com/audio/1.mp3",
                "image_url": "https://cdn.whisul.com/art/1.png",
            },
            "started_at": "2026-03-01 10:00:00", "finished_at": "2026-03-01 10:01:31",
        }));
        let song = Song {
            title: Some("Window Light".to_owned()),
            bpm: Some(72.0),
            length: SongLength::from_seconds(185),
            tags: vec!["ambient".to_owned(), "piano".to_owned()],
            song_url: Some("https://cdn.whisul.com/audio/1.mp3".to_owned()),
            image_url: Some("https://cdn.whisul.com/art/1.png".to_owned()),
        };
        assert_eq!(report, Ok(Report::Completed { song, took: Some(Duration::from_secs(91)) }));
    }

    #[test]
    fn a_completed_job_without_a_result_is_still_completed() {
        let bare = Ok(Report::Completed { song: Song::default(), took: None });
        assert_eq!(polled(&json!({"status": "completed"})), bare);
        for result in [json!(null), json!("song"), json!([]), json!({"title": ["x"]})] {
            assert_eq!(polled(&json!({"status": " Completed", "result": result})), bare);
        }
    }

    #[test]
    fn failures_have_reasons_or_not_and_unknown_statuses_go_on() {
        let failed = |error: Value| polled(&json!({"status": "failed", "error": error}));
        let reason = Some("Out of tune.".to_owned());
        assert_eq!(failed(json!(" Out of tune. ")), Ok(Report::Failed { reason }));
        assert_eq!(failed(json!(null)), Ok(Report::Failed { reason: None }));
        assert_eq!(failed(json!(500)), Ok(Report::Failed { reason: None }));
        for status in ["running", "queued", "completed_soon"] {
            assert_eq!(polled(&json!({"status": status, "result": 1})), Ok(Report::Running));
        }
        for body in [json!({"status": null}), json!({"status": 3}), json!({}), json!(null)] {
            let source = Trouble::Garbage;
            assert_eq!(polled(&body), Err(PollError::Transient { source, retry_after: None }));
        }
    }

    #[test]
    fn every_status_of_a_poll_has_one_meaning() {
        for status in (300..600).filter(|status| *status != 429) {
            let report = answer(status, "{\"status\": \"completed\"}").into_report();
            let fits = match status {
                401 | 403 => report == Err(PollError::BadKey),
                402 => report == Err(PollError::OutOfCredit),
                404 | 410 => report == Ok(Report::Vanished),
                _ => matches!(report, Err(PollError::Transient { .. })),
            };
            assert!(fits, "{status}: {report:?}");
        }
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
        fn any_json_is_a_value_or_an_error(body in any_json(), status in 100..1000_u16) {
            let body = body.to_string();
            drop(answer(status, &body).into_job(&Prompt::parse("rain").unwrap()));
            drop(answer(status, &body).into_report());
        }

        #[test]
        fn any_bytes_are_a_value_or_an_error(body in any::<Vec<u8>>(), status in 100..1000_u16) {
            let answer = |body| Answer { status, retry_after: None, body: Ok(body) };
            drop(answer(body.clone()).into_job(&Prompt::parse("rain").unwrap()));
            drop(answer(body).into_report());
        }
    }
}
