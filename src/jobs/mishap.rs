//! A job whose task has panicked is taken up again, as after a crash: what is on disk says what is
//! to be done.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use futures_util::FutureExt;
use tracing::{error, warn};

use super::{Backoff, Jobs, worker::Worker};
use crate::domain::JobId;

/// Waits before that: what has panicked once may do so each time.
const FIRST_WAIT: Duration = Duration::from_secs(1);
const LONGEST_WAIT: Duration = Duration::from_mins(5);

impl Jobs {
    /// Lets a worker take care of its job, and others after it as long as each of them panics.
    pub(super) async fn see_through(self: Arc<Self>, worker: Worker) {
        let id = worker.job.id;
        if AssertUnwindSafe(worker.run()).catch_unwind().await.is_err() {
            // Almost never: for thousands that wait, it takes no room.
            Box::pin(self.take_up_again(id)).await;
        }
    }

    async fn take_up_again(self: &Arc<Self>, id: JobId) {
        let mut backoff = Backoff::new(FIRST_WAIT, LONGEST_WAIT);
        loop {
            // The panic's own message may hold anything; the panic hook has printed it.
            error!("a job's task panicked; it is taken up again");
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
                Err(error) => warn!(%error, "the job can't be read"),
            }
        }
    }
}
