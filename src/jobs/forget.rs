//! Forgetting jobs that are long over.

use std::{sync::Arc, time::Duration};

use tracing::{info, warn};

use super::Jobs;
use crate::{
    domain::{Deed, forgotten_before},
    store::StoreError,
};

/// Between two looks for what is old enough.
const INTERVAL: Duration = Duration::from_hours(1);

/// How many jobs are forgotten in one go, so that nobody who asks for a song waits for it.
const BATCH: u32 = 200;

impl Jobs {
    /// Forgets old jobs, now and from time to time, until the bot stops.
    pub(super) async fn forget_old_jobs(self: Arc<Self>) {
        let forgetting = async {
            loop {
                match self.forget().await {
                    Ok(0) => {}
                    Ok(jobs) => info!(jobs, "forgot old jobs"),
                    Err(error) => warn!(%error, "old jobs can't be forgotten; tried again later"),
                }
                tokio::time::sleep(INTERVAL).await;
            }
        };
        self.stop.run_until_cancelled(forgetting).await;
    }

    async fn forget(&self) -> Result<u64, StoreError> {
        let Some(latest) = self.store.latest().await? else { return Ok(0) };
        // Acts of admins may know of songs for longer than the settings say by now.
        let acts = self.store.remembering().await?;
        let longest = acts.iter().filter_map(Deed::remembers).max().unwrap_or_default();
        let retention = self.rules.history_retention.max(longest);
        let before = forgotten_before(self.clock.now(), latest, retention);
        self.store.forget_acts(before).await?;
        let mut forgotten = 0;
        loop {
            let batch = self.store.forget(before, BATCH).await?;
            forgotten += batch;
            if batch < u64::from(BATCH) {
                return Ok(forgotten);
            }
        }
    }
}
