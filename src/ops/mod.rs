//! What the host sees of the running bot, and how the host calls and stops it.

pub(crate) mod alerts;
mod backup;
mod command_line;
pub(crate) mod doctor;
pub(crate) mod health;
mod invite;
mod migrate;
pub mod signals;
pub(crate) mod startup;
pub mod telemetry;

pub use alerts::AlertTimes;
pub use backup::{backup, restore};
pub use command_line::{Command, FileOrStdio, help_of};
pub use doctor::{Diagnosis, Finding, Form, Level, doctor};
pub use health::healthcheck;
pub use invite::invite;
pub use migrate::{Migration, migrate};
