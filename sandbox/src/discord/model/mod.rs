//! What a Discord keeps: people, servers, channels, messages, commands, interactions.

pub(super) mod channel;
pub(super) mod command;
pub(super) mod component;
pub(super) mod emoji;
pub(super) mod guild;
pub(super) mod interaction;
pub(super) mod message;
pub(super) mod permission;
pub(super) mod reaction;
pub(super) mod thread;
pub(super) mod user;
