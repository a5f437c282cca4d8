//! whisul-bot: a Discord bot that turns a prompt into a song.
//!
//! The modules, from the outside in:
//!
//! - [`bot`]: commands, components and modals, and the gateway connection;
//! - [`jobs`]: requests, the queue, and the worker that submits, polls and delivers;
//! - [`delivery`]: the routes by which an outcome reaches people;
//! - [`messages`]: what people see, with every sentence;
//! - [`discord_api`], [`whisul`], [`store`]: requests to Discord and to Whisul, rows on disk;
//! - [`media`]: downloads of songs and covers;
//! - [`http_client`]: how requests leave; [`proxy`]: which of them use the host's proxy;
//! - [`metrics`]: what is counted and timed, and signs of life;
//! - [`domain`]: the rules for jobs, prompts and quotas;
//! - [`config`] and [`ops`]: settings, the command line, the doctor, logs and backups.
//!
//! `tests/it/standards/architecture.rs` lists which module may use which.

pub mod bot;
pub mod config;
pub mod delivery;
pub mod discord_api;
pub mod domain;
mod failpoint;
pub mod http_client;
pub mod jobs;
pub mod media;
pub mod messages;
pub mod metrics;
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

pub use ops::AlertTimes;
pub use run::{MachineClock, RunError, Timing, run, run_timed, run_until_signal};
