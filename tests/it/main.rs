//! Behaviours, told as sentences: the whole bot against the sandbox, over real HTTP and WebSocket.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]

mod admin;
mod alerts;
mod delivery;
mod discord;
mod fixture;
mod lifecycle;
mod privacy;
mod queue;
mod quotas;
mod songs;
mod standards;
mod storage;
mod whisul;
