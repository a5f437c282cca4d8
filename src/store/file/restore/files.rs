//! What replacing a database does with files.

use std::path::{Path, PathBuf};

use sqlx::{Connection, SqliteConnection, sqlite::SqliteConnectOptions};

use crate::store::file::database_file::PATIENCE;

pub(super) async fn connect(file: &Path) -> sqlx::Result<SqliteConnection> {
    let options = SqliteConnectOptions::new().filename(file).busy_timeout(PATIENCE);
    SqliteConnection::connect_with(&options).await
}

/// Empties the write-ahead log into the database's file and removes it.
pub(super) async fn in_one_file(connection: &mut SqliteConnection) -> sqlx::Result<()> {
    sqlx::query("PRAGMA journal_mode = DELETE").execute(connection).await?;
    Ok(())
}

pub(super) fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut path = path.as_os_str().to_owned();
    path.push(suffix);
    path.into()
}
