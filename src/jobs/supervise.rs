//! Supervises tasks and requests. A job whose task or request panics resumes from its stored state, as
//! it does after a crash.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use futures_util::FutureExt;
use tracing::{Instrument, error, info_span, warn};

use super::{Backoff, Jobs, worker::Worker};
use crate::domain::{Job, JobId};

/// Waits before that: what has panicked once may do so each time.
const FIRST_WAIT: Duration = Duration::from_secs(1);
const LONGEST_WAIT: Duration = Duration::from_mins(5);

/// A request that no task takes care of yet. If it is dropped before one does, by a panic, it gives
/// back its place in the queue and its entry in the registry, or its job is taken up again.
pub(super) struct InHand {
    jobs: Arc<Jobs>,
    job: Job,
    stage: Stage,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// Nothing is written down.
    New,
    /// There is a row, and perhaps a first answer.
    Admitted,
    /// Somebody else takes care of it.
    PassedOn,
}

impl InHand {
    pub(super) fn new(jobs: &Arc<Jobs>, job: &Job) -> Self {
        Self { jobs: Arc::clone(jobs), job: job.clone(), stage: Stage::New }
    }

    /// Its job is written down.
    pub(super) fn admitted(&mut self) {
        self.stage = Stage::Admitted;
    }

    /// Somebody else takes care of it from now on.
    pub(super) fn pass_on(mut self) {
        self.stage = Stage::PassedOn;
    }
}

impl Drop for InHand {
    fn drop(&mut self) {
        match self.stage {
            Stage::New => self.jobs.let_go(&self.job),
            Stage::Admitted => {
                self.jobs.queue.release(&self.job);
                let taking_up = Arc::clone(&self.jobs).take_up_again(self.job.id);
                let span = info_span!("job", id = %self.job.id);
                self.jobs.tasks.spawn(taking_up.instrument(span));
            }
            Stage::PassedOn => {}
        }
    }
}

impl Jobs {
    /// Lets a worker take care of its job, and others after it as long as each of them panics.
    pub(super) async fn supervise(self: Arc<Self>, worker: Worker) {
        let id = worker.job.id;
        if AssertUnwindSafe(worker.run()).catch_unwind().await.is_err() {
            // Almost never: for thousands that wait, it takes no room.
            Box::pin(self.take_up_again(id)).await;
        }
    }

    async fn take_up_again(self: Arc<Self>, id: JobId) {
        let mut backoff = Backoff::new(FIRST_WAIT, LONGEST_WAIT);
        loop {
            // The panic's own message may hold anything; the panic hook has printed it.
            error!("a job's task panicked, restarting it");
            let Some(worker) = self.another_worker(id, &mut backoff).await else { break };
            if AssertUnwindSafe(worker.run()).catch_unwind().await.is_ok() {
                return;
            }
        }
        self.registry.leave(id);
    }

    /// A worker for a job as it is on disk; `None` where that is gone, or the bot stops.
    async fn another_worker(self: &Arc<Self>, id: JobId, backoff: &mut Backoff) -> Option<Worker> {
        loop {
            let pause = tokio::time::sleep(backoff.next());
            self.stop.run_until_cancelled(pause).await?;
            match self.store.job(id).await {
                Ok(job) => return job.map(|job| self.worker(job, None)),
                Err(error) => warn!(%error, "reading the job failed"),
            }
        }
    }
}
