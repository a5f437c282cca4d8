//! Opening the database: checked, brought up to date, and locked for this bot.

use std::{
    path::Path,
    sync::Arc,
    time::{Duration, SystemTime},
};

use sqlx::{
    AssertSqlSafe, SqlitePool,
    sqlite::{SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use super::{
    database_file::{PATIENCE, file_of, make_place, options},
    lock::Lock,
    update::prepare,
};
use crate::{
    metrics::Metrics,
    store::{OpenError, Store, writer::Writer},
};

/// How many may read at once.
const READERS: u32 = 4;

/// How much of the file each connection keeps in memory, in KiB. SQLite would take 2 MiB for each,
/// month by month, though the system has what is read often at hand anyway.
const PAGE_CACHE: u32 = 256;

impl Store {
    /// Opens the database at a URL such as `sqlite://data/whisul-bot.db` (below the working
    /// directory) or `sqlite:///data/whisul-bot.db`. What is missing is made, for its owner only:
    /// the folder, the file and the tables. Tables of an earlier version are brought up to date, and
    /// the database as it was is kept beside it. A file that isn't ours, or isn't whole, is refused and
    /// left as it is. A file has one bot: while this store is open, or a clone of it is left, it can't
    /// be opened again.
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
        let update = prepare(&path, patience, SystemTime::now()).await?;
        let store = Self::connect(&path, patience, lock).await;
        let store = store.map_err(|error| OpenError::at(path, error))?;
        Ok(Self { updated_from: update.map(|update| update.from), ..store })
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
            // A file does not hang up: a test would only cost each call another trip to its thread.
            .test_before_acquire(false)
            .connect_with(options.clone())
            .await?;
        check_writable(&writer).await?;
        let writer = Writer::new(writer);
        let reader = SqlitePoolOptions::new()
            .max_connections(READERS)
            .acquire_timeout(patience)
            .test_before_acquire(false)
            .connect_lazy_with(options);
        let (interceptor, metrics, updated_from) = (None, Metrics::default(), None);
        Ok(Self { writer, reader, lock, interceptor, metrics, updated_from })
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
