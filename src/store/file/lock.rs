//! One bot a file: the lock that keeps a second one out.

use std::{
    fs::{File, OpenOptions, TryLockError},
    io,
    path::{Path, PathBuf},
};

use crate::store::OpenError;

/// Held while a store is open. It is a lock on a file beside the database and not on the database
/// itself, so that backups and database tools still get in. The system lets go of it when the
/// process ends, however that ends; the file stays, since removing it could let two bots in.
#[derive(Debug)]
pub(in crate::store) struct Lock {
    file: File,
}

impl Lock {
    /// Takes the lock of a database that exists.
    pub(in crate::store) fn take(database: &Path) -> Result<Self, OpenError> {
        let path = lock_of(database).map_err(|source| unusable(database, source))?;
        let file = open(&path).map_err(|source| unusable(&path, source))?;
        match file.try_lock() {
            Ok(()) => Ok(Self { file }),
            Err(TryLockError::WouldBlock) => {
                Err(OpenError::Running { path: database.to_owned(), lock: path })
            }
            Err(TryLockError::Error(source)) => Err(unusable(&path, source)),
        }
    }

    /// Lets the next one in.
    pub(in crate::store) fn release(&self) -> io::Result<()> {
        self.file.unlock()
    }
}

/// The lock's file: one, by whichever links the database is reached.
fn lock_of(database: &Path) -> io::Result<PathBuf> {
    Ok(database.canonicalize()?.with_added_extension("lock"))
}

fn open(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.write(true).create(true).truncate(false).open(path)
}

fn unusable(path: &Path, source: io::Error) -> OpenError {
    OpenError::File { path: path.to_owned(), source: source.into() }
}
