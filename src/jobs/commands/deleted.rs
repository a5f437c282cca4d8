//! Songs under way whose message a person deleted. A deletion is noticed by an edit, and there may be
//! none for long: until a waiting song's turn comes, its requester could neither see nor cancel it.

use std::{sync::Arc, time::Duration};

use futures_util::future::join_all;
use tokio::time::{Instant, timeout_at};
use tracing::{info, warn};

use super::cancel::Cancelling;
use crate::{
    domain::{Cancellation, Canceller, Job, State, UserId},
    jobs::{Jobs, live_jobs::CancelRequest},
    store::StoreError,
};

/// How long one may look, at most: the person who asks is to be answered within 3 seconds.
const LOOK_UP_TIME: Duration = Duration::from_millis(700);

/// At most so many messages are looked at.
const MAX_LOOK_UPS: usize = 10;

impl Jobs {
    /// A person's jobs that have no outcome yet, the oldest first. Those whose message is deleted are
    /// cancelled while they wait, and left out; one that is being made comes without its message.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn under_way_seen(
        self: &Arc<Self>,
        person: UserId,
        until: Instant,
    ) -> Result<Vec<Job>, StoreError> {
        let mut jobs = self.store.under_way(person).await?;
        let deleted = self.deleted(&jobs, until).await;
        let mut cancelled = Vec::new();
        for (job, _) in jobs.iter_mut().zip(&deleted).filter(|(_, is_deleted)| **is_deleted) {
            job.message = None;
            if self.cancel_deleted(job).await {
                cancelled.push(job.id);
            }
        }
        jobs.retain(|job| !cancelled.contains(&job.id));
        Ok(jobs)
    }

    /// Cancels a person's waiting songs whose message is deleted. Says whether there were any.
    pub(super) async fn cancel_unseen(self: &Arc<Self>, person: UserId, until: Instant) -> bool {
        let waiting = match self.store.under_way(person).await {
            Ok(jobs) => jobs.into_iter().filter(|job| job.state == State::Announced),
            Err(error) => {
                warn!(%error, "reading open jobs failed");
                return false;
            }
        };
        let waiting: Vec<Job> = waiting.collect();
        let mut is_any = false;
        for (job, is_deleted) in waiting.iter().zip(self.deleted(&waiting, until).await) {
            is_any |= is_deleted && self.cancel_deleted(job).await;
        }
        is_any
    }

    /// For each of these jobs, whether its message is known to be deleted.
    async fn deleted(&self, jobs: &[Job], until: Instant) -> Vec<bool> {
        let (now, until) = (self.clock.now(), until.min(Instant::now() + LOOK_UP_TIME));
        let looks = jobs.iter().take(MAX_LOOK_UPS).map(|job| async move {
            let is_told = job.state != State::Accepted && job.message.is_some();
            let look = timeout_at(until, self.deliverer.is_deleted(job, now));
            is_told && look.await.unwrap_or(false)
        });
        join_all(looks).await
    }

    async fn cancel_deleted(&self, job: &Job) -> bool {
        if job.state != State::Announced {
            return false;
        }
        let cancellation = Cancellation::by(Canceller::Deletion);
        let request = CancelRequest { cancellation, even_running: false };
        match self.write_cancellation(job.id, request).await {
            Ok(Cancelling::Written(_)) => {
                info!(job = %job.id, "a waiting song was cancelled, since its message is deleted");
                self.live.wake(job.id);
                true
            }
            Ok(Cancelling::Unchanged(_)) => false,
            Err(error) => {
                warn!(job = %job.id, %error, "cancelling a waiting song failed");
                false
            }
        }
    }
}
