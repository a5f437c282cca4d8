//! What is kept about a person's jobs.

use crate::domain::{Charge, Job, JobId};

/// What is kept about one of a person's jobs.
#[derive(Clone, Debug)]
pub enum Record {
    /// The job.
    Job(Box<Job>),
    /// What is left of a job that its requester wanted to be forgotten.
    Erased {
        /// Which it was, and so when it was asked for.
        id: JobId,
        /// What it takes from the quotas.
        charge: Charge,
    },
}

impl Record {
    /// The job's id.
    pub fn id(&self) -> JobId {
        match self {
            Self::Job(job) => job.id,
            Self::Erased { id, .. } => *id,
        }
    }
}
