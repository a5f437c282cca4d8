//! Faults on demand.

mod fault;
pub(crate) mod rewrite;

use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use crate::{Changes, lock};

pub use fault::Fault;
pub(crate) use fault::{Answer, Effect, Rewrite};

/// Names a fault that was added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FaultId(usize);

/// The faults of a sandbox. Clones share one list.
///
/// At most one fault applies to a request: the oldest that fits it, has let enough requests pass, and
/// is not used up. So faults with [`Fault::times`] follow each other in the order they were added.
#[derive(Clone, Debug)]
pub struct Faults {
    entries: Arc<Mutex<Vec<Entry>>>,
    changes: Changes,
}

#[derive(Debug)]
struct Entry {
    fault: Fault,
    passed: usize,
    hits: usize,
    removed: bool,
}

/// The delay and the effect of a fault.
#[derive(Debug)]
pub(crate) struct AppliedFault {
    pub(crate) delay: Option<Duration>,
    pub(crate) effect: Option<Effect>,
}

impl Faults {
    /// Without faults. Bumps `changes` with each request that hits a fault.
    pub(crate) fn new(changes: Changes) -> Self {
        Self { entries: Arc::default(), changes }
    }

    /// Adds a fault.
    #[expect(clippy::must_use_candidate, reason = "most faults are never asked after")]
    pub fn add(&self, fault: Fault) -> FaultId {
        let mut entries = lock(&self.entries);
        entries.push(Entry { fault, passed: 0, hits: 0, removed: false });
        FaultId(entries.len() - 1)
    }

    /// Removes a fault.
    pub fn remove(&self, id: FaultId) {
        if let Some(entry) = lock(&self.entries).get_mut(id.0) {
            entry.removed = true;
        }
    }

    /// Removes all faults.
    pub fn clear(&self) {
        for entry in lock(&self.entries).iter_mut() {
            entry.removed = true;
        }
    }

    /// How many requests met this fault, whether or not it has been removed since.
    #[must_use]
    pub fn hits(&self, id: FaultId) -> usize {
        lock(&self.entries).get(id.0).map_or(0, |entry| entry.hits)
    }

    /// Each fault that was ever added, and how many requests met it.
    #[must_use]
    pub fn all(&self) -> Vec<(Fault, usize)> {
        lock(&self.entries).iter().map(|entry| (entry.fault.clone(), entry.hits)).collect()
    }

    /// The fault that applies to a request, counted as a hit.
    pub(crate) fn hit(&self, method: &str, path: &str, body: &[u8]) -> Option<AppliedFault> {
        let met = lock(&self.entries).iter_mut().find_map(|entry| entry.hit(method, path, body));
        if met.is_some() {
            self.changes.bump();
        }
        met
    }
}

impl Entry {
    fn hit(&mut self, method: &str, path: &str, body: &[u8]) -> Option<AppliedFault> {
        let Fault { body_part, times, after, delay, until, effect, .. } = &self.fault;
        let used_up = times.is_some_and(|times| self.hits >= times)
            || until.is_some_and(|until| Instant::now() >= until);
        let fits = matches(&self.fault.method, &self.fault.path, method, path)
            && contains(body, body_part.as_bytes());
        if self.removed || used_up || !fits {
            return None;
        }
        if self.passed < *after {
            self.passed += 1;
            return None;
        }
        self.hits += 1;
        let plain = || delay.is_none().then(|| Effect::Answer(Answer::default()));
        Some(AppliedFault { delay: *delay, effect: effect.clone().or_else(plain) })
    }
}

fn contains(body: &[u8], part: &[u8]) -> bool {
    part.is_empty() || body.windows(part.len()).any(|window| window == part)
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
