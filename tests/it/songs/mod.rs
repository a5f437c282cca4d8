//! A song from the command to the finished message.

mod buttons;
mod cancel;
mod deletion;
mod failures;
mod first_response;
mod forged_components;
mod hostile_text;
pub(crate) mod progress_estimates;
mod prompts;
mod request;
mod song_shown_again;
mod songs_command;
