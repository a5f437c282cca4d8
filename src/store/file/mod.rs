//! The database as a file: opening it, keeping other bots out, and copies of it.

pub(super) mod backup;
pub(super) mod inspect;
pub(super) mod lock;
pub(super) mod open;
mod purge;
pub(super) mod restore;
