//! Bringing a database up to date, after a copy of it as it was.

use std::{
    fs::{self, File},
    io::{self, BufRead as _, BufReader},
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use sqlx::{Connection as _, SqliteConnection};
use tracing::{info, warn};

use super::{
    backup::{BackupError, Partial, copy},
    database_file::{
        PATIENCE, check_origin, check_whole, connect, file_of, free_space, give_to_owner_of,
        options,
    },
    dated_name::{dated_files, dated_names},
    lock::Lock,
    migrations::{SCHEMA, schema_of, take_steps},
};
use crate::{
    failpoint::{Moment, reach},
    store::OpenError,
};

/// What the names of copies from before an update begin with, after the database's name.
const LABEL: &str = "before-update";

/// So many of these copies are kept.
const KEPT: usize = 3;

/// The bytes that are in use.
const SIZE: &str = "\
    SELECT (page_count - freelist_count) * page_size \
    FROM pragma_page_count(), pragma_freelist_count(), pragma_page_size()";

/// A database that was brought up to date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Update {
    /// The schema that it had.
    pub from: i64,
    /// The schema that it has now.
    pub to: i64,
    /// The database as it was.
    pub backup: PathBuf,
}

/// Whether a database needs an update by this program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UpdateStatus {
    /// No bot has written a database yet.
    NoDatabase,
    /// It has this program's schema.
    UpToDate {
        /// Its schema.
        schema: i64,
    },
    /// The next start updates it.
    Due {
        /// The schema that it has.
        from: i64,
        /// The schema that it will have.
        to: i64,
        /// The size of the copy that is made before, in bytes.
        backup_size: u64,
        /// The bytes that are free for it, if the system tells.
        free: Option<u64>,
    },
}

/// Asks whether the database at a URL needs an update. A bot may run on it meanwhile, and nothing is
/// written.
///
/// # Errors
/// When a start of the bot would refuse the database.
pub async fn update_status(url: &str) -> Result<UpdateStatus, OpenError> {
    let path = file_of(url)?;
    if !path.try_exists().unwrap_or(true) {
        return Ok(UpdateStatus::NoDatabase);
    }
    let mut connection = connect(&path).await?;
    let schema = checked_schema(&mut connection, &path).await?;
    let failed = |error| OpenError::at(path.clone(), error);
    let size: i64 = sqlx::query_scalar(SIZE).fetch_one(&mut connection).await.map_err(failed)?;
    connection.close().await.map_err(failed)?;
    Ok(match schema {
        None => UpdateStatus::NoDatabase,
        Some(SCHEMA) => UpdateStatus::UpToDate { schema: SCHEMA },
        Some(from) => UpdateStatus::Due {
            from,
            to: SCHEMA,
            backup_size: size.unsigned_abs(),
            free: free_space(&path).ok(),
        },
    })
}

/// Brings the database at a URL up to date without running the bot. `None` where there is nothing
/// to do: it is up to date, or there is none yet.
///
/// # Errors
/// When the database is as it was: it can't be used, or a bot is running on it.
pub async fn update(url: &str, now: SystemTime) -> Result<Option<Update>, OpenError> {
    if update_status(url).await? == UpdateStatus::NoDatabase {
        return Ok(None);
    }
    let path = file_of(url)?;
    let _lock = Lock::take(&path)?;
    prepare(&path, PATIENCE, now).await
}

/// Checks that the file is a whole database of ours, or an empty one, and brings its tables up to
/// date.
pub(in crate::store) async fn prepare(
    path: &Path,
    patience: Duration,
    now: SystemTime,
) -> Result<Option<Update>, OpenError> {
    let failed = |error| OpenError::at(path.to_owned(), error);
    let options = options(path, patience);
    let mut connection = SqliteConnection::connect_with(&options).await.map_err(failed)?;
    let schema = checked_schema(&mut connection, path).await?;
    let update = match schema {
        Some(from) if from < SCHEMA => {
            let backup = keep_copy(path, now).await.map_err(|error| no_copy(error, path))?;
            let program = env!("CARGO_PKG_VERSION");
            info!(from, to = SCHEMA, program, backup = %backup.display(), "updating the database");
            Some(Update { from, to: SCHEMA, backup })
        }
        _ => None,
    };
    if schema != Some(SCHEMA) {
        reach("updated", Moment::Before);
        take_steps(&mut connection, path).await?;
        reach("updated", Moment::After);
    }
    connection.close().await.map_err(failed)?;
    Ok(update)
}

/// The schema of a database that is whole and that this program can work with; `None` where it is
/// empty.
pub(super) async fn checked_schema(
    connection: &mut SqliteConnection,
    path: &Path,
) -> Result<Option<i64>, OpenError> {
    let is_ours = check_origin(connection, path).await?;
    check_whole(connection, path).await?;
    if !is_ours {
        return Ok(None);
    }
    match schema_of(connection, path).await {
        Err(OpenError::Newer { path, found, known, program, .. }) => {
            let backup = copy_before_update(&path).await;
            Err(OpenError::Newer { path, found, known, program, backup })
        }
        schema => schema,
    }
}

/// Copies the database beside itself, under a name with the time. A copy of the same state that an
/// earlier attempt has left is as good: attempts that fail again and again don't push older copies
/// out.
async fn keep_copy(database: &Path, now: SystemTime) -> Result<PathBuf, BackupError> {
    let database = &database.canonicalize().map_err(|error| not_kept(database, error))?;
    let partial = Partial::beside(&database.with_added_extension(LABEL))?;
    copy(connect(database).await?, database, partial.path()).await?;
    reach("copied", Moment::After);
    let mut kept = dated_files(database, LABEL);
    if let Some(latest) = kept.pop() {
        if is_same(partial.path(), &latest).unwrap_or(false) {
            return Ok(latest);
        }
        kept.push(latest);
    }
    let mut names = dated_names(database, LABEL, now);
    let name = names.find(|name| name.symlink_metadata().is_err());
    let name = name.ok_or_else(|| not_kept(database, io::ErrorKind::AlreadyExists.into()))?;
    give_to_owner_of(database, partial.path());
    partial.keep_as(&name).map_err(|error| not_kept(&name, error))?;
    reach("kept", Moment::After);
    // Whatever the clock says, the new copy stays.
    let surplus = (kept.len() + 1).saturating_sub(KEPT);
    for old in kept.iter().take(surplus) {
        if let Err(error) = fs::remove_file(old) {
            warn!(%error, file = %old.display(), "an old copy of the database can't be removed");
        }
    }
    Ok(name)
}

fn not_kept(path: &Path, source: io::Error) -> BackupError {
    BackupError::Copy { path: path.to_owned(), source }
}

/// Why there is no copy, and thus no update.
fn no_copy(error: BackupError, database: &Path) -> OpenError {
    let database = database.to_owned();
    match error {
        BackupError::Database(error) => error,
        BackupError::Full { path } => OpenError::NoRoomForCopy { database, path },
        other => OpenError::NoCopy { database, source: Box::new(other) },
    }
}

/// The latest copy from before an update that this program can work with.
async fn copy_before_update(database: &Path) -> Option<PathBuf> {
    let database = database.canonicalize().ok()?;
    for copy in dated_files(&database, LABEL).into_iter().rev() {
        let Ok(mut connection) = connect(&copy).await else { continue };
        let schema = schema_of(&mut connection, &copy).await;
        _ = connection.close().await;
        if schema.is_ok() {
            return Some(copy);
        }
    }
    None
}

fn is_same(one: &Path, other: &Path) -> io::Result<bool> {
    let (mut one, mut other) =
        (BufReader::new(File::open(one)?), BufReader::new(File::open(other)?));
    loop {
        let (left, right) = (one.fill_buf()?, other.fill_buf()?);
        let length = left.len().min(right.len());
        if length == 0 {
            return Ok(left.len() == right.len());
        }
        if left.get(..length) != right.get(..length) {
            return Ok(false);
        }
        one.consume(length);
        other.consume(length);
    }
}
