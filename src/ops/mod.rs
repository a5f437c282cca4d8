//! What the host sees of the running bot, and how the host stops it.

pub mod signals;
pub mod telemetry;
