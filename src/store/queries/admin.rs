//! Queries for moderators about a server, and for the owner about everything.

use std::time::Duration;

use sqlx::{Row, SqlitePool};

use super::pages::List;
use crate::{
    domain::{GuildId, Job, Listed, Page, Stats, Timestamp, UserId, rank_before},
    store::{
        Store, StoreError,
        operation::Operation,
        row::{read, snowflake},
    },
};

pub(in crate::store) const OPEN: List = List {
    count: "SELECT COUNT(*) FROM jobs WHERE open = 1",
    rows: "SELECT * FROM jobs WHERE open = 1 ORDER BY round, id LIMIT $1 OFFSET $2",
};

pub(in crate::store) const OPEN_IN_GUILD: List = List {
    count: "SELECT COUNT(*) FROM jobs WHERE open = 1 AND guild = $1",
    rows: "SELECT * FROM jobs WHERE open = 1 AND guild = $1 ORDER BY round, id LIMIT $2 OFFSET $3",
};

const COUNTS: &str = "\
    SELECT state, COUNT(*) AS jobs FROM jobs \
    WHERE charged_at > $1 AND ($2 = 0 OR guild = $2) AND state IN ('completed', 'failed') \
    GROUP BY state";

const TOOK: &str = "\
    SELECT took_millis FROM jobs \
    WHERE charged_at > $1 AND ($2 = 0 OR guild = $2) AND state = 'completed' \
    ORDER BY took_millis LIMIT 1 OFFSET $3";

const TOP: &str = "\
    SELECT requester, COUNT(*) AS songs FROM jobs \
    WHERE charged_at > $1 AND ($2 = 0 OR guild = $2) AND state = 'completed' \
    GROUP BY requester ORDER BY songs DESC, requester LIMIT $3";

/// By the requester's index: a person has fewer songs than a server.
pub(in crate::store) const CHARGED_HERE: &str = "\
    SELECT COUNT(*) FROM jobs \
    WHERE requester = $1 AND +guild = $2 AND charge = 'full' AND charged_at > $3";

impl Store {
    /// How many songs of a person count since then that they asked for in this server.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn charged_here(
        &self,
        person: UserId,
        guild: GuildId,
        since: Timestamp,
    ) -> Result<u64, StoreError> {
        self.run(Operation::read("charged_here"), async {
            let query = sqlx::query_scalar(CHARGED_HERE).bind(snowflake::encode_sought(person.0));
            let query = query.bind(snowflake::encode_sought(guild.0)).bind(since.millis());
            let songs: i64 = query.fetch_one(&self.reader).await?;
            Ok(songs.unsigned_abs())
        })
        .await
    }

    /// A page of the jobs without an outcome, in the order of their turns: those of one server, or
    /// all.
    ///
    /// # Errors
    /// When the database can't be read. A damaged row is left out.
    pub async fn open_jobs(
        &self,
        guild: Option<GuildId>,
        page: Page,
    ) -> Result<Listed<Job>, StoreError> {
        let list = if guild.is_some() { OPEN_IN_GUILD } else { OPEN };
        let whose = guild.map(|_| guild_or_all(guild));
        self.page(&list, whose, page, |row| read::job(row).ok()).await
    }

    /// Numbers about the songs asked for since then, in one server or in all.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn stats(
        &self,
        guild: Option<GuildId>,
        since: Timestamp,
        top: u32,
    ) -> Result<Stats, StoreError> {
        self.run(Operation::read("stats"), async {
            let (since, guild) = (since.millis(), guild_or_all(guild));
            let mut stats = Stats::default();
            let counts =
                sqlx::query(COUNTS).bind(since).bind(guild).fetch_all(&self.reader).await?;
            for row in counts {
                let jobs = u64::try_from(row.try_get::<i64, _>("jobs")?).unwrap_or(0);
                match row.try_get("state")? {
                    "completed" => stats.songs = jobs,
                    _ => stats.failures = jobs,
                }
            }
            let percentile = |percent| took(&self.reader, since, guild, stats.songs, percent);
            (stats.median, stats.ninetieth) = (percentile(50).await?, percentile(90).await?);
            let rows = sqlx::query(TOP).bind(since).bind(guild).bind(i64::from(top));
            stats.top = rows.fetch_all(&self.reader).await?.iter().filter_map(requester).collect();
            Ok(stats)
        })
        .await
    }
}

/// How long the song at a percentile took.
async fn took(
    reader: &SqlitePool,
    since: i64,
    guild: i64,
    songs: u64,
    percent: u64,
) -> Result<Option<Duration>, StoreError> {
    let Some(before) = rank_before(songs, percent) else { return Ok(None) };
    let query = sqlx::query(TOOK).bind(since).bind(guild);
    let row = query.bind(i64::try_from(before).unwrap_or(i64::MAX)).fetch_optional(reader).await?;
    // As an option: sqlx would read SQLite's NULL as 0.
    Ok(row.and_then(|row| row.try_get("took_millis").ok().flatten()).and_then(read::duration))
}

fn requester(row: &sqlx::sqlite::SqliteRow) -> Option<(UserId, u64)> {
    let requester = snowflake::decode(row.try_get("requester").ok()?)?;
    let songs: i64 = row.try_get("songs").ok()?;
    Some((UserId(requester), songs.try_into().ok()?))
}

/// A server as a number; 0 for all.
fn guild_or_all(guild: Option<GuildId>) -> i64 {
    guild.map_or(0, |guild| snowflake::encode_sought(guild.0))
}
