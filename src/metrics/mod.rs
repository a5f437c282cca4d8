//! What the running bot counts and times, for `/metrics`, and the signs of life from which its health is
//! judged. Each bot has its own; clones share it.
//!
//! Names follow Prometheus' conventions. Labels come from fixed lists: an id or a prompt as a label
//! would be a leak, and a new time series for each song.

mod families;
mod registrar;
mod signs;

use std::sync::Arc;

pub(crate) use families::{Families, Service, Stage};
pub(crate) use registrar::Registrar;
pub(crate) use signs::{Heartbeat, Sign, Signs};

/// See the module.
#[derive(Clone, Debug, Default)]
pub struct Metrics(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    families: Families,
    signs: Signs,
}

impl Metrics {
    /// The counters and histograms.
    pub(crate) fn families(&self) -> &Families {
        &self.0.families
    }

    /// The signs of life.
    pub(crate) fn signs(&self) -> &Signs {
        &self.0.signs
    }
}
