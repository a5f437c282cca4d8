//! The jobs on disk: SQL and migrations. Nothing else in the bot knows SQL.
//!
//! One row a job, written before the step that follows from it is taken. The statements keep to
//! what SQLite and PostgreSQL have in common; SQLite-specific code is in `file`, `error` and
//! `writer`.

mod admin_actions;
mod admit;
mod charges;
mod error;
mod file;
mod forget;
mod operation;
mod people;
mod queries;
mod row;
#[cfg(test)]
mod tests;
mod writer;

use std::{sync::Arc, time::Duration};

use futures_util::TryStreamExt;
use sqlx::{Row, SqliteConnection, SqlitePool};
use tracing::warn;

pub use self::{
    admit::Admission,
    error::{DamagedRow, OpenError, StoreError},
    file::{
        backup::{BackupError, backup, snapshot},
        database_file::{file_of, free_space},
        inspect::{Inspection, check_access, inspect, mark_backup},
        restore::{RestoreError, Restored, restore},
        update::{Update, UpdateStatus, update, update_status},
    },
    operation::{Intercepted, Interceptor, Operation, Work},
    queries::user::{Erasure, Records, RecordsAfter},
};
use self::{
    row::snowflake,
    writer::{Write, Writer},
};
use crate::{
    domain::{Job, JobId, MessageId, Quota, UserId},
    metrics::Metrics,
};

/// A job that was erased has no prompt, and is none any more.
const JOB: &str = "SELECT * FROM jobs WHERE id = $1 AND prompt <> ''";

const MESSAGE_DELETED: &str =
    "UPDATE jobs SET message = NULL WHERE id = $1 AND message = $2 AND settled = 1";

const COUNTS: &str =
    "SELECT (SELECT COUNT(*) FROM jobs), (SELECT COUNT(*) FROM jobs WHERE settled = 0)";

const BY_STATE: &str =
    "SELECT state, COUNT(*) FROM jobs WHERE settled = 0 GROUP BY state ORDER BY state";

const UNSETTLED: &str = "SELECT * FROM jobs WHERE settled = 0 ORDER BY id";

const DURATIONS: &str = "\
    SELECT took_millis FROM jobs WHERE state = 'completed' ORDER BY id DESC LIMIT $1";

const ROUNDS: &str = "\
    SELECT requester, round FROM jobs \
    WHERE state IN ('submitting', 'running', 'completed') OR failure NOT IN ('too_late', 'expired') \
    ORDER BY id DESC LIMIT $1";

/// The database of jobs. Clones share it.
#[derive(Clone, Debug)]
pub struct Store {
    writer: Writer,
    /// Connections that only read, and wait for nobody.
    reader: SqlitePool,
    /// Keeps other bots away from the file.
    lock: Arc<file::lock::Lock>,
    interceptor: Option<Arc<dyn Interceptor>>,
    metrics: Metrics,
    /// The schema that the database had, if it was brought up to date when it was opened.
    updated_from: Option<i64>,
}

/// The jobs for which something is left to do.
#[derive(Debug, Default)]
pub struct Unsettled {
    /// Those that can be read, oldest first.
    pub jobs: Vec<Job>,
    /// Those that can't, and have to wait for a person: to be logged.
    pub damaged: Vec<DamagedRow>,
}

/// What is in a database that has just been opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Contents {
    /// The latest migration that it has taken.
    pub schema: i64,
    /// How many jobs it remembers,
    pub jobs: i64,
    /// and for how many of them something is left to do.
    pub unfinished: i64,
    /// The quota over everybody that a command has set.
    pub global_quota: Option<Quota>,
}

impl Store {
    /// What is in the database.
    ///
    /// # Errors
    /// When it can't be read.
    pub async fn contents(&self) -> Result<Contents, StoreError> {
        self.run(Operation::read("contents"), async {
            let (jobs, unfinished) = sqlx::query_as(COUNTS).fetch_one(&self.reader).await?;
            // Nobody is user 0, so that only what holds for everybody matches.
            let global_quota = self.overrides(UserId(0), None).await?.global;
            Ok(Contents { schema: file::migrations::SCHEMA, jobs, unfinished, global_quota })
        })
        .await
    }

    /// The schema that the database had before this start updated it; `None` if there was nothing
    /// to update.
    pub fn updated_from(&self) -> Option<i64> {
        self.updated_from
    }

    /// How many unfinished jobs are in each state: the state's name, and their number.
    ///
    /// # Errors
    /// When it can't be read.
    pub async fn unfinished_by_state(&self) -> Result<Vec<(String, i64)>, StoreError> {
        let counts = async { Ok(sqlx::query_as(BY_STATE).fetch_all(&self.reader).await?) };
        self.run(Operation::read("unfinished_by_state"), counts).await
    }

    /// Makes sure that the database answers, and would let the bot write. No operation of a job: it is
    /// not counted among them.
    ///
    /// # Errors
    /// When it can't be written.
    pub async fn check_writable(&self) -> Result<(), StoreError> {
        self.writer.write(CheckWritable).await
    }

    /// Writes down what has become of a job, unless somebody else was faster: `false` means that
    /// the row no longer is as far as `before`, or is gone, and that nothing was
    /// written. A settled job's token is forgotten.
    ///
    /// What never changes (the id, the requester, the prompt and where they asked) is not written.
    ///
    /// # Errors
    /// When the database can't be written. Nothing has changed, then.
    pub async fn save(&self, before: &Job, after: &Job) -> Result<bool, StoreError> {
        let save = Save { before: before.clone(), after: after.clone() };
        self.run(Operation::write("save").of(before.id), self.writer.write(save)).await
    }

    /// Looks a job up.
    ///
    /// # Errors
    /// When the database, or the job's row, can't be read.
    pub async fn job(&self, id: JobId) -> Result<Option<Job>, StoreError> {
        self.run(Operation::read("job").of(id), async {
            // What can't be stored isn't stored.
            let Some(id) = snowflake::encode(id.0) else { return Ok(None) };
            let row = sqlx::query(JOB).bind(id).fetch_optional(&self.reader).await?;
            Ok(row.as_ref().map(row::read::job).transpose()?)
        })
        .await
    }

    /// Forgets the message of a settled job: a person had it deleted. A job that is not settled
    /// keeps it, since its task still needs it to find that out.
    ///
    /// # Errors
    /// When the database can't be written.
    pub async fn message_deleted(&self, job: JobId, message: MessageId) -> Result<(), StoreError> {
        let forget_message = ForgetMessage { job, message };
        let operation = Operation::write("message_deleted").of(job);
        self.run(operation, self.writer.write(forget_message)).await
    }

    /// All jobs for which something is left to do: without an outcome, or with one that is still
    /// to be delivered.
    ///
    /// # Errors
    /// When the database can't be read. A damaged row alone is no error, so that it can't keep the
    /// others from going on.
    pub async fn unsettled(&self) -> Result<Unsettled, StoreError> {
        self.run(Operation::read("unsettled"), async {
            let mut unsettled = Unsettled::default();
            // Row by row: a row takes ten times the room of its job, and there may be 100,000.
            let mut rows = sqlx::query(UNSETTLED).fetch(&self.reader);
            while let Some(row) = rows.try_next().await? {
                match row::read::job(&row) {
                    Ok(job) => unsettled.jobs.push(job),
                    Err(damaged) => unsettled.damaged.push(damaged),
                }
            }
            Ok(unsettled)
        })
        .await
    }

    /// How long Whisul took for the latest `count` songs, oldest first.
    ///
    /// # Errors
    /// When the database can't be read. A damaged row is left out.
    pub async fn recent_durations(&self, count: usize) -> Result<Vec<Duration>, StoreError> {
        self.run(Operation::read("recent_durations"), async {
            let count = i64::try_from(count).unwrap_or(i64::MAX);
            let rows = sqlx::query(DURATIONS).bind(count).fetch_all(&self.reader).await?;
            // As an option: sqlx would read SQLite's NULL as 0.
            let took =
                rows.iter().rev().filter_map(|row| row.try_get("took_millis").ok().flatten());
            Ok(took.filter_map(row::read::duration).collect())
        })
        .await
    }

    /// Requester and round of the latest `count` jobs whose turn has come.
    ///
    /// # Errors
    /// When the database can't be read. A damaged row is left out.
    pub async fn rounds_called(&self, count: u32) -> Result<Vec<(UserId, u32)>, StoreError> {
        self.run(Operation::read("rounds_called"), async {
            let rows = sqlx::query(ROUNDS).bind(i64::from(count)).fetch_all(&self.reader).await?;
            Ok(rows.iter().filter_map(row::read::round).collect())
        })
        .await
    }

    /// Waits for what is being written, closes the database and leaves it to the next bot.
    /// Whatever is asked of the store afterwards is an error.
    pub async fn close(&self) {
        self.reader.close().await;
        self.writer.pool.close().await;
        if let Err(error) = self.lock.release() {
            warn!(%error, "releasing the database's lock failed; it ends with this process");
        }
    }
}

/// Makes sure that the bot could write.
struct CheckWritable;

impl Write for CheckWritable {
    type Outcome = ();

    async fn apply(&self, _connection: &mut SqliteConnection) -> Result<(), StoreError> {
        Ok(())
    }
}

struct Save {
    before: Job,
    after: Job,
}

impl Write for Save {
    type Outcome = bool;

    async fn apply(&self, connection: &mut SqliteConnection) -> Result<bool, StoreError> {
        row::write::update(connection, &self.before, &self.after).await
    }
}

struct ForgetMessage {
    job: JobId,
    message: MessageId,
}

impl Write for ForgetMessage {
    type Outcome = ();

    async fn apply(&self, connection: &mut SqliteConnection) -> Result<(), StoreError> {
        let id = snowflake::encode_for(self.job, "id", self.job.0)?;
        let message = snowflake::encode_for(self.job, "message", self.message.0)?;
        sqlx::query(MESSAGE_DELETED).bind(id).bind(message).execute(connection).await?;
        Ok(())
    }
}
