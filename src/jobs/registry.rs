//! The live jobs: those that a task of this process takes care of.

use dashmap::{DashMap, Entry};

use crate::domain::{JobId, UserId};

/// Which jobs are live, and whose they are.
#[derive(Debug, Default)]
pub(super) struct Registry {
    live: DashMap<JobId, UserId>,
}

impl Registry {
    /// Notes a job as live; `false` if it already is, so that no job ever has two tasks.
    pub(super) fn enter(&self, job: JobId, requester: UserId) -> bool {
        match self.live.entry(job) {
            Entry::Occupied(_) => false,
            Entry::Vacant(vacant) => {
                vacant.insert(requester);
                true
            }
        }
    }

    /// Forgets a job.
    pub(super) fn leave(&self, job: JobId) {
        self.live.remove(&job);
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.live.len()
    }
}
