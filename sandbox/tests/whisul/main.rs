//! The Whisul sandbox, asked over HTTP as a bot would ask it.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test may stop at a surprise")]
#![expect(clippy::indexing_slicing, reason = "JSON that lacks a field reads as null")]

mod api;
mod client;
mod faults;
mod limits;
mod outage;
mod plans;
