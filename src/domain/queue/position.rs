//! A place in the order of turns.

use crate::domain::JobId;

/// A place in the order of turns: earlier rounds first, older jobs first within one.
///
/// Nothing but this decides who is next, and it is written down with the job, so that the order is
/// the same after a restart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct QueuePosition {
    /// The round.
    pub round: u32,
    /// The job.
    pub job: JobId,
}
