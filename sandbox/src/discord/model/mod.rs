//! What a Discord keeps: people, servers, channels, messages, commands, interactions.

pub(super) mod channel;
pub(super) mod command;
pub(super) mod guild;
pub(super) mod interaction;
pub(super) mod message;
pub(super) mod permission;
pub(super) mod user;
