//! What the host sees of the running bot, and how the host stops it.

mod backup;
pub mod signals;
pub mod telemetry;

pub use backup::backup;
