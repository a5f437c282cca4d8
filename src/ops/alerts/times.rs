//! How long everything about alerts takes.

use std::time::Duration;

/// The times by which alerts are sent.
#[derive(Clone, Copy, Debug)]
pub struct AlertTimes {
    /// How often the causes are looked at.
    pub check_every: Duration,
    /// For how long Whisul or Discord must be away.
    pub outage: Duration,
    /// For how long a cause must be gone to be over. A shorter absence counts as none.
    pub calm: Duration,
    /// How long after an alert there is another one for the same cause, at the earliest.
    pub again_after: Duration,
}

impl Default for AlertTimes {
    fn default() -> Self {
        Self {
            check_every: Duration::from_secs(5),
            outage: Duration::from_mins(10),
            calm: Duration::from_mins(1),
            again_after: Duration::from_hours(1),
        }
    }
}
