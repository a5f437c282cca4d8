//! What must hold for whatever arrives in Whisul's name.

#![expect(clippy::missing_panics_doc, reason = "a property panics where it is broken")]

use std::{fmt::Debug, io::Write, time::Duration};

use flate2::{Compression, write::DeflateEncoder, write::GzEncoder, write::ZlibEncoder};
use url::Url;

use super::{
    error::{PollError, SubmitError},
    poll_url as address,
    response::{
        body::{BODY_MAX, Body, unfold},
        json::read,
        meaning::WhisulResponse,
    },
};
use crate::domain::{self, Report, Song, WhisulJob, WhisulJobId};

pub use super::response::json::properties::json;

/// The statuses that are told apart, and others of their kinds.
const STATUSES: [u16; 16] =
    [199, 200, 202, 302, 307, 400, 401, 402, 403, 404, 407, 410, 422, 429, 500, 503];

const BASES: [&str; 4] = [
    "https://whisul.com/api",
    "https://whisul.com/api/",
    "https://whisul.com",
    "http://[::1]:8080/a/b",
];

/// However a body was compressed, it stays within its limit, and is what it was before.
pub fn body(bytes: &[u8]) {
    let unfolded = |bytes: &[u8], deflated: bool| {
        let mut body = bytes.to_vec();
        unfold(&mut body, deflated);
        body
    };
    for deflated in [false, true] {
        let length = unfolded(bytes, deflated).len();
        assert!(length <= BODY_MAX.max(bytes.len()), "{length} bytes");
    }
    // What does not look compressed itself.
    let text = [b"{", bytes].concat();
    let gzip = finished(GzEncoder::new(Vec::new(), Compression::fast()), &text, GzEncoder::finish);
    let zlib =
        finished(ZlibEncoder::new(Vec::new(), Compression::fast()), &text, ZlibEncoder::finish);
    let deflate = finished(
        DeflateEncoder::new(Vec::new(), Compression::fast()),
        &text,
        DeflateEncoder::finish,
    );
    for deflated in [false, true] {
        for sent in [&text, &gzip, &zlib] {
            assert_eq!(unfolded(sent, deflated), text);
        }
        // The beginning of what is cut off is read.
        let cut = gzip.get(..gzip.len() / 2).unwrap_or_default();
        let part = unfolded(cut, false);
        assert!(text.starts_with(&part) || part == cut);
    }
    assert_eq!(unfolded(&deflate, true), text);
}

fn finished<W: Write>(
    mut encoder: W,
    bytes: &[u8],
    finish: fn(W) -> std::io::Result<Vec<u8>>,
) -> Vec<u8> {
    let written = encoder.write_all(bytes).and_then(|()| finish(encoder));
    written.unwrap_or_default()
}

/// Nothing but the API's own form ends a job or accuses the key, and nothing of what was sent goes
/// on unchecked, or into a log.
pub fn whisul_response(bytes: &[u8]) {
    let object = read(bytes);
    let is_error = object.as_ref().is_some_and(|object| object.get("error").is_string());
    let Ok(base) = Url::parse("https://whisul.com/api") else { return };
    for status in STATUSES {
        for retry_after in [None, Some(Duration::from_secs(7))] {
            let response = || WhisulResponse {
                status,
                retry_after,
                location: None,
                body: Body { bytes: bytes.to_vec(), ..Body::default() },
            };
            let is_success = (200..300).contains(&status);
            match response().into_job() {
                Ok(job) => {
                    // The right response may come with a wrong status, but for those that decline.
                    assert!(is_success || !matches!(status, 401..=403 | 429));
                    check_job(&job);
                }
                Err(error) => {
                    let is_unknown = matches!(error, SubmitError::UnknownOutcome { .. });
                    assert!(is_unknown || is_error && status >= 400, "{status}: {error}");
                    check_log(&error);
                }
            }
            let report = response().into_report(&base);
            let is_misdirected = response().is_misdirected(&base);
            match report {
                Ok(Report::Vanished) => assert!(is_error && matches!(status, 404 | 410)),
                Ok(report) => {
                    let is_outcome =
                        matches!(report, Report::Completed { .. } | Report::Failed { .. });
                    assert!((is_success || is_outcome) && !is_misdirected);
                    check_report(&report, &base);
                }
                Err(error) => {
                    let is_vague = matches!(
                        error,
                        PollError::Transient { .. } | PollError::RateLimited { .. }
                    );
                    assert!(is_vague || is_error && matches!(status, 401..=403), "{status}");
                    check_log(&error);
                }
            }
        }
    }
}

fn check_job(job: &WhisulJob) {
    assert_eq!(WhisulJobId::parse(job.id.as_str()).as_ref(), Some(&job.id));
    if let Some(poll_url) = &job.poll_url {
        assert!(poll_url.len() <= 2048);
        check_line(poll_url, 2048);
    }
}

fn check_report(report: &Report, base: &Url) {
    match report {
        Report::Completed { song, took } => {
            assert!(song.song_url.is_some());
            assert!(took.is_none_or(|took| took < Duration::from_hours(24)));
            check_song(song, base);
        }
        Report::Failed { reason } => reason.iter().for_each(|reason| check_line(reason, 1000)),
        Report::Running | Report::Songless | Report::Vanished => {}
    }
}

fn check_song(song: &Song, base: &Url) {
    song.title.iter().for_each(|title| check_line(title, 1000));
    assert!(song.tags.len() <= 50);
    song.tags.iter().for_each(|tag| check_line(tag, 100));
    assert!(song.bpm.is_none_or(|bpm| (1.0..1000.0).contains(&bpm)));
    for url in [&song.song_url, &song.image_url].into_iter().flatten() {
        assert_eq!(domain::link(url, base).as_ref().map(Url::as_str), Some(url.as_str()));
    }
}

/// A text is one line that fits, with something in it.
fn check_line(text: &str, max: usize) {
    assert!(!text.is_empty() && text.trim() == text && !text.contains(char::is_control));
    assert!(text.chars().count() <= max);
}

/// Nothing that was sent is in the text of an error: it may hold a prompt.
fn check_log(error: &(impl ToString + Debug)) {
    for text in [error.to_string(), format!("{error:?}")] {
        assert!(text.is_ascii() && text.len() < 200 && !text.contains(char::is_control), "{text}");
    }
}

/// Every address that is called lies below the base URL and is plain, wherever a poll URL leads.
pub fn poll_url(bytes: &[u8]) {
    let poll_url = String::from_utf8_lossy(bytes).into_owned();
    let id = address::id(&poll_url);
    if let Some(id) = &id {
        assert_eq!(WhisulJobId::parse(id.as_str()).as_ref(), Some(id));
        assert!(poll_url.contains(id.as_str()));
    }
    let id = id.unwrap_or_else(WhisulJobId::nobodys);
    let job = WhisulJob { id, poll_url: Some(poll_url) };
    for base in BASES.iter().filter_map(|base| Url::parse(base).ok()) {
        let (followed, own) = address::job(&base, &job);
        assert_ne!(followed.as_ref(), Some(&own));
        assert!(own.path().ends_with(&format!("/jobs/{}", job.id.as_str())));
        for url in followed.iter().chain([&own]) {
            assert_eq!(url.origin(), base.origin());
            let root = format!("{}/", base.as_str().trim_end_matches('/'));
            let path = url.as_str().strip_prefix(&root);
            let plain = |c: char| c.is_ascii_alphanumeric() || "-_.~/".contains(c);
            assert!(path.is_some_and(|path| path.chars().all(plain)), "{url}");
            let climbs = |segment| matches!(segment, "" | "." | "..");
            assert!(!path.unwrap_or_default().split('/').any(climbs), "{url}");
        }
    }
}
