//! whisul-bot: a Discord bot that turns a prompt into a song.
//!
//! The map of the house, from the front door to the rules:
//!
//! - [`discord`]: commands, and the connection over which they come;
//! - [`jobs`]: the work: a job is asked for, submitted, followed and delivered;
//! - [`delivery`], [`whisul`], [`store`]: messages to Discord, requests to Whisul, rows on disk;
//! - [`proxy`]: how the services are reached from this machine's network;
//! - [`domain`]: what a job, a prompt and a quota are;
//! - [`config`] and [`ops`]: settings, and what whoever runs the bot looks at.
//!
//! Each may use what stands below it in this list, and never a neighbour.

pub mod config;
pub mod delivery;
pub mod discord;
pub mod domain;
mod failpoint;
pub mod jobs;
mod network;
pub mod ops;
#[cfg(any(test, fuzzing))]
#[doc(hidden)]
pub mod properties;
pub mod proxy;
mod retry_after;
mod run;
pub mod store;
pub mod whisul;

pub use run::{MachineClock, RunError, run, run_by_clock, run_until_signal};
