//! The commands that everybody may use, and what they read from messages.

pub(in crate::bot) mod from_message;
pub(in crate::bot) mod help;
mod mention_text;
mod message_text;
pub(in crate::bot) mod my_data;
pub(in crate::bot) mod notify;
pub(in crate::bot) mod quota;
pub(in crate::bot) mod song;
pub(in crate::bot) mod songs;
