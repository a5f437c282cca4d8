//! Waiting songs: their order, their estimates, and what happens to them before they start.

mod before_submission;
mod deleted_messages;
mod order;
mod polls;
mod rate_limits;
mod wait_estimates;
