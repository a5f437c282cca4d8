//! What a Discord keeps: people, servers, channels, messages, commands, interactions.

pub(crate) mod channel;
pub(crate) mod command;
pub(crate) mod component;
pub(crate) mod emoji;
pub(crate) mod guild;
pub(crate) mod interaction;
pub(crate) mod mentions;
pub(crate) mod message;
pub(crate) mod modal;
pub(crate) mod permission;
pub(crate) mod reaction;
pub(crate) mod thread;
pub(crate) mod user;
