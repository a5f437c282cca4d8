//! A database as a file: where it is, connections to it, and whether it is whole and ours.

use std::{
    fs, io,
    path::{Path, PathBuf, absolute},
    time::Duration,
};

use sqlx::{Connection as _, SqliteConnection, sqlite::SqliteConnectOptions};

use super::migrations::MIGRATIONS_TABLE;
use crate::store::OpenError;

/// How long to wait for the database while others hold it.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);

/// A connection to the file, which waits this long where others hold it.
pub(super) fn options(path: &Path, patience: Duration) -> SqliteConnectOptions {
    // What people want to be forgotten is not to be left in a corner of the file.
    let options = SqliteConnectOptions::new().pragma("secure_delete", "on");
    options.filename(path).busy_timeout(patience)
}

/// Reads the file and never writes it.
pub(in crate::store) async fn connect(file: &Path) -> Result<SqliteConnection, OpenError> {
    let options = SqliteConnectOptions::new().filename(file).read_only(true).busy_timeout(PATIENCE);
    let connection = SqliteConnection::connect_with(&options).await;
    connection.map_err(|error| OpenError::at(file.to_owned(), error))
}

/// The absolute path of the file that a URL names.
///
/// # Errors
/// When it names no file.
pub fn file_of(url: &str) -> Result<PathBuf, OpenError> {
    let rest = url.strip_prefix("sqlite:").ok_or(OpenError::NotSqlite)?;
    if rest.ends_with(":memory:") || rest.contains("mode=memory") {
        return Err(OpenError::InMemory);
    }
    if rest.contains('?') {
        return Err(OpenError::Parameters);
    }
    let options: SqliteConnectOptions = url.parse().map_err(|_| OpenError::NotSqlite)?;
    // An absolute path is a file's, whatever it looks like: SQLite gives names such as `file:x`
    // and the empty one a meaning of their own.
    absolute(options.get_filename()).map_err(|_| OpenError::NotSqlite)
}

/// Makes the folder and the file where they are missing, for their owner only. SQLite gives the
/// files that it adds the same permissions.
pub(super) fn make_place(path: &Path) -> Result<(), OpenError> {
    let folder = path.parent().unwrap_or(path);
    make_folder(folder).map_err(|source| OpenError::Folder { path: folder.to_owned(), source })?;
    match make_file(path) {
        // Not even opened: closing it would let go of locks that SQLite holds on it.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            let is_file = fs::metadata(path).is_ok_and(|found| found.is_file());
            if is_file { Ok(()) } else { Err(OpenError::NotAFile { path: path.to_owned() }) }
        }
        Err(error) => Err(OpenError::File { path: path.to_owned(), source: error.into() }),
        Ok(()) => Ok(()),
    }
}

/// Makes a folder and those above it. What is written in a folder whose own name was not brought to
/// disk goes with it when the power fails.
fn make_folder(folder: &Path) -> io::Result<()> {
    let missing: Vec<&Path> = folder.ancestors().take_while(|folder| !folder.exists()).collect();
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(folder)?;
    for made in missing {
        sync_folder(made);
    }
    Ok(())
}

/// Brings the names in the folder of a file to disk. Not every file system can do that.
pub(super) fn sync_folder(file: &Path) {
    if let Some(folder) = file.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        _ = fs::File::open(folder).and_then(|folder| folder.sync_all());
    }
}

/// Makes an empty file for its owner only, where there is none.
pub(super) fn make_file(path: &Path) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.write(true).create_new(true).open(path).map(drop)
}

/// Refuses the database of another program. Says whether it is ours; if not, it is empty.
pub(super) async fn check_origin(
    connection: &mut SqliteConnection,
    path: &Path,
) -> Result<bool, OpenError> {
    let tables = sqlx::query_scalar("SELECT name FROM sqlite_master").fetch_all(connection).await;
    let tables: Vec<String> = tables.map_err(|error| OpenError::at(path.to_owned(), error))?;
    let ours = tables.iter().any(|table| table == MIGRATIONS_TABLE);
    if ours || tables.is_empty() {
        Ok(ours)
    } else {
        Err(OpenError::Foreign { path: path.to_owned() })
    }
}

/// Refuses a damaged database.
pub(super) async fn check_whole(
    connection: &mut SqliteConnection,
    path: &Path,
) -> Result<(), OpenError> {
    let verdict = sqlx::query_scalar("PRAGMA quick_check(1)").fetch_one(connection).await;
    let verdict: String = verdict.map_err(|error| OpenError::at(path.to_owned(), error))?;
    if verdict == "ok" { Ok(()) } else { Err(OpenError::Damaged { path: path.to_owned() }) }
}

/// The bytes that are free for this program on the disk of a file.
///
/// # Errors
/// When the system doesn't tell.
pub fn free_space(path: &Path) -> io::Result<u64> {
    let folder = path.parent().unwrap_or(path);
    let disk = rustix::fs::statvfs(folder)?;
    Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
}

/// Gives a file to the owner of the database, where this process may do that: what root has written
/// would be out of the bot's reach.
pub(super) fn give_to_owner_of(database: &Path, file: &Path) {
    #[cfg(unix)]
    if let Ok(found) = fs::metadata(database) {
        use std::os::unix::fs::{MetadataExt as _, chown};
        _ = chown(file, Some(found.uid()), Some(found.gid()));
    }
    #[cfg(not(unix))]
    let _ = (database, file);
}
