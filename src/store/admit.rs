//! Admission: whether one more song is allowed, decided and charged in one transaction.

use std::time::Duration;

use sqlx::{Sqlite, SqliteConnection, query::QueryScalar, sqlite::SqliteArguments};

use super::{
    Store, StoreError,
    write::{self, number},
};
use crate::domain::{Charges, Job, Limits, Quota, Refusal, Requester, Timestamp};

/// Takes the right to write at once, so that nothing can change between reading the charges and
/// adding one.
const BEGIN: &str = "BEGIN IMMEDIATE";

pub(super) const KNOWN: &str = "SELECT COUNT(*) FROM jobs WHERE id = $1";

pub(super) const REPEATED: &str = "\
    SELECT COUNT(*) FROM jobs WHERE requester = $1 AND open = 1 AND origin = $2 AND prompt = $3";

pub(super) const OPEN: &str = "SELECT COUNT(*) FROM jobs WHERE requester = $1 AND open = 1";

pub(super) const CHARGES_OF_REQUESTER: &str = "\
    SELECT charged_at FROM jobs \
    WHERE requester = $1 AND charge = 'full' AND charged_at > $2 \
    ORDER BY charged_at DESC LIMIT $3";

pub(super) const CHARGES_OF_GUILD: &str = "\
    SELECT charged_at FROM jobs \
    WHERE guild = $1 AND charge = 'full' AND charged_at > $2 \
    ORDER BY charged_at DESC LIMIT $3";

pub(super) const CHARGES_OF_EVERYBODY: &str = "\
    SELECT charged_at FROM jobs \
    WHERE charge IN ('full', 'key') AND charged_at > $1 \
    ORDER BY charged_at DESC LIMIT $2";

/// What became of a request for a song.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
    /// The job is written down and charged.
    Accepted,
    /// A limit refused it; nothing was written.
    Refused(Refusal),
    /// It was written down before: Discord delivered the same interaction twice.
    Known,
    /// The same person has asked for the same prompt with the same button, and that job is still
    /// under way: they clicked twice.
    Repeated,
}

impl Store {
    /// Writes a new job down, with its charge, if it is within the limits at the time of its
    /// interaction. However many ask at once, no limit is ever exceeded, and one interaction
    /// never becomes two jobs.
    ///
    /// # Errors
    /// When the database can't be read or written: the job is then not charged. A call that is
    /// dropped midway has happened in full or not at all.
    pub async fn admit(
        &self,
        job: &Job,
        requester: &Requester<'_>,
        limits: &Limits,
    ) -> Result<Admission, StoreError> {
        let id = number(job.id, "id", job.id.0)?;
        // A transaction that ends without a commit changes nothing.
        let mut transaction = self.writer.begin_with(BEGIN).await?;
        if count(&mut transaction, KNOWN, id).await? > 0 {
            return Ok(Admission::Known);
        }
        if is_repeated(&mut transaction, job).await? {
            return Ok(Admission::Repeated);
        }
        let charges = charges(&mut transaction, job, requester, limits).await?;
        if let Err(refusal) = limits.admit(requester, &charges, job.id.created_at()) {
            return Ok(Admission::Refused(refusal));
        }
        write::insert(&mut *transaction, job).await?;
        transaction.commit().await?;
        Ok(Admission::Accepted)
    }
}

/// Whether a button was clicked twice for it.
async fn is_repeated(connection: &mut SqliteConnection, job: &Job) -> Result<bool, StoreError> {
    let Some(origin) = job.origin else { return Ok(false) };
    let rows: i64 = sqlx::query_scalar(REPEATED)
        .bind(number(job.id, "requester", job.requester.0)?)
        .bind(number(job.id, "origin", origin.0)?)
        .bind(job.prompt.as_str())
        .fetch_one(connection)
        .await?;
    Ok(rows > 0)
}

/// Loads the charges that matter to the limits, and no others.
async fn charges(
    connection: &mut SqliteConnection,
    job: &Job,
    requester: &Requester<'_>,
    limits: &Limits,
) -> Result<Charges, StoreError> {
    let at = job.id.created_at();
    let person = number(job.id, "requester", job.requester.0)?;
    let open = count(connection, OPEN, person).await?;
    let mut charges = Charges { open, ..Charges::default() };
    if let Some(past) = Past::of(limits.personal(requester.roles), at) {
        let query = sqlx::query_scalar(CHARGES_OF_REQUESTER).bind(person);
        charges.user = past.load(connection, query).await?;
    }
    if let Some(guild) = job.place.guild
        && let Some(past) = Past::of([limits.guild], at)
    {
        let guild = number(job.id, "guild", guild.0)?;
        let query = sqlx::query_scalar(CHARGES_OF_GUILD).bind(guild);
        charges.guild = past.load(connection, query).await?;
    }
    if let Some(past) = Past::of([limits.global], at) {
        charges.global = past.load(connection, sqlx::query_scalar(CHARGES_OF_EVERYBODY)).await?;
    }
    Ok(charges)
}

/// Runs a statement that counts the rows of one person, or one job.
async fn count(
    connection: &mut SqliteConnection,
    statement: &'static str,
    of: i64,
) -> Result<u32, StoreError> {
    let rows: i64 = sqlx::query_scalar(statement).bind(of).fetch_one(connection).await?;
    Ok(u32::try_from(rows).unwrap_or(u32::MAX))
}

/// How much of the past matters to a request.
struct Past {
    /// Only charges later than this.
    since: Timestamp,
    /// Only so many, the latest.
    depth: u32,
}

impl Past {
    /// The past that matters to quotas of which any with room is enough; `None` if none of it
    /// does.
    fn of(quotas: impl IntoIterator<Item = Quota>, at: Timestamp) -> Option<Self> {
        let mut depth = 0;
        let mut longest = Duration::ZERO;
        for quota in quotas {
            let Quota::Limited { window, .. } = quota else { return None };
            depth = depth.max(quota.depth());
            longest = longest.max(window);
        }
        (depth > 0).then_some(Self { since: at.before(longest), depth })
    }

    /// Loads it with a statement whose last two parameters it is.
    async fn load(
        &self,
        connection: &mut SqliteConnection,
        query: QueryScalar<'_, Sqlite, i64, SqliteArguments>,
    ) -> Result<Vec<Timestamp>, StoreError> {
        let query = query.bind(self.since.millis()).bind(i64::from(self.depth));
        let charges = query.fetch_all(connection).await?;
        Ok(charges.into_iter().map(Timestamp::from_millis).collect())
    }
}
