//! What time it is, and how long tasks wait.

pub(super) mod backoff;
pub(super) mod clock;
pub(super) mod pace;
pub(super) mod poll_plan;
