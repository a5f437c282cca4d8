//! What keeps the bot within Discord's limits: buckets, invalid requests, and which requests give way.

pub(super) mod invalid;
pub(super) mod limiter;
pub(super) mod priority;
