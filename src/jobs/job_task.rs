//! What a job's task is made of: its work, and the span within which the log tells of the job, from
//! the request to the last follow-up.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use tracing::{Span, info_span};

use crate::domain::JobId;

/// The work of a job's task. Boxed, since each `async fn` that is given a future keeps room for it
/// twice.
pub(super) type JobTask = Pin<Box<dyn Future<Output = ()> + Send>>;

/// The span of a job. Each looks the same in the log.
pub(super) fn job_span(job: JobId) -> Span {
    // Of no other span's: a song may be asked for with the button of another one.
    info_span!(parent: None, "job", id = %job)
}

/// A future that runs within the span of a job. The span exists only while the future runs: kept, it
/// would take as much room as the job.
pub(super) struct InJobSpan<F> {
    job: JobId,
    future: Pin<Box<F>>,
}

impl<F> InJobSpan<F> {
    pub(super) fn new(job: JobId, future: Pin<Box<F>>) -> Self {
        Self { job, future }
    }
}

impl<F: Future> Future for InJobSpan<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        job_span(self.job).in_scope(|| self.future.as_mut().poll(context))
    }
}
