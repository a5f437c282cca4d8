//! Waiting, with the message kept up to date meanwhile, until what a job waits for has come or
//! something else interrupts it.

use std::{pin::Pin, sync::Arc, time::Duration};

use tokio::{sync::Notify, time::Instant};

use super::{Worker, live_message::Deleted, retry, step_error::StepError};
use crate::{domain::Job, jobs::Jobs};

/// A job that is overdue by Discord's clock, since the bot was away, is tried for so long.
const SECOND_CHANCE: Duration = Duration::from_mins(10);

impl Worker {
    pub(super) async fn wait_for_retry(
        &self,
        wait: Duration,
        error: &StepError,
    ) -> Result<(), StepError> {
        let StepError::Discord(_) = error else { return self.sleep(wait).await };
        let careful = || self.jobs.discord.has_many_invalid_requests();
        self.unless_stopping(retry::wait(wait, &self.jobs.retry_pace, careful)).await
    }

    /// Waits, unless the bot stops.
    pub(super) async fn sleep(&self, wait: Duration) -> Result<(), StepError> {
        self.unless_stopping(tokio::time::sleep(wait)).await
    }

    /// Does something that may be left undone when the bot stops.
    pub(super) async fn unless_stopping<T>(
        &self,
        work: impl Future<Output = T>,
    ) -> Result<T, StepError> {
        self.jobs.stop.run_until_cancelled(work).await.ok_or(StepError::Stopping)
    }

    /// Waits for an event, with the message kept up to date meanwhile, unless the bot stops, another
    /// writer changes the job, it is overdue, or its message is deleted. The event is not looked at
    /// during an edit.
    ///
    /// Nearly all jobs are here at any moment, so that this takes as little room as it can.
    pub(super) async fn resting_until<T>(
        &mut self,
        mut event: Pin<&mut impl Future<Output = T>>,
    ) -> Result<Result<T, Deleted>, StepError> {
        loop {
            let Self { jobs, job, live_message, row_changed, unchanged_since, .. } = self;
            let overdue_in = overdue_in(jobs, job, *unchanged_since);
            if overdue_in.is_some_and(|left| left.is_zero()) {
                return Err(StepError::Overdue);
            }
            let overdue_at = overdue_in.map(|left| Instant::now() + left);
            let is_edit_due = tokio::select! {
                biased;
                happened = &mut event => return Ok(Ok(happened)),
                () = jobs.stop.cancelled() => return Err(StepError::Stopping),
                () = row_changed.notified() => {
                    return Err(Box::pin(self.overtaken()).await);
                }
                is_edit_due = live_message.until_due(jobs, job, overdue_at) => is_edit_due,
            };
            if is_edit_due && Box::pin(live_message.refresh(jobs, job)).await == Err(Deleted) {
                return Ok(Err(Deleted));
            }
        }
    }

    /// Does something that may be left undone, with the message kept up to date meanwhile, unless
    /// the bot stops, another writer changes the job, or it is overdue.
    pub(super) async fn attending<T>(
        &mut self,
        work: impl Future<Output = T>,
    ) -> Result<T, StepError> {
        let jobs = Arc::clone(&self.jobs);
        let (since, row_changed) = (self.unchanged_since, Arc::clone(&self.row_changed));
        let work = Box::pin(or_interrupted(&jobs, &self.job, since, row_changed, work));
        let done = self.live_message.during(&self.jobs, &self.job, work).await;
        self.unless_overtaken(done).await
    }

    /// The same, unless its message is deleted meanwhile.
    pub(super) async fn waiting_for<T>(
        &mut self,
        event: impl Future<Output = T>,
    ) -> Result<Result<T, Deleted>, StepError> {
        let jobs = Arc::clone(&self.jobs);
        let (since, row_changed) = (self.unchanged_since, Arc::clone(&self.row_changed));
        let event = Box::pin(or_interrupted(&jobs, &self.job, since, row_changed, event));
        match self.live_message.unless_deleted(&self.jobs, &self.job, event).await {
            Ok(came) => Ok(Ok(self.unless_overtaken(came).await?)),
            Err(deleted) => Ok(Err(deleted)),
        }
    }

    /// Reads the job again where another writer has changed it.
    async fn unless_overtaken<T>(&mut self, done: Result<T, StepError>) -> Result<T, StepError> {
        match done {
            Err(StepError::Overtaken) => Err(self.overtaken().await),
            done => done,
        }
    }
}

/// Does something until it is done or the bot stops, another writer has changed the job's row, or
/// the job is overdue.
async fn or_interrupted<T>(
    jobs: &Jobs,
    job: &Job,
    since: Instant,
    row_changed: Arc<Notify>,
    work: impl Future<Output = T>,
) -> Result<T, StepError> {
    tokio::select! {
        // Finished work comes first, so that its result is never lost to a stop at the same moment.
        biased;
        done = work => Ok(done),
        () = jobs.stop.cancelled() => Err(StepError::Stopping),
        () = row_changed.notified() => Err(StepError::Overtaken),
        () = until_overdue(jobs, job, since) => Err(StepError::Overdue),
    }
}

async fn until_overdue(jobs: &Jobs, job: &Job, since: Instant) {
    while let Some(left) = overdue_in(jobs, job, since) {
        if left.is_zero() {
            return;
        }
        tokio::time::sleep(left).await;
    }
    std::future::pending::<()>().await;
}

/// Time until the next overdue check; zero once overdue. Only what
/// this run of the bot has waited for counts, or what Discord's clock says. `None` where it can't be.
pub(super) fn overdue_in(jobs: &Jobs, job: &Job, since: Instant) -> Option<Duration> {
    let (limit, _) = job.overdue_after(jobs.config.job_timeout)?;
    let here = since.elapsed();
    let age = jobs.clock.surely().map(|now| now.since(job.overdue_since()));
    let age = age.filter(|_| here >= SECOND_CHANCE).unwrap_or_default();
    let left = limit.saturating_sub(here.max(age));
    Some(left.min(SECOND_CHANCE))
}
