//! Supervises tasks. A job whose task panics, with its first response or later, resumes from its stored
//! state, as it does after a crash.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use futures_util::FutureExt;
use tracing::{error, warn};

use super::{Backoff, Jobs, job_task::JobTask, live_jobs::LiveJob, worker::Worker};

/// Waits before that: what has panicked once may do so each time.
const FIRST_WAIT: Duration = Duration::from_secs(1);
const LONGEST_WAIT: Duration = Duration::from_mins(5);

impl Jobs {
    /// Runs a job's task, and others after it as long as each of them panics.
    pub(super) async fn supervise(self: Arc<Self>, live_job: LiveJob, task: JobTask) {
        if AssertUnwindSafe(task).catch_unwind().await.is_err() {
            // Almost never: for thousands that wait, it takes no room.
            Box::pin(self.restart(live_job)).await;
        }
    }

    async fn restart(self: Arc<Self>, live_job: LiveJob) {
        let mut backoff = Backoff::new(FIRST_WAIT, LONGEST_WAIT);
        loop {
            // The panic's own message may hold anything; the panic hook has printed it.
            error!("a job's task panicked, restarting it");
            let Some(worker) = self.another_worker(&live_job, &mut backoff).await else { return };
            if AssertUnwindSafe(worker.run()).catch_unwind().await.is_ok() {
                return;
            }
        }
    }

    /// A worker for a job as it is on disk; `None` where that is gone, or the bot stops.
    async fn another_worker(
        self: &Arc<Self>,
        live_job: &LiveJob,
        backoff: &mut Backoff,
    ) -> Option<Box<Worker>> {
        loop {
            let pause = tokio::time::sleep(backoff.next());
            self.stop.run_until_cancelled(pause).await?;
            match self.store.job(live_job.id).await {
                Ok(job) => return job.map(|job| self.worker(job, None, &live_job.row_changed)),
                Err(error) => warn!(%error, "reading the job failed"),
            }
        }
    }
}
