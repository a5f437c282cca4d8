//! Quotas and charges.

mod charges;
mod limits;
mod quota_command;
