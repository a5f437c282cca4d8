//! The one place that every call of the store passes on its way to the database.

use std::{fmt, pin::Pin, sync::Arc};

use tokio::time::Instant;

use super::{Store, StoreError};
use crate::{domain::JobId, metrics::Metrics};

/// What a call of the store does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operation {
    /// Its name: that of the store's method.
    pub name: &'static str,
    /// Whether it writes.
    pub is_write: bool,
    /// The job, or the interaction of the admin action, that it is about, if it is about one.
    pub job: Option<JobId>,
}

/// The work of an operation. Without it being driven to its end, nothing is read or written.
pub type Work<'a> = Pin<Box<dyn Future<Output = ()> + Send + 'a>>;

/// An operation on its way through an interceptor.
pub type Intercepted<'a> = Pin<Box<dyn Future<Output = Result<(), StoreError>> + Send + 'a>>;

/// Drives the store's operations, in place of whoever awaits them. The simulation does so to delay
/// them, to let them fail, and to keep their threads in step with its clock.
pub trait Interceptor: fmt::Debug + Send + Sync {
    /// Drives the work to its end, or returns an error, be it before or after.
    fn intercept<'a>(&'a self, operation: Operation, work: Work<'a>) -> Intercepted<'a>;
}

impl Operation {
    pub(super) fn read(name: &'static str) -> Self {
        Self { name, is_write: false, job: None }
    }

    pub(super) fn write(name: &'static str) -> Self {
        Self { is_write: true, ..Self::read(name) }
    }

    pub(super) fn of(self, job: JobId) -> Self {
        Self { job: Some(job), ..self }
    }
}

impl Store {
    /// The same store, whose operations an interceptor drives.
    #[must_use]
    pub fn intercepted_by(&self, interceptor: Arc<dyn Interceptor>) -> Self {
        Self { interceptor: Some(interceptor), ..self.clone() }
    }

    /// The same store, whose operations are counted.
    #[must_use]
    pub(crate) fn measured_by(&self, metrics: &Metrics) -> Self {
        Self { metrics: metrics.clone(), ..self.clone() }
    }

    /// Does the work of an operation.
    pub(super) async fn run<T: Send>(
        &self,
        operation: Operation,
        work: impl Future<Output = Result<T, StoreError>> + Send,
    ) -> Result<T, StoreError> {
        let began = Instant::now();
        let result = self.run_unmeasured(operation, work).await;
        self.metrics.families().database(operation.is_write, result.is_ok(), began.elapsed());
        result
    }

    async fn run_unmeasured<T: Send>(
        &self,
        operation: Operation,
        work: impl Future<Output = Result<T, StoreError>> + Send,
    ) -> Result<T, StoreError> {
        let Some(interceptor) = &self.interceptor else { return work.await };
        let mut result = None;
        let work = Box::pin(async { result = Some(work.await) });
        interceptor.intercept(operation, work).await?;
        result.unwrap_or_else(|| Err(sqlx::Error::WorkerCrashed.into()))
    }
}
