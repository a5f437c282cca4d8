//! The database that a restore replaces: brought into one file and kept under another name.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    time::SystemTime,
};

use sqlx::Connection as _;

use super::{
    error::{RestoreError, not_written},
    files::{connect, in_one_file, with_suffix},
};
use crate::{
    failpoint::{Moment, reach},
    store::{
        OpenError,
        file::{
            database_file::{check_origin, make_file, sync_folder},
            dated_name::dated_names,
        },
    },
};

/// What holds changes that are not in the database's file yet.
const LOGS: [&str; 2] = ["-wal", "-journal"];

/// A database that is being replaced.
pub(super) struct Replaced<'a> {
    database: &'a Path,
    state: DatabaseState,
    logs: Logs,
}

enum DatabaseState {
    Empty,
    /// All of it is in one file.
    Whole,
    /// It can't be read.
    Broken,
}

impl<'a> Replaced<'a> {
    /// Brings all of the old database into its one file. What SQLite keeps beside it would be taken
    /// for a part of the new one.
    pub(super) async fn settle(database: &'a Path) -> Result<Self, RestoreError> {
        let logs = Logs::save(database)?;
        let state = match into_one_file(database).await {
            Ok(true) => DatabaseState::Whole,
            Ok(false) => DatabaseState::Empty,
            Err(OpenError::NotADatabase { .. } | OpenError::Damaged { .. }) => {
                DatabaseState::Broken
            }
            Err(error) => return Err(error.into()),
        };
        Ok(Self { database, state, logs })
    }

    /// Gives it a second name, by which it stays, and returns that. Where it is broken, what was
    /// beside it goes along.
    pub(super) fn keep(self, now: SystemTime) -> Result<Option<PathBuf>, RestoreError> {
        if matches!(self.state, DatabaseState::Empty) {
            // A log that was removed must not come back beside the new database.
            sync_folder(self.database);
            return Ok(None);
        }
        let kept = second_name(self.database, now)?;
        if matches!(self.state, DatabaseState::Broken) {
            self.logs.keep_beside(&kept)?;
            for companion in super::COMPANIONS {
                _ = fs::remove_file(with_suffix(self.database, companion));
            }
        }
        sync_folder(self.database);
        reach("kept", Moment::After);
        Ok(Some(kept))
    }
}

/// Returns whether it is one of ours; an empty file is none.
async fn into_one_file(database: &Path) -> Result<bool, OpenError> {
    let failed = |error| OpenError::at(database.to_owned(), error);
    let mut connection = connect(database).await.map_err(failed)?;
    let settled = match check_origin(&mut connection, database).await {
        Ok(is_ours) => in_one_file(&mut connection).await.map_err(failed).map(|()| is_ours),
        error => error,
    };
    // A connection that is only dropped is closed by and by, and takes files away then.
    let closed = connection.close().await.map_err(failed);
    let is_ours = settled?;
    closed?;
    if LOGS.iter().any(|log| with_suffix(database, log).exists()) {
        return Err(OpenError::Locked { path: database.to_owned() });
    }
    Ok(is_ours)
}

/// Second names for the logs of a database, while it is opened: SQLite removes those that it can't
/// read. They go with this value.
struct Logs(Vec<(&'static str, PathBuf)>);

impl Logs {
    fn save(database: &Path) -> Result<Self, RestoreError> {
        let mut logs = Self(Vec::new());
        for log in LOGS {
            let (name, saved) = (
                with_suffix(database, log),
                with_suffix(&database.with_added_extension("restoring-old"), log),
            );
            _ = fs::remove_file(&saved);
            if name.exists() {
                linked(&name, &saved).map_err(|error| not_written(&saved, error))?;
                logs.0.push((log, saved));
            }
        }
        Ok(logs)
    }

    fn keep_beside(&self, kept: &Path) -> Result<(), RestoreError> {
        for (log, saved) in &self.0 {
            fs::rename(saved, with_suffix(kept, log)).map_err(|error| not_written(saved, error))?;
        }
        Ok(())
    }
}

impl Drop for Logs {
    fn drop(&mut self) {
        for (_, saved) in &self.0 {
            _ = fs::remove_file(saved);
        }
    }
}

fn second_name(database: &Path, now: SystemTime) -> Result<PathBuf, RestoreError> {
    let mut outcome = Err(io::ErrorKind::AlreadyExists.into());
    for kept in dated_names(database, "replaced", now) {
        outcome = linked(database, &kept);
        match &outcome {
            Ok(()) => return Ok(kept),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(_) => break,
        }
    }
    outcome.map(|()| database.to_owned()).map_err(|error| not_written(database, error))
}

/// Gives a file a second name, or copies it where the file system knows no links.
fn linked(from: &Path, to: &Path) -> io::Result<()> {
    fs::hard_link(from, to).or_else(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => Err(error),
        _ => copied(from, to),
    })
}

fn copied(from: &Path, to: &Path) -> io::Result<()> {
    make_file(to)?;
    fs::copy(from, to)?;
    File::open(to)?.sync_all()
}
