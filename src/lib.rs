//! whisul-bot: a Discord bot that turns a prompt into a song.
//!
//! The modules, from the outside in:
//!
//! - [`discord`]: commands, components and modals, and the gateway connection;
//! - [`jobs`]: requests, the queue, and the worker that submits, polls and delivers;
//! - [`delivery`], [`whisul`], [`store`]: messages to Discord, requests to Whisul, rows on disk;
//! - [`proxy`]: how the services are reached from this machine's network;
//! - [`domain`]: the rules for jobs, prompts and quotas;
//! - [`config`] and [`ops`]: settings, the command line, logs and backups.
//!
//! A module may use those below it in this list, and never a neighbour.

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
