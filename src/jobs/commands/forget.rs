//! Forgetting jobs that are long over, and what people want to be forgotten.

use std::{sync::Arc, time::Duration};

use tokio::time::{sleep, timeout};
use tracing::{info, warn};

use crate::{
    domain::{AuditEntry, UserId, forgotten_before},
    jobs::{Backoff, Jobs},
    store::{Erasure, StoreError},
};

/// Between two looks for what is old enough.
const FORGET_INTERVAL: Duration = Duration::from_hours(1);

/// How many jobs are forgotten in one go, so that nobody who asks for a song waits for it.
const FORGET_BATCH: u32 = 200;

/// Between two attempts to empty the database's write-ahead log.
const PURGE_PAUSE: Duration = Duration::from_millis(20);
const PURGE_PAUSE_MAX: Duration = Duration::from_secs(10);

/// How long somebody's response may wait for that. It goes on by itself where others, such as a
/// backup, read the database for longer.
const PURGE_WAIT: Duration = Duration::from_millis(400);

impl Jobs {
    /// Forgets old jobs, now and from time to time, until the bot stops.
    pub(in crate::jobs) async fn forget_old_jobs(self: Arc<Self>) {
        let forgetting = async {
            loop {
                match self.forget().await {
                    Ok(0) => {}
                    Ok(jobs) => info!(jobs, "forgot old jobs"),
                    Err(error) => warn!(%error, "deleting old jobs failed, retrying later"),
                }
                // Whatever an earlier run, or a wish that was written down late, has left there.
                self.purge().await;
                sleep(FORGET_INTERVAL).await;
            }
        };
        self.stop.run_until_cancelled(forgetting).await;
    }

    /// Forgets what the person's songs were, as far as they are over.
    ///
    /// # Errors
    /// When the database can't be written.
    pub async fn forget_person(self: &Arc<Self>, person: UserId) -> Result<Erasure, StoreError> {
        let erasure = self.store.erase(person).await?;
        info!(requester = %person, erased = erasure.erased, "data erased on request");
        let jobs = Arc::clone(self);
        let purging = self.tasks.spawn(async move {
            jobs.stop.run_until_cancelled(jobs.purge()).await;
        });
        // The person who is told that their songs are forgotten may look into the files.
        _ = timeout(PURGE_WAIT, purging).await;
        Ok(erasure)
    }

    /// Empties the database's write-ahead log, which holds what was erased, as soon as everybody
    /// who reads lets it.
    async fn purge(&self) {
        let _one_at_a_time = self.purging.lock().await;
        let mut backoff = Backoff::new(PURGE_PAUSE, PURGE_PAUSE_MAX);
        loop {
            match self.store.empty_log().await {
                Ok(true) => return,
                Ok(false) => {}
                Err(error) => {
                    warn!(%error, "emptying the write-ahead log failed, retrying");
                }
            }
            sleep(backoff.next()).await;
        }
    }

    async fn forget(&self) -> Result<u64, StoreError> {
        let Some(latest) = self.store.latest().await? else { return Ok(0) };
        // Acts of admins may know of songs for longer than the settings say by now.
        let actions = self.store.remembering().await?;
        let longest = actions.iter().filter_map(AuditEntry::remembers).max().unwrap_or_default();
        let retention = self.config.history_retention.max(longest);
        let before = forgotten_before(self.clock.now(), latest, retention);
        self.store.forget_admin_actions(before).await?;
        let mut forgotten = 0;
        loop {
            let batch = self.store.forget(before, FORGET_BATCH).await?;
            forgotten += batch;
            if batch < u64::from(FORGET_BATCH) {
                return Ok(forgotten);
            }
        }
    }
}
