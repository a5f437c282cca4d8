//! What a Whisul sandbox keeps to.

use std::time::Duration;

/// The numbers that Whisul's documentation leaves open, to be set as a test needs them.
#[derive(Clone, Debug)]
pub struct WhisulRules {
    /// The port on 127.0.0.1; 0 (the default) means any free one.
    pub port: u16,
    /// How long a song takes where no plan says otherwise; 2 s by default.
    pub song_takes: Duration,
    /// So many requests in any span of this length, all endpoints together; more are answered with
    /// 429. No limit by default.
    pub rate_limit: Option<(usize, Duration)>,
    /// Polls of one job that follow each other faster are answered with 429, as the documentation's
    /// polling guide warns. No limit by default.
    pub least_poll_gap: Option<Duration>,
    /// What a 429 says about when to come back.
    pub retry_after: RetryAfter,
}

impl Default for WhisulRules {
    fn default() -> Self {
        Self {
            port: 0,
            song_takes: Duration::from_secs(2),
            rate_limit: None,
            least_poll_gap: None,
            retry_after: RetryAfter::Absent,
        }
    }
}

/// The form of the header `Retry-After`, which Whisul's documentation does not mention.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RetryAfter {
    /// No such header.
    #[default]
    Absent,
    /// A whole number of seconds, rounded up.
    Seconds,
    /// An HTTP date, rounded up to the second.
    Date,
}
