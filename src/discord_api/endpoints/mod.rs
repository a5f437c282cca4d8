//! What the bot asks of Discord, group by group.

pub(super) mod application;
pub(super) mod callback;
pub(super) mod gateway;
pub(super) mod inspection;
pub(super) mod messages;
