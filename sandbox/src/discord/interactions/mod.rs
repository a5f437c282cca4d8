//! How people's commands, clicks and forms become interactions.

mod availability;
pub(crate) mod begin;
mod menu_commands;
mod modal_answers;
mod options;
pub(crate) mod refusal;
