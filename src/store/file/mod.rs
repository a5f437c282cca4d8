//! The database as a file: opening it, keeping other bots out, and copies of it.

pub(super) mod backup;
pub(super) mod database_file;
mod dated_name;
pub(super) mod inspect;
pub(super) mod lock;
pub(super) mod migrations;
mod open;
mod purge;
pub(super) mod restore;
pub(super) mod update;
