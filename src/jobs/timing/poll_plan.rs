//! The plan of polls that all running songs share.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

use crate::{
    domain::{Estimate, PollPlan},
    jobs::Jobs,
};

/// For how long one plan serves at least: thousands of songs may end within a second, and each is worth
/// knowing for the next plan.
const PLAN_LASTS: Duration = Duration::from_secs(1);

/// The latest plan, and what it was made of.
#[derive(Debug, Default)]
pub(in crate::jobs) struct LatestPollPlan {
    latest: Mutex<Option<MadePlan>>,
}

#[derive(Debug)]
struct MadePlan {
    at: Instant,
    of: Estimate,
    plan: Arc<PollPlan>,
}

impl Jobs {
    /// When songs are polled, by what is known of the latest ones.
    pub(in crate::jobs) fn poll_plan(&self) -> Arc<PollPlan> {
        let mut latest = self.poll_plan.latest.lock().unwrap_or_else(PoisonError::into_inner);
        let lasts = PLAN_LASTS.min(self.config.poll_interval);
        if let Some(made) = latest.as_ref().filter(|made| made.at.elapsed() < lasts) {
            return Arc::clone(&made.plan);
        }
        let estimate = self.estimate().clone();
        if let Some(made) = latest.as_mut().filter(|made| made.of == estimate) {
            made.at = Instant::now();
            return Arc::clone(&made.plan);
        }
        let plan = Arc::new(PollPlan::new(&estimate, self.config.poll_interval));
        *latest = Some(MadePlan { at: Instant::now(), of: estimate, plan: Arc::clone(&plan) });
        plan
    }
}
