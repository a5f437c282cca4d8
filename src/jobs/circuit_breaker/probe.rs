//! Finding out whether Whisul is well, by asking for a job that nobody has: that is free, and no
//! job's own fault can have part in it. What the responses to all requests say about Whisul as a whole
//! is written down here.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use futures_util::FutureExt;
use tracing::{debug, error, info, warn};

use super::{CallOutcome, CallPermit, Doubt, ProbeResult};
use crate::{
    domain::{Obstacle, Report, WhisulJob, WhisulJobId},
    jobs::{Jobs, rounded},
    metrics::Activity,
    whisul::{PollError, SubmitError, Trouble},
};

/// Before the prober starts over after a panic.
const PROBE_GAP: Duration = Duration::from_secs(1);

impl Jobs {
    /// Probes Whisul whenever the breaker wants to know how it is, until the bot stops.
    pub(in crate::jobs) async fn probe_whisul(self: Arc<Self>) {
        let mut accepted = false;
        let probing = async {
            loop {
                let probes = async {
                    loop {
                        self.probe(&mut accepted).await;
                    }
                };
                let ended: Result<(), _> = AssertUnwindSafe(probes).catch_unwind().await;
                if ended.is_err() {
                    error!("the probe of Whisul panicked, restarting it");
                }
                tokio::time::sleep(PROBE_GAP).await;
            }
        };
        self.stop.run_until_cancelled(probing).await;
    }

    /// One probe. `accepted`: whether one has found the key to be valid.
    async fn probe(self: &Arc<Self>, accepted: &mut bool) {
        let probe = self.breaker.probe_due().await;
        let permit = self.whisul.permit().await;
        let nobodys = WhisulJob { id: WhisulJobId::nobodys(), poll_url: None };
        let response = permit.poll(&nobodys).await;
        if let Err(error) = &response {
            debug!(%error, "a probe of Whisul failed");
        }
        let was_open = self.breaker.obstacle(None).is_some();
        let result = probe_result(&response);
        let obstacle = probe.report(result);
        if obstacle == Some(Obstacle::BadKey) && response.is_ok() {
            warn!("Whisul answers the probe, but rejects all prompts as if the key were wrong");
        }
        let cause = response.err().map(|error| error.cause());
        self.report_obstacle(obstacle, cause.as_deref());
        if result == ProbeResult::Healthy {
            self.metrics.last_seen().record(Activity::Key);
            if was_open {
                info!("Whisul answers again");
            }
            if !std::mem::replace(accepted, true) {
                info!("Whisul accepts the API key");
            }
        }
    }

    /// Passes on what came of a request to Whisul. Returns the doubt that it has raised.
    pub(in crate::jobs) fn record_call(
        self: &Arc<Self>,
        permit: CallPermit<'_>,
        outcome: CallOutcome,
    ) -> Doubt {
        let (obstacle, doubt) = permit.report(outcome);
        self.report_obstacle(obstacle, None);
        doubt
    }

    /// Logs an obstacle, and tells the owner of one that only they can remove.
    fn report_obstacle(self: &Arc<Self>, obstacle: Option<Obstacle>, cause: Option<&str>) {
        match obstacle {
            Some(Obstacle::BadKey) => {
                error!("Whisul rejected the API key (WHISUL_API_KEY); songs wait until it works");
            }
            Some(Obstacle::OutOfCredit) => {
                error!("the Whisul account is out of credit, songs wait until there is some");
            }
            Some(obstacle) => {
                let next_attempt_in = rounded(self.breaker.next_attempt_in());
                warn!(?obstacle, cause, ?next_attempt_in, "requests to Whisul are held back");
            }
            None => {}
        }
        if let Some(obstacle) = obstacle {
            self.alert_owners(obstacle);
        }
    }
}

/// What a probe's response says about Whisul.
fn probe_result(response: &Result<Report, PollError>) -> ProbeResult {
    match response {
        Ok(_) => ProbeResult::Healthy,
        // It dislikes the id, but says so itself, and to one with a key that is valid.
        Err(PollError::Transient { source: Trouble::Status { status: 400..500 }, .. }) => {
            ProbeResult::Healthy
        }
        Err(PollError::BadKey) => ProbeResult::Unhealthy(Obstacle::BadKey, None),
        Err(PollError::OutOfCredit) => ProbeResult::Unhealthy(Obstacle::OutOfCredit, None),
        Err(PollError::Transient { retry_after: None, .. }) => {
            ProbeResult::Unhealthy(Obstacle::Unreachable, None)
        }
        Err(PollError::RateLimited { retry_after } | PollError::Transient { retry_after, .. }) => {
            ProbeResult::Unhealthy(Obstacle::Busy, *retry_after)
        }
    }
}

/// What a poll's response says about Whisul. `may_doubt`: whether it is time to find out again whose
/// fault a failure is.
pub(in crate::jobs) fn poll_outcome(
    response: &Result<Report, PollError>,
    may_doubt: bool,
) -> CallOutcome {
    match response {
        // Even of one that is told to wait: while probes are answered, it waits alone.
        Err(_) if may_doubt => CallOutcome::Doubtful,
        Ok(_) | Err(_) => CallOutcome::Success,
    }
}

/// What the response to a prompt says about Whisul.
pub(in crate::jobs) fn submission_outcome(
    response: &Result<WhisulJob, SubmitError>,
) -> CallOutcome {
    match response {
        Ok(_) => CallOutcome::Taken,
        Err(SubmitError::Rejected { .. }) => CallOutcome::Success,
        Err(SubmitError::BadKey { .. }) => CallOutcome::KeyRejected,
        Err(SubmitError::Undocumented { .. }) => CallOutcome::Doubtful,
        Err(SubmitError::OutOfCredit) => CallOutcome::OutOfCredit,
        Err(SubmitError::NotTaken { retry_after: None, .. }) => CallOutcome::Unreachable,
        Err(
            SubmitError::RateLimited { retry_after } | SubmitError::NotTaken { retry_after, .. },
        ) => CallOutcome::Busy(*retry_after),
        Err(SubmitError::UnknownOutcome { .. }) => CallOutcome::Unknown,
    }
}
