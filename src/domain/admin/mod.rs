//! What admins are shown: settings and numbers.

mod setting_in_force;
mod stats;

pub use setting_in_force::{SettingInForce, Source};
pub use stats::{Stats, rank_before};
