//! Wakes tasks that wait for a change in a sandbox.

use std::sync::Arc;

use tokio::sync::watch;

/// A counter of changes. Code that changes something bumps it; tasks that wait watch it.
///
/// Clones share one counter.
#[derive(Clone, Debug)]
pub struct Changes(Arc<watch::Sender<u64>>);

impl Changes {
    /// A counter that nothing has changed yet.
    #[must_use]
    pub fn new() -> Self {
        Self(Arc::new(watch::Sender::new(0)))
    }

    /// Wakes all waiting tasks. Call it after the change is visible.
    pub fn bump(&self) {
        self.0.send_modify(|count| *count = count.wrapping_add(1));
    }

    /// What [`until`](crate::until) waits on.
    #[must_use]
    pub fn watch(&self) -> watch::Receiver<u64> {
        self.0.subscribe()
    }
}

impl Default for Changes {
    fn default() -> Self {
        Self::new()
    }
}
