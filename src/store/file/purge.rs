//! What was erased leaves the write-ahead log, too.

use std::time::Duration;

use sqlx::{ConnectOptions, Connection, Row};

use crate::store::{Store, StoreError, operation::Operation};

/// Copies what readers allow, and keeps nobody from writing meanwhile.
const CHECKPOINT_PASSIVE: &str = "PRAGMA wal_checkpoint(PASSIVE)";

/// Copies the rest and cuts the file to nothing; writers wait that long
/// (<https://www.sqlite.org/pragma.html#pragma_wal_checkpoint>).
const CHECKPOINT_TRUNCATE: &str = "PRAGMA wal_checkpoint(TRUNCATE)";

impl Store {
    /// Brings the write-ahead log into the database and empties it: until then, the log holds what
    /// was erased as it was once written. `false` while others read or write, for whom this doesn't
    /// wait: worth another try.
    ///
    /// # Errors
    /// When the database can't be written.
    pub async fn empty_log(&self) -> Result<bool, StoreError> {
        self.run(Operation::write("empty_log"), async {
            match self.try_to_empty_log().await.map_err(StoreError::from) {
                Err(StoreError::Busy(_)) => Ok(false),
                result => result,
            }
        })
        .await
    }

    async fn try_to_empty_log(&self) -> sqlx::Result<bool> {
        // A connection of its own: those of the pools wait for others, and others for them.
        let options = self.reader.connect_options();
        let options = options.as_ref().clone().busy_timeout(Duration::ZERO);
        let mut connection = options.connect().await?;
        sqlx::query(CHECKPOINT_PASSIVE).execute(&mut connection).await?;
        let busy: i64 =
            sqlx::query(CHECKPOINT_TRUNCATE).fetch_one(&mut connection).await?.try_get(0)?;
        connection.close().await?;
        Ok(busy == 0)
    }
}
