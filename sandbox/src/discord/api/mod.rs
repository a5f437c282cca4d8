//! Formats of Discord's API: errors, form errors, ids, rate limits, its own description.

pub(crate) mod error;
pub(crate) mod form;
pub(crate) mod json;
pub(crate) mod openapi;
pub(crate) mod paths;
pub(crate) mod rate_limiter;
pub(crate) mod snowflake;
