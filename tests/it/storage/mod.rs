//! The database file, its backups and updates, and what happens when it can't be written.

mod backup_and_restore;
pub(crate) mod database_file;
pub(crate) mod updates;
pub(crate) mod write_failures;
