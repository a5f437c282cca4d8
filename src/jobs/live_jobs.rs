//! The live jobs: those that a task of this process takes care of.

use std::sync::Arc;

use dashmap::DashMap;
use tokio::sync::Notify;

use crate::domain::{Cancellation, Event, Failure, Job, JobId, State};

/// Which jobs are live, how to wake their tasks, and which of them are to be cancelled. Cheap to
/// clone; all clones share one list.
#[derive(Clone, Debug, Default)]
pub(super) struct LiveJobs {
    live: Arc<DashMap<JobId, LiveEntry>>,
}

/// The right to be a job's only task. Dropping it removes the job from the live ones.
#[derive(Debug)]
pub(super) struct LiveJob {
    live_jobs: LiveJobs,
    pub(super) id: JobId,
    /// Wakes the job's task after another writer changed its row.
    pub(super) row_changed: Arc<Notify>,
}

/// A cancellation that somebody asks for.
#[derive(Clone, Debug)]
pub(super) struct CancelRequest {
    pub(super) cancellation: Cancellation,
    /// Whether the bot's owner asks, who may also end a song that runs.
    pub(super) even_running: bool,
}

impl CancelRequest {
    /// What it means for a job in its present state; `None` if that can't be cancelled.
    pub(super) fn event(&self, job: &Job) -> Option<Event> {
        match job.state {
            State::Announced => Some(Event::Cancelled(self.cancellation.clone())),
            State::Running { .. } if self.even_running => {
                let reason = self.cancellation.reason.clone();
                Some(Event::Failed(Failure::Ended { reason }))
            }
            _ => None,
        }
    }
}

#[derive(Debug)]
struct LiveEntry {
    row_changed: Arc<Notify>,
    /// It is to be cancelled once it is known what came of its prompt, which is on its way.
    request: Option<CancelRequest>,
}

impl LiveJobs {
    /// Notes a job as live. `None` if it already is, so that no job ever has two tasks.
    pub(super) fn enter(&self, id: JobId) -> Option<LiveJob> {
        let dashmap::Entry::Vacant(vacant) = self.live.entry(id) else { return None };
        let row_changed = Arc::new(Notify::new());
        vacant.insert(LiveEntry { row_changed: Arc::clone(&row_changed), request: None });
        Some(LiveJob { live_jobs: self.clone(), id, row_changed })
    }

    /// Tells a job's task, if there is one, that another writer has changed its row.
    pub(super) fn wake(&self, job: JobId) {
        if let Some(live) = self.live.get(&job) {
            live.row_changed.notify_one();
        }
    }

    /// Remembers that a job is to be cancelled, for its task. `false` if there is none.
    pub(super) fn remember(&self, job: JobId, request: &CancelRequest) -> bool {
        let Some(mut live) = self.live.get_mut(&job) else { return false };
        if live.request.as_ref().is_none_or(|known| request.even_running && !known.even_running) {
            live.request = Some(request.clone());
        }
        true
    }

    /// Whether a job is to be cancelled.
    pub(super) fn is_to_be_cancelled(&self, job: JobId) -> bool {
        self.live.get(&job).is_some_and(|live| live.request.is_some())
    }

    /// How a job is to be cancelled, once.
    pub(super) fn take_cancel_request(&self, job: JobId) -> Option<CancelRequest> {
        self.live.get_mut(&job).and_then(|mut live| live.request.take())
    }

    /// How many jobs this process works on.
    pub(super) fn len(&self) -> usize {
        self.live.len()
    }
}

impl Drop for LiveJob {
    fn drop(&mut self) {
        self.live_jobs.live.remove(&self.id);
    }
}
