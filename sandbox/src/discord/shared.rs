//! The lock around the state, and the counter of its changes.

use std::sync::{Arc, Mutex};

use tokio::sync::watch;

use crate::discord::api::openapi::OpenApi;
use crate::discord::state::DiscordState;
use crate::{Changes, lock};

/// The state that all handles and request handlers share.
#[derive(Debug)]
pub(crate) struct Shared {
    state: Mutex<DiscordState>,
    changes: Changes,
    /// What [`until`](crate::until) waits on.
    waiting: watch::Receiver<u64>,
    pub(crate) openapi: Option<Arc<OpenApi>>,
}

impl Shared {
    pub(crate) fn new(
        state: DiscordState,
        changes: Changes,
        openapi: Option<Arc<OpenApi>>,
    ) -> Self {
        Self { state: Mutex::new(state), waiting: changes.watch(), changes, openapi }
    }

    /// Reads the state.
    pub(crate) fn read<T>(&self, look: impl FnOnce(&DiscordState) -> T) -> T {
        look(&lock(&self.state))
    }

    /// Changes the state and wakes those who wait.
    pub(crate) fn change<T>(&self, change: impl FnOnce(&mut DiscordState) -> T) -> T {
        let outcome = change(&mut lock(&self.state));
        self.changes.bump();
        outcome
    }

    /// What the counter of changes is watched with.
    pub(crate) fn watch(&self) -> watch::Receiver<u64> {
        self.changes.watch()
    }

    /// Waits for something to be found; asked outside the lock, so that `look` may use any handle.
    #[track_caller]
    pub(crate) fn until<T>(
        &self,
        what: &str,
        look: impl FnMut() -> Option<T>,
    ) -> impl Future<Output = T> {
        crate::until(what, &self.waiting, look)
    }
}
