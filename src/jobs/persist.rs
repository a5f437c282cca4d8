//! Every write of a job, and on either side of it a place where the crash test can end the process.

use tracing::info;

use super::Jobs;
use crate::{
    domain::{Charge, Delivery, Job, Requester, Restriction, State},
    failpoint::{Moment, reach},
    metrics::{Activity, JobStage},
    store::{Admission, StoreError},
};

impl Jobs {
    /// Checks a new job against the limits and the blocked words, charges it and writes it down.
    /// Words are sought only once nothing else keeps it out, and before anybody has to wait for it.
    /// A word that is added meanwhile counts from the next prompt on.
    ///
    /// # Errors
    /// When the database can't be read or written.
    pub(super) async fn write_new(
        &self,
        job: &Job,
        requester: &Requester<'_>,
    ) -> Result<Admission, StoreError> {
        let words = self.store.words_in(job.place.guild).await?;
        if !words.is_empty() {
            let turned_away = self.store.foresee(job, requester, &self.config.limits).await?;
            if let Some(turned_away) = turned_away {
                return Ok(turned_away);
            }
            if self.words.finds(words, vec![job.prompt.as_str().to_owned()]).await {
                return Ok(Admission::Restricted(Restriction::Word));
            }
        }
        reach("admission", Moment::Before);
        let admission = self.store.admit(job, requester, &self.config.limits).await;
        reach("admission", Moment::After);
        admission
    }

    /// Like [`Self::write`], but first applies the refund limit. Returns the written job, or `None` if
    /// another writer was faster.
    ///
    /// # Errors
    /// When the database can't be read or written.
    pub(super) async fn write_limiting_refunds(
        &self,
        before: &Job,
        after: &Job,
    ) -> Result<Option<Job>, StoreError> {
        let is_refunded = after.charge == Charge::KeyOnly && before.charge == Charge::Full;
        // Songs that fail together must not all be taken for the first.
        let _one_at_a_time = if is_refunded { Some(self.refunds.lock().await) } else { None };
        let mut after = after.clone();
        if is_refunded {
            let refunded = self.count_refunds(&after).await?;
            after = after.with_refund_limit(refunded);
        }
        Ok(self.write(before, &after).await?.then_some(after))
    }

    /// How many failures were refunded to a job's requester, within the window of the quotas that
    /// count their songs.
    async fn count_refunds(&self, job: &Job) -> Result<u32, StoreError> {
        let overrides = self.store.overrides(job.requester, job.place.guild).await?;
        match self.config.limits.with(&overrides).longest_window() {
            Some(window) => {
                self.store.refunded(job, job.id.created_at().saturating_sub(window)).await
            }
            None => Ok(0),
        }
    }

    /// Writes down what has become of a job; `false` where somebody else was faster.
    ///
    /// # Errors
    /// When the database can't be written.
    pub(super) async fn write(&self, before: &Job, after: &Job) -> Result<bool, StoreError> {
        reach(step(before, after), Moment::Before);
        let written = self.store.save(before, after).await;
        reach(step(before, after), Moment::After);
        if written.as_ref().is_ok_and(|written| *written) {
            tell(before, after);
            self.count(before, after);
        }
        written
    }

    /// Counts what has become of a job, and how long that took.
    fn count(&self, before: &Job, after: &Job) {
        let families = self.metrics.families();
        let since_command = || self.clock.now().since(after.id.created_at());
        if before.state.name() != after.state.name() {
            match &after.state {
                State::Running { .. } => families.left(JobStage::Queue, since_command()),
                State::Completed { took, .. } => families.left(JobStage::Song, *took),
                _ => {}
            }
            if after.has_outcome() || after.state == State::Abandoned {
                families.ended(after.state.name());
            }
        }
        match (before.delivery, after.delivery) {
            (Delivery::Pending | Delivery::Posting(_), Delivery::Delivered) => {
                self.metrics.last_seen().record(Activity::Delivery);
                families.delivered(true);
                families.left(JobStage::Total, since_command());
            }
            (Delivery::Pending | Delivery::Posting(_), Delivery::Undeliverable) => {
                families.delivered(false);
            }
            _ => {}
        }
    }
}

/// Logs what has become of a job, within its span.
fn tell(before: &Job, after: &Job) {
    let (from, to) = (before.state.name(), after.state.name());
    if from == to {
        info!(state = to, delivery = ?after.delivery, "delivery state changed");
    } else {
        info!(from, to, "job state changed");
    }
}

/// The name of a write: that of the state, of the delivery once the state stays as it is, or of
/// which follow-ups are left once that stays, too.
fn step(before: &Job, after: &Job) -> &'static str {
    match after.delivery {
        _ if before.follow_ups.notice && !after.follow_ups.notice => "notice",
        _ if before.follow_ups.files && !after.follow_ups.files => "files",
        Delivery::Pending => after.state.name(),
        Delivery::Posting(_) => "posting",
        Delivery::Delivered => "delivered",
        Delivery::Undeliverable => "undeliverable",
    }
}
