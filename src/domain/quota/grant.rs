//! Extra songs.

use crate::domain::{InteractionId, Timestamp};

/// Extra songs for a person, beyond their own quota.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grant {
    /// The action that gave them.
    pub id: InteractionId,
    /// From when on they can't be used.
    pub expires_at: Timestamp,
    /// How many are left. A refund gives one back: a grant, too, is counted from the jobs.
    pub left: u32,
}
