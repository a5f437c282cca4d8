//! `whisul-bot migrate`: updates the database without running the bot, or tells whether it needs
//! that. To be called outside of a tokio runtime.

use std::{fmt, time::SystemTime};

use super::backup::wait_for;
use crate::{
    domain::with_causes,
    store::{self, Update, UpdateStatus, file_of},
};

/// What `migrate` found, and what it did about it.
#[derive(Debug)]
pub struct Migration {
    /// The database's file.
    database: String,
    status: UpdateStatus,
    update: Option<Update>,
}

impl Migration {
    /// Whether the database still needs an update.
    pub fn is_due(&self) -> bool {
        matches!(self.status, UpdateStatus::Due { .. }) && self.update.is_none()
    }
}

impl fmt::Display for Migration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let database = &self.database;
        if let Some(Update { from, to, backup }) = &self.update {
            let backup = backup.display();
            return write!(
                f,
                "{database} is updated from schema {from} to {to}. The database as it was is kept as \
                 {backup}."
            );
        }
        match self.status {
            UpdateStatus::NoDatabase => {
                write!(f, "No bot has written to {database} yet: the first start makes it.")
            }
            UpdateStatus::UpToDate { schema } => {
                write!(f, "{database} is up to date: schema {schema}.")
            }
            UpdateStatus::Due { from, to, backup_size, free } => {
                let size = megabytes(backup_size);
                write!(
                    f,
                    "{database} needs an update from schema {from} to {to}. The next start of the bot, \
                     or `whisul-bot migrate`, keeps a backup of {size} MB beside it and updates it."
                )?;
                match free {
                    Some(free) if free < backup_size => {
                        write!(f, " Free some space before: {} MB are not enough.", free >> 20)
                    }
                    Some(free) => write!(f, " {} MB are free.", free >> 20),
                    None => Ok(()),
                }
            }
        }
    }
}

/// Rounded up.
fn megabytes(bytes: u64) -> u64 {
    bytes.div_ceil(1 << 20)
}

/// Updates the database at this URL, or only looks whether that is due.
///
/// # Errors
/// When the database is as it was, and can't be used or updated: with the reason and its causes.
pub fn migrate(database_url: &str, only_check: bool) -> Result<Migration, String> {
    let database = file_of(database_url).map_err(|error| with_causes(&error))?;
    let status = wait_for(store::update_status(database_url))?;
    let update =
        if only_check { None } else { wait_for(store::update(database_url, SystemTime::now()))? };
    Ok(Migration { database: database.display().to_string(), status, update })
}
