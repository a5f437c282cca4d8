//! Why no copy was put in place.

use std::{
    io,
    path::{Path, PathBuf},
};

use crate::store::OpenError;

/// Why no copy was put in place. The database is as it was.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// The database's place can't be used, or a bot is running there.
    #[error(transparent)]
    Database(#[from] OpenError),
    /// The copy can't be read.
    #[error("{} can't be read", .path.display())]
    Unreadable {
        /// The copy.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The copy is no database of ours, or not whole.
    #[error("{} can't take the database's place: {why}", .path.display())]
    Unusable {
        /// The copy.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// The copy is the database.
    #[error("{} is the database itself", .path.display())]
    Same {
        /// The database.
        path: PathBuf,
    },
    /// The file system refused something.
    #[error("{} can't be written", .path.display())]
    Write {
        /// The file that could not be written.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
}

pub(super) fn not_written(path: &Path, source: io::Error) -> RestoreError {
    RestoreError::Write { path: path.to_owned(), source }
}
