//! How much memory files may take, all of them together.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The memory for the files of all songs. Who finds no room waits for it, in the order of coming.
#[derive(Clone, Debug)]
pub(super) struct Budget {
    /// One permit a byte.
    room: Arc<Semaphore>,
}

/// A share of it, given back when it is dropped.
#[derive(Debug)]
pub(super) struct Share {
    permit: OwnedSemaphorePermit,
}

impl Budget {
    pub(super) fn of(bytes: u32) -> Self {
        Self { room: Arc::new(Semaphore::new(bytes as usize)) }
    }

    /// Waits for this many bytes. More than there are in all would be waited for in vain.
    pub(super) async fn reserve(&self, bytes: u32) -> Option<Share> {
        let permit = Arc::clone(&self.room).acquire_many_owned(bytes).await.ok()?;
        Some(Share { permit })
    }

    #[cfg(test)]
    pub(super) fn left(&self) -> usize {
        self.room.available_permits()
    }
}

impl Share {
    /// Takes this many bytes of it for themselves, if there are that many.
    pub(super) fn split(&mut self, bytes: u32) -> Option<Self> {
        self.permit.split(bytes as usize).map(|permit| Self { permit })
    }

    /// How large it is.
    pub(super) fn bytes(&self) -> usize {
        self.permit.num_permits()
    }

    /// Gives back all but this many bytes.
    pub(super) fn shrink(&mut self, bytes: usize) {
        let surplus = self.bytes().saturating_sub(bytes);
        drop(self.permit.split(surplus));
    }
}
