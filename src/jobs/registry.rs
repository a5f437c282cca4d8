//! The live jobs: those that a task of this process takes care of.

use std::sync::Arc;

use dashmap::{DashMap, Entry};
use tokio::sync::Notify;

use crate::domain::JobId;

/// Which jobs are live, and how to wake their tasks.
#[derive(Debug, Default)]
pub(super) struct Registry {
    live: DashMap<JobId, Arc<Notify>>,
}

impl Registry {
    /// Notes a job as live; `false` if it already is, so that no job ever has two tasks.
    pub(super) fn enter(&self, job: JobId) -> bool {
        match self.live.entry(job) {
            Entry::Occupied(_) => false,
            Entry::Vacant(vacant) => {
                vacant.insert(Arc::default());
                true
            }
        }
    }

    /// What a live job's task is told by that another hand has written to its row.
    pub(super) fn news(&self, job: JobId) -> Arc<Notify> {
        self.live.get(&job).map(|entry| Arc::clone(entry.value())).unwrap_or_default()
    }

    /// Tells a job's task, if there is one, that another hand has written to its row.
    pub(super) fn wake(&self, job: JobId) {
        if let Some(entry) = self.live.get(&job) {
            entry.notify_one();
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
