//! What is in a database.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use sqlx::{Connection as _, Row as _, SqliteConnection, sqlite::SqliteConnectOptions};

/// What people were told about is in these.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Rows {
    pub(crate) jobs: BTreeMap<u64, JobRow>,
    /// The ids of admin actions.
    pub(crate) actions: BTreeSet<u64>,
}

/// A job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct JobRow {
    pub(crate) requester: u64,
    pub(crate) prompt: String,
    pub(crate) state: String,
    pub(crate) failure: String,
    pub(crate) charge: String,
    pub(crate) delivery: String,
}

impl JobRow {
    /// How far it is: only the last is an outcome.
    pub(crate) fn progress(&self) -> usize {
        let on_the_way = ["accepted", "announced", "submitting", "running"];
        let found = on_the_way.iter().position(|state| *state == self.state);
        found.unwrap_or(on_the_way.len())
    }

    /// What its requester is told at the end, and what it costs them.
    pub(crate) fn outcome(&self) -> [&str; 3] {
        [&self.state, &self.failure, &self.charge]
    }
}

impl Rows {
    /// Reads a database, which may be none, after SQLite has recovered it.
    ///
    /// # Errors
    /// When it is damaged, with what SQLite finds.
    pub(crate) async fn read(database: &Path) -> Result<Self, String> {
        if !database.exists() {
            return Ok(Self::default());
        }
        let options = SqliteConnectOptions::new().filename(database).pragma("synchronous", "off");
        let text = |error: sqlx::Error| error.to_string();
        let mut connection = SqliteConnection::connect_with(&options).await.map_err(text)?;
        let rows = Self::of(&mut connection).await.map_err(text);
        connection.close().await.map_err(text)?;
        rows?
    }

    async fn of(connection: &mut SqliteConnection) -> sqlx::Result<Result<Self, String>> {
        let check = sqlx::query_scalar("PRAGMA integrity_check(1)");
        let verdict: String = check.fetch_one(&mut *connection).await?;
        if verdict != "ok" {
            return Ok(Err(verdict));
        }
        let tables = "SELECT COUNT(*) FROM sqlite_master WHERE name IN ('jobs', 'admin_actions')";
        let tables: i64 = sqlx::query_scalar(tables).fetch_one(&mut *connection).await?;
        if tables == 0 {
            return Ok(Ok(Self::default()));
        }
        let mut rows = Self::default();
        let jobs = "SELECT id, requester, prompt, state, failure, charge, delivery FROM jobs";
        for row in sqlx::query(jobs).fetch_all(&mut *connection).await? {
            let text = |column| row.get::<Option<String>, _>(column).unwrap_or_default();
            let job = JobRow {
                requester: id(row.get("requester")),
                prompt: text("prompt"),
                state: text("state"),
                failure: text("failure"),
                charge: text("charge"),
                delivery: text("delivery"),
            };
            rows.jobs.insert(id(row.get("id")), job);
        }
        let actions = sqlx::query_scalar("SELECT id FROM admin_actions");
        rows.actions = actions.fetch_all(connection).await?.into_iter().map(id).collect();
        Ok(Ok(rows))
    }
}

fn id(number: i64) -> u64 {
    number.try_into().unwrap()
}
