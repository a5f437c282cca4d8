//! When an alert is due: at most one an hour for each cause, and an end for each that was sent.

use std::{collections::BTreeMap, time::Duration};

use tokio::time::Instant;

use super::{
    cause::{AlertCause, AlertState},
    times::AlertTimes,
};

/// What has been seen of each cause, and what was sent.
#[derive(Debug)]
pub(super) struct AlertSchedule {
    times: AlertTimes,
    causes: BTreeMap<AlertCause, CauseHistory>,
}

/// The course of one cause.
#[derive(Debug, Default)]
struct CauseHistory {
    /// Since when it has been there.
    since: Option<Instant>,
    /// Since when it has not been seen, while that may be a short absence.
    gone_since: Option<Instant>,
    /// When its last alert was sent.
    alerted_at: Option<Instant>,
    /// Whether that alert has no end yet.
    is_open: bool,
}

impl AlertSchedule {
    pub(super) fn new(times: AlertTimes) -> Self {
        Self { times, causes: BTreeMap::new() }
    }

    /// Takes in whether a cause is there now. Returns what is to be sent about it.
    pub(super) fn observe(
        &mut self,
        cause: AlertCause,
        is_present: bool,
        now: Instant,
    ) -> Option<AlertState> {
        let course = self.causes.entry(cause).or_default();
        if is_present {
            course.start(now, cause.patience(&self.times), self.times.again_after)
        } else {
            course.end(now, self.times.calm)
        }
    }
}

impl CauseHistory {
    fn start(
        &mut self,
        now: Instant,
        patience: Duration,
        again_after: Duration,
    ) -> Option<AlertState> {
        self.gone_since = None;
        let since = *self.since.get_or_insert(now);
        let may_alert = self.alerted_at.is_none_or(|at| now - at >= again_after);
        if self.is_open || !may_alert || now - since < patience {
            return None;
        }
        (self.is_open, self.alerted_at) = (true, Some(now));
        Some(AlertState::Started)
    }

    fn end(&mut self, now: Instant, calm: Duration) -> Option<AlertState> {
        self.since?;
        let gone_since = *self.gone_since.get_or_insert(now);
        if now - gone_since < calm {
            return None;
        }
        (self.since, self.gone_since) = (None, None);
        std::mem::take(&mut self.is_open).then_some(AlertState::Ended)
    }
}

#[cfg(test)]
mod tests;
