//! Opening the database: where it is, whether it is ours, and bringing its tables up to date.

use std::{
    fs, io,
    path::{Path, PathBuf, absolute},
    sync::Arc,
    time::Duration,
};

use sqlx::{
    AssertSqlSafe, Connection, SqlSafeStr, SqliteConnection, SqlitePool,
    migrate::{MigrateError, Migration, MigrationType, Migrator},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use super::lock::Lock;
use crate::{
    metrics::Metrics,
    store::{OpenError, Store},
};

/// How long to wait for the database while others hold it.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);

/// How many may read at once.
const READERS: u32 = 4;

/// How much of the file each connection keeps in memory, in KiB. SQLite would take 2 MiB for each,
/// month by month, though the system has what is read often at hand anyway.
const PAGE_CACHE: u32 = 256;

/// The steps that made the tables what they are, in order. A step that was ever released stays as
/// it is: each database remembers the text of those it has taken.
pub(in crate::store) const MIGRATIONS: [(i64, &str, &str); 6] = [
    (1, "jobs", include_str!("../migrations/0001_jobs.sql")),
    (2, "origin", include_str!("../migrations/0002_origin.sql")),
    (3, "extras", include_str!("../migrations/0003_extras.sql")),
    (4, "admin", include_str!("../migrations/0004_admin.sql")),
    (5, "cancelled_by", include_str!("../migrations/0005_cancelled_by.sql")),
    (6, "names", include_str!("../migrations/0006_names.sql")),
];

/// The version of the tables: the last of these steps.
pub(in crate::store) const SCHEMA: i64 = {
    let [.., (latest, ..)] = MIGRATIONS;
    latest
};

/// Where sqlx remembers which steps a database has taken.
const MIGRATIONS_TABLE: &str = "_sqlx_migrations";

impl Store {
    /// Opens the database at a URL such as `sqlite://data/whisul-bot.db` (below the working
    /// directory) or `sqlite:///data/whisul-bot.db`. What is missing is made, for its owner only:
    /// the folder, the file and the tables. A file that isn't ours, or isn't whole, is refused and
    /// left as it is. A file has one bot: while this store is open, or a clone of it is left, it
    /// can't be opened again.
    ///
    /// # Errors
    /// When there is no usable database, or another bot has it, with a sentence for the person who runs
    /// the bot.
    pub async fn open(url: &str) -> Result<Self, OpenError> {
        Self::open_within(url, PATIENCE).await
    }

    /// The same, waiting this long where others hold the database.
    pub(in crate::store) async fn open_within(
        url: &str,
        patience: Duration,
    ) -> Result<Self, OpenError> {
        let path = file_of(url)?;
        make_place(&path)?;
        let lock = Arc::new(Lock::take(&path)?);
        prepare(&path, patience).await?;
        Self::connect(&path, patience, lock).await.map_err(|error| OpenError::at(path, error))
    }

    /// Connects to a database that is up to date.
    pub(in crate::store) async fn connect(
        path: &Path,
        patience: Duration,
        lock: Arc<Lock>,
    ) -> sqlx::Result<Self> {
        // A committed transaction must outlive a power cut: songs are paid for.
        let options = options(path, patience)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .pragma("cache_size", format!("-{PAGE_CACHE}"));
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .acquire_timeout(patience)
            .idle_timeout(None)
            .max_lifetime(None)
            .after_release(|connection, _| Box::pin(is_fit_to_stay(connection)))
            .connect_with(options.clone())
            .await?;
        check_writable(&writer).await?;
        let reader = SqlitePoolOptions::new()
            .max_connections(READERS)
            .acquire_timeout(patience)
            .connect_lazy_with(options);
        Ok(Self { writer, reader, lock, interceptor: None, metrics: Metrics::default() })
    }
}

/// Writes what is there already. SQLite opens a file that it may only read without a word, and every
/// song would be refused. A disk that is full is noticed, too.
async fn check_writable(writer: &SqlitePool) -> sqlx::Result<()> {
    let mut transaction = writer.begin_with("BEGIN IMMEDIATE").await?;
    let version: i64 =
        sqlx::query_scalar("PRAGMA user_version").fetch_one(&mut *transaction).await?;
    let write = format!("PRAGMA user_version = {version}");
    sqlx::query(AssertSqlSafe(write)).execute(&mut *transaction).await?;
    transaction.commit().await
}

/// A connection to the file, which waits this long where others hold it.
fn options(path: &Path, patience: Duration) -> SqliteConnectOptions {
    // What people want to be forgotten is not to be left in a corner of the file.
    let options = SqliteConnectOptions::new().pragma("secure_delete", "on");
    options.filename(path).busy_timeout(patience)
}

/// Whether a connection can be used again. When the disk is full, SQLite rolls a transaction back
/// by itself; sqlx doesn't notice, and such a connection would never begin another.
async fn is_fit_to_stay(connection: &mut SqliteConnection) -> sqlx::Result<bool> {
    // Answered only once a rollback that is under way has ended.
    connection.ping().await?;
    Ok(!connection.is_in_transaction())
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

fn make_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(folder)
}

/// Makes an empty file for its owner only, where there is none.
pub(super) fn make_file(path: &Path) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.write(true).create_new(true).open(path).map(drop)
}

/// Checks that the file is a whole database of ours, or an empty one, and brings its tables up to
/// date.
async fn prepare(path: &Path, patience: Duration) -> Result<(), OpenError> {
    let failed = |error| OpenError::at(path.to_owned(), error);
    let options = options(path, patience);
    let mut connection = SqliteConnection::connect_with(&options).await.map_err(failed)?;
    check_origin(&mut connection, path).await?;
    check_whole(&mut connection, path).await?;
    let migrated = migrator(MIGRATIONS.len()).run(&mut connection).await;
    migrated.map_err(|error| not_migrated(error, path))?;
    connection.close().await.map_err(failed)
}

/// Takes the first `steps` of the migrations, as far as a database has not taken them already.
pub(in crate::store) fn migrator(steps: usize) -> Migrator {
    let migrations = MIGRATIONS.iter().take(steps).map(|(version, name, sql)| {
        let (name, sql) = ((*name).into(), sql.into_sql_str());
        Migration::new(*version, name, MigrationType::Simple, sql, false)
    });
    Migrator::with_migrations(migrations.collect())
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

/// Why the tables could not be brought up to date.
pub(super) fn not_migrated(error: MigrateError, path: &Path) -> OpenError {
    let path = path.to_owned();
    let known = SCHEMA;
    match error {
        MigrateError::Execute(source) | MigrateError::ExecuteMigration(source, _) => {
            OpenError::at(path, source)
        }
        MigrateError::VersionMissing(found) if found > known => {
            OpenError::Newer { path, found, known }
        }
        MigrateError::VersionMissing(_) | MigrateError::VersionMismatch(_) => {
            OpenError::Foreign { path }
        }
        other => OpenError::Other { path, source: other.into() },
    }
}
