//! What admins are shown: settings and numbers.

mod setting;
mod stats;

pub use setting::{Setting, Source};
pub use stats::{Stats, rank_before};
