//! What the running bot counts and times, for `/metrics`, and the signs of life from which its
//! health is judged. Each bot has its own; clones share it.
//!
//! Names follow Prometheus' conventions. Labels come from fixed lists: an id or a prompt as a label
//! would be a leak, and a new time series for each song.

mod families;
mod last_seen;
mod registrar;

use std::sync::Arc;

pub(crate) use families::{Families, JobStage, Service};
pub(crate) use last_seen::{Activity, Heartbeat, LastSeen, WhisulHealth};
pub(crate) use registrar::Registrar;

/// The metrics of one bot.
#[derive(Clone, Debug, Default)]
pub struct Metrics(Arc<MetricsInner>);

#[derive(Debug, Default)]
struct MetricsInner {
    families: Families,
    last_seen: LastSeen,
}

impl Metrics {
    /// The counters and histograms.
    pub(crate) fn families(&self) -> &Families {
        &self.0.families
    }

    /// The signs of life.
    pub(crate) fn last_seen(&self) -> &LastSeen {
        &self.0.last_seen
    }
}
