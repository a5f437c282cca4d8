//! A job as a row.

pub(super) mod codec;
pub(super) mod read;
pub(super) mod snowflake;
pub(super) mod write;
