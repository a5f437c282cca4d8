//! One alert.

use super::cause::{AlertCause, AlertState};
use crate::domain::Timestamp;

/// What is to be told, of what time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Alert {
    pub(super) cause: AlertCause,
    pub(super) state: AlertState,
    pub(super) at: Timestamp,
}
