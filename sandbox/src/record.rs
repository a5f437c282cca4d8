//! The record of all requests to a sandbox.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::Instant,
};

use axum::{body::Bytes, http::request::Parts};
use tokio::sync::watch;

use crate::{Changes, faults::matches, lock};

/// How many requests are kept; older ones are forgotten.
const KEPT: usize = 100_000;

/// When a request's last byte had arrived; handlers find it among its extensions.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ReceivedAt(pub(crate) Instant);

/// One request as it arrived, faults included. Secrets are not hidden: they are made up.
#[derive(Clone, Debug)]
pub struct RecordedRequest {
    /// When its last byte had arrived.
    pub at: Instant,
    /// `GET`, `POST`, …
    pub method: String,
    /// The path without the query.
    pub path: String,
    /// What follows the `?`, or nothing.
    pub query: String,
    /// Names in lower case, in the order of arrival.
    pub headers: Vec<(String, String)>,
    /// The body as sent.
    pub body: Vec<u8>,
    /// What it was answered with; `None` while it has no response, and for ever if it was cut off.
    pub status: Option<u16>,
    /// The JSON it was answered with, where [`Requests::keep_answers`] asked for it.
    pub answer: Vec<u8>,
}

impl RecordedRequest {
    /// The body as JSON; null if it is none.
    #[must_use]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// The first header of this name, which is compared without regard to case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }
}

/// All requests that a sandbox received, the oldest first. Clones share one record.
#[derive(Clone, Debug, Default)]
pub struct Requests {
    kept: Arc<Mutex<Kept>>,
    changes: Changes,
}

#[derive(Debug, Default)]
struct Kept {
    answers: bool,
    /// How many requests came before the first of `list`.
    forgotten: usize,
    list: VecDeque<RecordedRequest>,
}

impl Requests {
    /// An empty record that bumps `changes` with each request and each response.
    #[must_use]
    pub fn new(changes: Changes) -> Self {
        Self { kept: Arc::default(), changes }
    }

    /// All that are kept.
    #[must_use]
    pub fn list(&self) -> Vec<RecordedRequest> {
        lock(&self.kept).list.iter().cloned().collect()
    }

    /// The latest of them, at most so many, the oldest first.
    #[must_use]
    pub fn latest(&self, most: usize) -> Vec<RecordedRequest> {
        let kept = lock(&self.kept);
        kept.list.iter().skip(kept.list.len().saturating_sub(most)).cloned().collect()
    }

    /// Keeps JSON answers as well from now on.
    pub fn keep_answers(&self) {
        lock(&self.kept).answers = true;
    }

    /// Whether answers are kept.
    pub(crate) fn keeps_answers(&self) -> bool {
        lock(&self.kept).answers
    }

    /// Those with this method (`*` for any) and path, see [`Fault::on`](crate::Fault::on).
    #[must_use]
    pub fn matching(&self, method: &str, path_pattern: &str) -> Vec<RecordedRequest> {
        let fits =
            |seen: &&RecordedRequest| matches(method, path_pattern, &seen.method, &seen.path);
        lock(&self.kept).list.iter().filter(fits).cloned().collect()
    }

    /// How many [`Requests::matching`] finds.
    #[must_use]
    pub fn count(&self, method: &str, path_pattern: &str) -> usize {
        let fits =
            |seen: &&RecordedRequest| matches(method, path_pattern, &seen.method, &seen.path);
        lock(&self.kept).list.iter().filter(fits).count()
    }

    /// Forgets all requests so far.
    pub fn clear(&self) {
        let mut kept = lock(&self.kept);
        kept.forgotten += kept.list.len();
        kept.list.clear();
    }

    /// Changes with each request and each response: for [`until`](crate::until).
    #[must_use]
    pub fn changed(&self) -> watch::Receiver<u64> {
        self.changes.watch()
    }

    /// Notes a request and returns its number, by which its response can be noted.
    pub(crate) fn note(&self, parts: &Parts, body: &Bytes, ReceivedAt(at): ReceivedAt) -> usize {
        let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
        let request = RecordedRequest {
            at,
            method: parts.method.to_string(),
            path: parts.uri.path().to_owned(),
            query: parts.uri.query().unwrap_or_default().to_owned(),
            headers: parts
                .headers
                .iter()
                .map(|(name, value)| (name.to_string(), text(value.as_bytes())))
                .collect(),
            body: body.to_vec(),
            status: None,
            answer: Vec::new(),
        };
        let mut kept = lock(&self.kept);
        if kept.list.len() == KEPT {
            kept.list.pop_front();
            kept.forgotten += 1;
        }
        kept.list.push_back(request);
        let number = kept.forgotten + kept.list.len() - 1;
        drop(kept);
        self.changes.bump();
        number
    }

    /// Notes the response to the request of this number, if that is not forgotten yet.
    pub(crate) fn note_answer(&self, number: usize, status: u16, answer: &[u8]) {
        let mut kept = lock(&self.kept);
        let place = number.checked_sub(kept.forgotten);
        if let Some(request) = place.and_then(|place| kept.list.get_mut(place)) {
            request.status = Some(status);
            answer.clone_into(&mut request.answer);
        }
        drop(kept);
        self.changes.bump();
    }
}
