//! The gateway, version 10 (<https://docs.discord.com/developers/events/gateway>).

mod compression;
mod connection;
pub(super) mod control;
pub(super) mod fault;
mod identify;
mod members;
pub(super) mod protocol;
pub(super) mod sessions;

pub(super) use connection::upgrade;
