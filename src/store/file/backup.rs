//! A copy of the database, made while the bot runs.

use std::{
    fs::{self, File, TryLockError},
    io::{self, Read as _},
    path::{Path, PathBuf, absolute},
};

use sqlx::{Connection, SqliteConnection};

use super::database_file::{check_origin, check_whole, connect, file_of, make_file, sync_folder};
use crate::store::{OpenError, error::Meaning};

/// How every database begins (<https://www.sqlite.org/fileformat.html>).
const DATABASE: &[u8] = b"SQLite format 3\0";

/// Why there is no copy. Nothing is left of it, and the database is as it was.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The database can't be read.
    #[error(transparent)]
    Database(#[from] OpenError),
    /// There is none, or an empty one.
    #[error("no bot has written to {}; check DATABASE_URL and the working folder", .path.display())]
    NoDatabase {
        /// Where it should be.
        path: PathBuf,
    },
    /// A folder in place of a file.
    #[error("{} is a folder; name a file in it that doesn't exist yet", .path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
    },
    /// A file is in the way.
    #[error("{} is there already, and a backup never replaces a file; name another one", .path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// Another process makes a copy in the same place.
    #[error("another backup is being made in {}; wait for its end", .path.display())]
    UnderWay {
        /// The file that it writes.
        path: PathBuf,
    },
    /// There is no room for the copy.
    #[error("there is no room left on the disk of {}", .path.display())]
    Full {
        /// The copy.
        path: PathBuf,
    },
    /// The copy can't be written.
    #[error("{} can't be written", .path.display())]
    Copy {
        /// The copy.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
}

/// Copies the database at a URL, such as [`Store::open`](crate::store::Store::open) takes it, into
/// a new file that only its owner can read: one consistent state, checked, and safely on disk. The
/// bot may run meanwhile and waits for nothing. The database isn't written, and not even brought up
/// to date.
///
/// The copy is made as `<file>.partial`, so that what bears its name is whole.
///
/// # Errors
/// When there is no copy, with a sentence for the person who runs the bot.
pub async fn backup(url: &str, to: &Path) -> Result<(), BackupError> {
    let database = file_of(url)?;
    // To SQLite, an absolute path is a file's, whatever it looks like.
    let to = &absolute(to).map_err(|error| not_written(to, error))?;
    if to.is_dir() {
        return Err(BackupError::Folder { path: to.clone() });
    }
    if to.symlink_metadata().is_ok() {
        return Err(BackupError::Exists { path: to.clone() });
    }
    let connection = connect_to_ours(&database).await?;
    let partial = Partial::beside(to)?;
    copy(connection, &database, &partial.path).await?;
    partial.finish(to).map_err(|error| not_written(to, error))
}

/// The same copy as an open file without a name, to be read from its beginning. It takes its room
/// beside the database, since a container may have no other place to write to, and leaves nothing
/// there.
///
/// # Errors
/// As for [`backup`].
pub async fn snapshot(url: &str) -> Result<File, BackupError> {
    let database = file_of(url)?;
    let connection = connect_to_ours(&database).await?;
    let unnamed = Partial::at(database.with_added_extension("snapshot"))?;
    copy(connection, &database, &unnamed.path).await?;
    unnamed.into_file()
}

/// Connects to the database, if a bot has written to it.
async fn connect_to_ours(database: &Path) -> Result<SqliteConnection, BackupError> {
    let nothing = || BackupError::NoDatabase { path: database.to_owned() };
    if !database.try_exists().unwrap_or(true) {
        return Err(nothing());
    }
    let mut connection = connect(database).await?;
    let is_ours = check_origin(&mut connection, database).await?;
    if is_ours { Ok(connection) } else { Err(nothing()) }
}

/// Copies the state of this moment into an empty file, and checks it there.
pub(super) async fn copy(
    mut connection: SqliteConnection,
    database: &Path,
    to: &Path,
) -> Result<(), BackupError> {
    vacuum(&mut connection, database, to).await?;
    let failed = |error| OpenError::at(database.to_owned(), error);
    connection.close().await.map_err(failed)?;
    let mut copied = connect(to).await?;
    check_whole(&mut copied, database).await?;
    copied.close().await.map_err(failed)?;
    Ok(())
}

/// Copies the state of this moment into an empty file.
async fn vacuum(
    connection: &mut SqliteConnection,
    database: &Path,
    copy: &Path,
) -> Result<(), BackupError> {
    let name = copy.to_str().ok_or(io::ErrorKind::InvalidFilename);
    let name = name.map_err(|kind| not_written(copy, kind.into()))?;
    let vacuum = sqlx::query("VACUUM INTO $1").bind(name).execute(connection).await;
    let Err(error) = vacuum else { return Ok(()) };
    Err(match Meaning::of(&error) {
        // The database has been read by now, so that it is the copy that is in trouble.
        Meaning::Full => BackupError::Full { path: copy.to_owned() },
        Meaning::NoAccess | Meaning::Other => not_written(copy, io::Error::other(error)),
        Meaning::Busy | Meaning::NotADatabase | Meaning::Damaged => {
            OpenError::at(database.to_owned(), error).into()
        }
    })
}

/// A copy in the making, which only its owner can read. Unless it is finished, its name goes with
/// this value.
pub(in crate::store) struct Partial {
    path: PathBuf,
    file: File,
}

impl Partial {
    /// An empty file for it, in the folder of the copy. What is no copy there is not replaced.
    pub(in crate::store) fn beside(to: &Path) -> Result<Self, BackupError> {
        let path = to.with_added_extension("partial");
        if !may_be_copy(&path).map_err(|error| not_written(&path, error))? {
            return Err(BackupError::Exists { path });
        }
        Self::at(path)
    }

    /// An empty file for it. One that a killed process has left is emptied and taken over: it holds
    /// prompts, and in a container there may be nothing else to remove it with. The lock on it says
    /// whether it was left.
    fn at(path: PathBuf) -> Result<Self, BackupError> {
        let failed = |error| not_written(&path, error);
        loop {
            if path.symlink_metadata().is_ok_and(|found| !found.is_file()) {
                return Err(BackupError::Exists { path });
            }
            let mut options = File::options();
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            options.read(true).write(true).create(true).truncate(false);
            let file = options.open(&path).map_err(failed)?;
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => return Err(BackupError::UnderWay { path }),
                Err(TryLockError::Error(error)) => return Err(failed(error)),
            }
            // The process that had the lock until now has removed the name of the file that was opened.
            if is_at(&file, &path) {
                restrict(&file).and_then(|()| file.set_len(0)).map_err(failed)?;
                return Ok(Self { path, file });
            }
        }
    }

    /// Brings the copy to disk, which SQLite leaves to its caller
    /// (<https://www.sqlite.org/lang_vacuum.html>), and gives it its name.
    pub(in crate::store) fn finish(self, to: &Path) -> io::Result<()> {
        // Claims the name: whatever bears it by now is not replaced.
        make_file(to)?;
        self.keep_as(to).inspect_err(|_| _ = fs::remove_file(to))
    }

    /// The same for a name that nobody else uses. However suddenly this ends, what bears it is whole.
    pub(super) fn keep_as(self, to: &Path) -> io::Result<()> {
        self.file.sync_all()?;
        fs::rename(&self.path, to)?;
        sync_folder(to);
        Ok(())
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The copy without a name.
    fn into_file(self) -> Result<File, BackupError> {
        self.file.try_clone().map_err(|error| not_written(&self.path, error))
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        // A finished copy has no file of this name any more, but another process may have one.
        if is_at(&self.file, &self.path) {
            _ = fs::remove_file(&self.path);
        }
    }
}

/// Whether there is no file, an empty one, or one that holds as much of a database as SQLite has
/// written.
fn may_be_copy(path: &Path) -> io::Result<bool> {
    match path.symlink_metadata() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(true),
        Err(error) => return Err(error),
        // A pipe would be waited for.
        Ok(found) if !found.is_file() => return Ok(false),
        Ok(_) => {}
    }
    let mut begin = Vec::new();
    File::open(path)?
        .take(u64::try_from(DATABASE.len()).unwrap_or_default())
        .read_to_end(&mut begin)?;
    // Of a copy that was cut short, the beginning may be written last.
    Ok(begin == DATABASE || begin.iter().all(|byte| *byte == 0))
}

/// Lets nobody but its owner read a file that may be older than this run.
fn restrict(file: &File) -> io::Result<()> {
    #[cfg(unix)]
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    Ok(())
}

/// Whether a path still names this file.
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let id = |found: fs::Metadata| (found.dev(), found.ino());
    file.metadata().ok().map(id) == path.symlink_metadata().ok().map(id)
}

fn not_written(path: &Path, source: io::Error) -> BackupError {
    let path = path.to_owned();
    match source.kind() {
        io::ErrorKind::AlreadyExists => BackupError::Exists { path },
        io::ErrorKind::StorageFull => BackupError::Full { path },
        _ => BackupError::Copy { path, source },
    }
}
