//! Forgetting jobs that are long over.

use sqlx::SqliteConnection;

use super::{Store, StoreError, operation::Operation, writer::Write};
use crate::domain::Timestamp;

pub(super) const LATEST: &str = "SELECT MAX(charged_at) FROM jobs";

pub(super) const FORGET: &str = "\
    DELETE FROM jobs WHERE id IN (\
        SELECT id FROM jobs WHERE charged_at < $1 AND settled = 1 ORDER BY charged_at LIMIT $2)";

impl Store {
    /// When the latest job was asked for, by Discord's clock; `None` if there are no jobs.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn latest(&self) -> Result<Option<Timestamp>, StoreError> {
        self.run(Operation::read("latest"), async {
            let millis: Option<i64> = sqlx::query_scalar(LATEST).fetch_one(&self.reader).await?;
            Ok(millis.map(Timestamp::from_millis))
        })
        .await
    }

    /// Forgets settled jobs that were asked for before this time, the oldest first and at most so
    /// many: other writers wait that long. Returns how many they were.
    ///
    /// # Errors
    /// When the database can't be written. Nothing is forgotten, then.
    pub async fn forget(&self, before: Timestamp, most: u32) -> Result<u64, StoreError> {
        self.run(Operation::write("forget"), self.writer.write(Forget { before, most })).await
    }
}

struct Forget {
    before: Timestamp,
    most: u32,
}

impl Write for Forget {
    type Outcome = u64;

    async fn apply(&self, connection: &mut SqliteConnection) -> Result<u64, StoreError> {
        let forget = sqlx::query(FORGET).bind(self.before.millis()).bind(i64::from(self.most));
        Ok(forget.execute(connection).await?.rows_affected())
    }
}
