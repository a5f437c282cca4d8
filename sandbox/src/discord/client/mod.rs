//! What people see and do in Discord's client, and handles for those who set up a scene.

pub(crate) mod channel_client;
pub(crate) mod channel_snapshot;
pub(crate) mod invocation;
pub(crate) mod message;
pub(crate) mod person;
pub(crate) mod report;
pub(crate) mod server;
