//! The limits that Discord sets to what a bot sends.

pub(crate) mod allowed_mentions;
pub(super) mod choices;
pub(super) mod command;
pub(super) mod component;
pub(super) mod embed;
pub(super) mod message;
pub(super) mod modal;
pub(super) mod poll;
