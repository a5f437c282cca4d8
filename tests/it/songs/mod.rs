//! A song from the command to the finished message.

pub(crate) mod buttons;
mod cancel;
mod failures;
mod first_response;
mod forged_components;
mod hostile_text;
pub(crate) mod progress_estimates;
mod prompts;
mod request;
mod songs_command;
