//! The client of the Whisul API: wire types, errors by meaning, limits.
//!
//! Two endpoints, as <https://docs.whisul.com> describes them: `POST /generate` submits a prompt,
//! `GET /jobs/{id}` tells how its job stands. Each call makes exactly one request, inside the one
//! rate limit that all requests share; what to do after an error is up to the caller.

mod client;
mod error;
mod limiter;
mod limits;
mod poll_url;
#[cfg(any(test, fuzzing))]
pub(crate) mod properties;
mod response;
mod secrets;

#[cfg(test)]
mod tests;

pub use client::{Permit, Whisul};
pub use error::{ClientError, PollError, Reason, SubmitError, Trouble};
pub use limits::{RateLimit, RateLimitError};
