//! Queries for one person about their own jobs.
//!
//! A job is erased by emptying its prompt, which no other job has empty: what is left of its row
//! counts for the quotas, and is no job any more.

use std::cmp::Reverse;

use sqlx::{Row, SqliteConnection, sqlite::SqliteRow};

use crate::{
    domain::{Charge, Job, JobId, Prompt, Record, UserId},
    store::{
        Store, StoreError,
        operation::Operation,
        row::{codec::Word, read, snowflake},
        writer::Write,
    },
};

/// How many of a person's jobs are looked at, the latest ones. Nobody leafs through more.
const LATEST: u32 = 1000;

/// How many of a person's prompts are looked at, the latest ones.
const PROMPTS: u32 = 200;

pub(in crate::store) const SONGS: &str = "\
    SELECT * FROM jobs \
    WHERE requester = $1 AND state = 'completed' AND prompt <> '' \
    ORDER BY charged_at DESC LIMIT $2";

pub(in crate::store) const UNDER_WAY: &str = "SELECT * FROM jobs WHERE requester = $1 AND open = 1";

pub(in crate::store) const RECENT: &str = "\
    SELECT id, prompt FROM jobs \
    WHERE requester = $1 AND state <> 'abandoned' AND prompt <> '' \
    ORDER BY charged_at DESC LIMIT $2";

pub(in crate::store) const ALL: &str = "\
    SELECT * FROM jobs WHERE requester = $1 AND charged_at <= $2 \
    ORDER BY charged_at DESC LIMIT $3 OFFSET $4";

pub(in crate::store) const ERASE: &str = "\
    UPDATE jobs SET prompt = '', message = NULL, message_channel = NULL, title = NULL, bpm = NULL, \
        length_seconds = NULL, tags = NULL, song_url = NULL, image_url = NULL, \
        failure_reason = NULL, cancelled_by = NULL, origin = NULL \
    WHERE requester = $1 AND settled = 1 AND prompt <> ''";

pub(in crate::store) const NOT_SETTLED: &str = "\
    SELECT COUNT(*) FROM jobs WHERE requester = $1 AND settled = 0";

/// What became of a wish to be forgotten.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Erasure {
    /// How many jobs were erased.
    pub erased: u64,
    /// How many were left, since they are under way.
    pub kept: u64,
}

/// A part of somebody's records, and where the next part begins, if there is one.
#[derive(Debug)]
pub struct Records {
    /// The records, the latest first.
    pub records: Vec<Record>,
    /// After them.
    pub next: Option<RecordsAfter>,
}

/// A place in somebody's records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordsAfter {
    /// When the last one before it was asked for,
    charged_at: i64,
    /// and how many of that very time stand before it.
    skip: i64,
}

impl Store {
    /// The person's latest finished songs, the latest first.
    ///
    /// # Errors
    /// When the database can't be read. A damaged row is left out, here and below.
    pub async fn songs_of(&self, person: UserId) -> Result<Vec<Job>, StoreError> {
        self.run(Operation::read("songs_of"), async {
            let Some(person) = snowflake::encode(person.0) else { return Ok(Vec::new()) };
            let rows = sqlx::query(SONGS).bind(person).bind(i64::from(LATEST));
            let rows = rows.fetch_all(&self.reader).await?;
            let mut songs: Vec<Job> = rows.iter().filter_map(|row| read::job(row).ok()).collect();
            // Of the same millisecond, too, the latest comes first: here, and below.
            songs.sort_by_key(|job| Reverse(job.id));
            Ok(songs)
        })
        .await
    }

    /// The person's jobs that have no outcome yet, the oldest first.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn under_way(&self, person: UserId) -> Result<Vec<Job>, StoreError> {
        self.run(Operation::read("under_way"), async {
            let Some(person) = snowflake::encode(person.0) else { return Ok(Vec::new()) };
            let rows = sqlx::query(UNDER_WAY).bind(person).fetch_all(&self.reader).await?;
            let mut jobs: Vec<Job> = rows.iter().filter_map(|row| read::job(row).ok()).collect();
            jobs.sort_by_key(|job| job.id);
            Ok(jobs)
        })
        .await
    }

    /// The person's latest prompts, the latest first, each with a job that has it.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn recent_prompts(&self, person: UserId) -> Result<Vec<(JobId, Prompt)>, StoreError> {
        self.run(Operation::read("recent_prompts"), async {
            let Some(person) = snowflake::encode(person.0) else { return Ok(Vec::new()) };
            let rows = sqlx::query(RECENT).bind(person).bind(i64::from(PROMPTS));
            let rows = rows.fetch_all(&self.reader).await?;
            let mut prompts: Vec<_> = rows.iter().filter_map(prompt).collect();
            prompts.sort_by_key(|(job, _)| Reverse(*job));
            Ok(prompts)
        })
        .await
    }

    /// Everything that the jobs hold about the person, the latest first, part by part: so many
    /// jobs at most, from a place on.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn records_of(
        &self,
        person: UserId,
        from: Option<RecordsAfter>,
        most: u32,
    ) -> Result<Records, StoreError> {
        self.run(Operation::read("records_of"), async {
            let Some(person) = snowflake::encode(person.0) else {
                return Ok(Records { records: Vec::new(), next: None });
            };
            let from = from.unwrap_or(RecordsAfter { charged_at: i64::MAX, skip: 0 });
            let rows = sqlx::query(ALL).bind(person).bind(from.charged_at);
            let rows = rows.bind(i64::from(most)).bind(from.skip).fetch_all(&self.reader).await?;
            let mut records: Vec<_> = rows.iter().filter_map(record).collect();
            records.sort_by_key(|record| Reverse(record.id()));
            Ok(Records { records, next: from.after(&rows) })
        })
        .await
    }

    /// Erases what the person's jobs say, as far as nothing is left to do for them. What they take
    /// from the quotas stays.
    ///
    /// # Errors
    /// When the database can't be written. Nothing is erased, then.
    pub async fn erase(&self, person: UserId) -> Result<Erasure, StoreError> {
        self.run(Operation::write("erase"), self.writer.write(Erase { person })).await
    }
}

struct Erase {
    person: UserId,
}

impl Write for Erase {
    type Outcome = Erasure;

    async fn apply(&self, connection: &mut SqliteConnection) -> Result<Erasure, StoreError> {
        let Some(person) = snowflake::encode(self.person.0) else {
            return Ok(Erasure { erased: 0, kept: 0 });
        };
        let erased = sqlx::query(ERASE).bind(person).execute(&mut *connection).await?;
        let kept: i64 = sqlx::query_scalar(NOT_SETTLED).bind(person).fetch_one(connection).await?;
        Ok(Erasure { erased: erased.rows_affected(), kept: kept.unsigned_abs() })
    }
}

impl RecordsAfter {
    /// The place after these rows that were read from this one on.
    fn after(self, rows: &[SqliteRow]) -> Option<Self> {
        let times = rows.iter().map(|row| row.try_get::<i64, _>("charged_at").ok());
        let times: Vec<i64> = times.collect::<Option<_>>()?;
        let charged_at = *times.last()?;
        let same = times.iter().rev().take_while(|time| **time == charged_at).count();
        let before = if charged_at == self.charged_at { self.skip } else { 0 };
        Some(Self { charged_at, skip: before + i64::try_from(same).ok()? })
    }
}

fn prompt(row: &SqliteRow) -> Option<(JobId, Prompt)> {
    let prompt: &str = row.try_get("prompt").ok()?;
    Some((id(row)?, Prompt::parse(prompt).ok()?))
}

fn record(row: &SqliteRow) -> Option<Record> {
    if row.try_get::<&str, _>("prompt").ok()?.is_empty() {
        let charge = Charge::from_word(row.try_get("charge").ok()?)?;
        return Some(Record::Erased { id: id(row)?, charge });
    }
    read::job(row).ok().map(|job| Record::Job(Box::new(job)))
}

fn id(row: &SqliteRow) -> Option<JobId> {
    snowflake::decode(row.try_get("id").ok()?).map(JobId)
}
