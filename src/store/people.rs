//! What people have chosen for themselves.

use sqlx::SqliteConnection;

use super::{Store, StoreError, operation::Operation, row::snowflake, writer::Write};
use crate::domain::UserId;

const WANTS_NOTICE: &str = "SELECT notify FROM people WHERE id = $1";

const CHOOSE_NOTICE: &str = "\
    INSERT INTO people (id, notify) VALUES ($1, $2) \
    ON CONFLICT (id) DO UPDATE SET notify = excluded.notify";

impl Store {
    /// Whether a person wants to be told when a song is ready: yes, unless they said no.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn wants_notice(&self, person: UserId) -> Result<bool, StoreError> {
        self.run(Operation::read("wants_notice"), async {
            let query = sqlx::query_scalar(WANTS_NOTICE).bind(snowflake::encode_sought(person.0));
            let notify: Option<i64> = query.fetch_optional(&self.reader).await?;
            Ok(notify != Some(0))
        })
        .await
    }

    /// Writes down whether a person wants to be told.
    ///
    /// # Errors
    /// When the database can't be written. Nothing has changed, then.
    pub async fn choose_notice(&self, person: UserId, wanted: bool) -> Result<(), StoreError> {
        let choose = ChooseNotice { person, wanted };
        self.run(Operation::write("choose_notice"), self.writer.write(choose)).await
    }
}

struct ChooseNotice {
    person: UserId,
    wanted: bool,
}

impl Write for ChooseNotice {
    type Outcome = ();

    async fn apply(&self, connection: &mut SqliteConnection) -> Result<(), StoreError> {
        // Somebody who can't be stored has no job to be told about.
        let Some(person) = snowflake::encode(self.person.0) else { return Ok(()) };
        let choose = sqlx::query(CHOOSE_NOTICE).bind(person).bind(i64::from(self.wanted));
        choose.execute(connection).await?;
        Ok(())
    }
}
