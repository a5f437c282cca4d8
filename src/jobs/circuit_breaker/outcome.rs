//! What came of requests to Whisul.

use std::time::Duration;

use crate::domain::Obstacle;

/// The outcome of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::jobs) enum CallOutcome {
    /// Nothing new to suspect: an expected response, or a failure that was found to be the job's own.
    Success,
    /// Whisul took a prompt.
    Taken,
    /// It failed; nobody knows yet whether for this job alone.
    Doubtful,
    /// Whisul rejected the key for a prompt; nobody knows yet whether for this prompt alone.
    KeyRejected,
    /// Nobody knows whether Whisul took the prompt.
    Unknown,
    /// No connection came about.
    Unreachable,
    /// Whisul asked for fewer prompts.
    Busy(Option<Duration>),
    /// The key's account has no credit left for a prompt.
    OutOfCredit,
}

/// What a probe found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::jobs) enum ProbeResult {
    /// Whisul answered as it should.
    Healthy,
    /// It did not, and perhaps asked to wait.
    Unhealthy(Obstacle, Option<Duration>),
}

/// How prompts have fared since the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::jobs) struct Tally {
    /// Prompts that Whisul accepted.
    pub(in crate::jobs) taken: u64,
    /// Prompts to which it responded that it is busy.
    pub(in crate::jobs) busy: u64,
}
