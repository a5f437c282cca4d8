//! What goes wrong on demand.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use crate::lock;

/// Something that goes wrong with requests of one kind.
///
/// Without further words it answers each of them with a bare status 500, until it is removed.
/// Of the methods that say what happens the last one called counts; [`Fault::delay`] goes with any.
#[derive(Clone, Debug)]
pub struct Fault {
    method: String,
    path: String,
    times: Option<usize>,
    after: usize,
    delay: Option<Duration>,
    effect: Option<Effect>,
}

/// What happens to a request that meets a fault.
#[derive(Clone, Debug)]
pub(crate) enum Effect {
    /// Answered in place of the real handler.
    Answer(Answer),
    /// The connection is closed without an answer.
    Cut { handled: bool },
    /// Bytes that are no JSON.
    Garbage { handled: bool },
    /// An answer of this many bytes.
    Oversize(usize),
    /// No answer for as long as the client waits.
    Hang { handled: bool },
    /// The connection is closed without an answer, and the request handled this much later.
    Late(Duration),
}

/// An answer of choice.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Default for Answer {
    fn default() -> Self {
        Self { status: 500, headers: Vec::new(), body: String::new() }
    }
}

impl Fault {
    /// A fault for a method (`*` for any) and a path without its query. In the path, `*` stands for
    /// any one segment and a trailing `**` for any rest: `/api/v10/webhooks/*/*/messages/**`.
    #[must_use]
    pub fn on(method: &str, path: &str) -> Self {
        Self {
            method: method.to_owned(),
            path: path.to_owned(),
            times: None,
            after: 0,
            delay: None,
            effect: None,
        }
    }

    /// Happens to this many requests and is over then.
    #[must_use]
    pub fn times(mut self, times: usize) -> Self {
        self.times = Some(times);
        self
    }

    /// Lets this many requests pass first.
    #[must_use]
    pub fn after(mut self, passed: usize) -> Self {
        self.after = passed;
        self
    }

    /// Waits first, then goes on with what else was asked for, or with the real handler. The request
    /// of a client that hangs up meanwhile is not taken in; for that, see [`Fault::hang_after`].
    #[must_use]
    pub fn delay(mut self, delay: Duration) -> Self {
        self.delay = Some(delay);
        self
    }

    /// Answers with this status; the request is not taken in.
    #[must_use]
    pub fn status(self, status: u16) -> Self {
        self.answering(|answer| answer.status = status)
    }

    /// Adds a header to the answer; the request is not taken in.
    #[must_use]
    pub fn header(self, name: &str, value: &str) -> Self {
        self.answering(|answer| answer.headers.push((name.to_owned(), value.to_owned())))
    }

    /// Answers with this body; the request is not taken in.
    #[must_use]
    pub fn body(self, text: &str) -> Self {
        self.answering(|answer| text.clone_into(&mut answer.body))
    }

    /// Cuts the connection before the request is taken in.
    #[must_use]
    pub fn cut_before(self) -> Self {
        self.with(Effect::Cut { handled: false })
    }

    /// Takes the request in, then cuts the connection without an answer.
    #[must_use]
    pub fn cut_after(self) -> Self {
        self.with(Effect::Cut { handled: true })
    }

    /// Cuts the connection without an answer, and takes the request in this much later: it was still
    /// on its way when the client gave it up.
    #[must_use]
    pub fn late(self, after: Duration) -> Self {
        self.with(Effect::Late(after))
    }

    /// Answers 200 with bytes that are no JSON; the request is not taken in.
    #[must_use]
    pub fn garbage(self) -> Self {
        self.with(Effect::Garbage { handled: false })
    }

    /// Takes the request in, then answers 200 with bytes that are no JSON.
    #[must_use]
    pub fn garbage_after(self) -> Self {
        self.with(Effect::Garbage { handled: true })
    }

    /// Answers 200 with this many bytes, their number not announced; the request is not taken in.
    #[must_use]
    pub fn oversize(self, bytes: usize) -> Self {
        self.with(Effect::Oversize(bytes))
    }

    /// Never answers; the request is not taken in.
    #[must_use]
    pub fn hang(self) -> Self {
        self.with(Effect::Hang { handled: false })
    }

    /// Takes the request in, then never answers.
    #[must_use]
    pub fn hang_after(self) -> Self {
        self.with(Effect::Hang { handled: true })
    }

    fn with(mut self, effect: Effect) -> Self {
        self.effect = Some(effect);
        self
    }

    /// Gives an answer of choice, changed in this way.
    fn answering(mut self, change: impl FnOnce(&mut Answer)) -> Self {
        let mut answer = match self.effect.take() {
            Some(Effect::Answer(answer)) => answer,
            _ => Answer::default(),
        };
        change(&mut answer);
        self.with(Effect::Answer(answer))
    }
}

/// Names a fault that was added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FaultId(usize);

/// What goes wrong with a sandbox at present. Clones share one list.
///
/// A request meets at most one fault: the oldest that fits it, has let enough requests pass, and is
/// not used up. So faults with [`Fault::times`] follow each other in the order they were added.
#[derive(Clone, Debug, Default)]
pub struct Faults(Arc<Mutex<Vec<Entry>>>);

#[derive(Debug)]
struct Entry {
    fault: Fault,
    passed: usize,
    hits: usize,
    removed: bool,
}

/// What a request has to go through.
#[derive(Debug)]
pub(crate) struct Trouble {
    pub(crate) delay: Option<Duration>,
    pub(crate) effect: Option<Effect>,
}

impl Faults {
    /// From now on this goes wrong.
    #[expect(clippy::must_use_candidate, reason = "most faults are never asked after")]
    pub fn add(&self, fault: Fault) -> FaultId {
        let mut entries = lock(&self.0);
        entries.push(Entry { fault, passed: 0, hits: 0, removed: false });
        FaultId(entries.len() - 1)
    }

    /// This goes wrong no longer.
    pub fn remove(&self, id: FaultId) {
        if let Some(entry) = lock(&self.0).get_mut(id.0) {
            entry.removed = true;
        }
    }

    /// Nothing goes wrong any longer.
    pub fn clear(&self) {
        for entry in lock(&self.0).iter_mut() {
            entry.removed = true;
        }
    }

    /// How many requests met this fault, whether or not it has been removed since.
    #[must_use]
    pub fn hits(&self, id: FaultId) -> usize {
        lock(&self.0).get(id.0).map_or(0, |entry| entry.hits)
    }

    /// The fault that a request meets, counted as met.
    pub(crate) fn meet(&self, method: &str, path: &str) -> Option<Trouble> {
        lock(&self.0).iter_mut().find_map(|entry| entry.meet(method, path))
    }
}

impl Entry {
    fn meet(&mut self, method: &str, path: &str) -> Option<Trouble> {
        let Fault { times, after, delay, effect, .. } = &self.fault;
        let used_up = times.is_some_and(|times| self.hits >= times);
        if self.removed || used_up || !matches(&self.fault.method, &self.fault.path, method, path) {
            return None;
        }
        if self.passed < *after {
            self.passed += 1;
            return None;
        }
        self.hits += 1;
        let plain = || delay.is_none().then(|| Effect::Answer(Answer::default()));
        Some(Trouble { delay: *delay, effect: effect.clone().or_else(plain) })
    }
}

/// Whether a request fits a method and a path pattern, see [`Fault::on`].
pub(crate) fn matches(method_pattern: &str, path_pattern: &str, method: &str, path: &str) -> bool {
    if method_pattern != "*" && !method_pattern.eq_ignore_ascii_case(method) {
        return false;
    }
    let mut segments = path.split('/');
    for wanted in path_pattern.split('/') {
        if wanted == "**" {
            return true;
        }
        match segments.next() {
            Some(segment) if wanted == "*" || wanted == segment => {}
            _ => return false,
        }
    }
    segments.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn a_star_is_one_segment_and_two_are_any_rest() {
        let fits = |pattern, path| matches("*", pattern, "GET", path);
        assert!(fits("/api/jobs/*", "/api/jobs/1"));
        assert!(!fits("/api/jobs/*", "/api/jobs/1/2"));
        assert!(!fits("/api/jobs/*", "/api/jobs"));
        assert!(fits("/webhooks/*/*/messages/**", "/webhooks/1/token/messages/@original"));
        assert!(fits("/webhooks/**", "/webhooks"));
        assert!(!fits("/webhooks/**", "/channels"));
        assert!(!fits("/api", "/api/generate"));
    }

    #[test]
    fn a_method_is_itself_or_any() {
        assert!(matches("GET", "/", "GET", "/"));
        assert!(!matches("GET", "/", "POST", "/"));
        assert!(matches("*", "/", "POST", "/"));
    }
}
