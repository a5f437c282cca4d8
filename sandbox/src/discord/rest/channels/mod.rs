//! Channels: messages, pins, reactions, threads.

pub(crate) mod messages;
pub(crate) mod pins;
pub(crate) mod reactions;
pub(crate) mod threads;
