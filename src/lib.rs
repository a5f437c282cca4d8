//! whisul-bot: a Discord bot that turns a prompt into a song.

pub mod domain;
pub mod store;
pub mod whisul;
