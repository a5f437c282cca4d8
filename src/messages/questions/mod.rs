//! Questions whether the bot shall really delete something.

pub(super) mod deletion;
pub(super) mod forgetting;
