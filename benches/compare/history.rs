//! Jobs written straight into the database of a bot that does not run: copies of a job that a bot
//! has written, whatever columns the table has.

use std::{path::Path, time::Duration};

use sqlx::{
    AssertSqlSafe, Connection as _, Row as _, SqliteConnection, sqlite::SqliteConnectOptions,
};

/// The bot's database in its folder.
const DATABASE: &str = "data/whisul-bot.db";
/// How long a bot that was killed may keep its lock.
const BUSY: Duration = Duration::from_secs(10);
/// A snowflake is milliseconds, shifted by this, and a counter
/// (<https://docs.discord.com/developers/reference#snowflakes>).
const SNOWFLAKE_SHIFT: u32 = 22;

/// Copies of the first job in a database.
pub(crate) struct Copies<'a> {
    /// Their numbers begin here: none is written twice.
    pub(crate) first: u64,
    pub(crate) count: u64,
    /// How much older than the one before each is, in milliseconds.
    pub(crate) apart: u64,
    /// Who asked for them, in turn.
    pub(crate) requesters: &'a [u64],
}

impl Copies<'_> {
    /// Writes them.
    pub(crate) async fn write(&self, folder: &Path) {
        if self.count == 0 {
            return;
        }
        let options = SqliteConnectOptions::new().filename(folder.join(DATABASE));
        let options = options.busy_timeout(BUSY);
        let mut database =
            SqliteConnection::connect_with(&options).await.expect("the bot's database");
        let columns = sqlx::query("SELECT name FROM pragma_table_info('jobs')");
        let columns = columns.fetch_all(&mut database).await.expect("the table's columns");
        let columns: Vec<String> = columns.iter().map(|row| row.get("name")).collect();
        let copied = sqlx::query(AssertSqlSafe(self.statement(&columns)));
        let copied = copied.execute(&mut database).await.expect("copies fit the table");
        assert_eq!(copied.rows_affected(), self.count);
        database.close().await.expect("the database closes");
    }

    fn statement(&self, columns: &[String]) -> String {
        let Self { first, count, apart, requesters } = self;
        let people: Vec<String> = requesters.iter().map(|id| format!("({id})")).collect();
        let values = columns.iter().map(|column| match &**column {
            // Not even copies of the same millisecond have the same id.
            "id" => format!("job.id - (n * {apart} << {SNOWFLAKE_SHIFT}) - n - 1"),
            "charged_at" => format!("charged_at - n * {apart}"),
            "requester" => "person".to_owned(),
            column => column.to_owned(),
        });
        let values: Vec<String> = values.collect();
        format!(
            "WITH RECURSIVE
                 numbers (n) AS (SELECT {first} UNION ALL
                     SELECT n + 1 FROM numbers WHERE n + 1 < {first} + {count}),
                 people (person) AS (VALUES {}),
                 places AS MATERIALIZED
                     (SELECT person, row_number() OVER () - 1 AS place FROM people),
                 job AS MATERIALIZED (SELECT * FROM jobs ORDER BY rowid LIMIT 1)
             INSERT INTO jobs ({}) SELECT {} FROM numbers, job
                 JOIN places ON place = n % {}",
            people.join(", "),
            columns.join(", "),
            values.join(", "),
            requesters.len(),
        )
    }
}
