//! Admission: whether one more song is allowed, decided and charged in one transaction.

use std::time::Duration;

use sqlx::{Sqlite, SqliteConnection, query::QueryScalar, sqlite::SqliteArguments};

use super::{
    Store, StoreError, admin_actions,
    operation::Operation,
    row::{snowflake, write},
    writer::Write,
};
use crate::domain::{
    Charges, GuildId, InteractionId, Job, LimitExceeded, Limits, Quota, Requester, Restriction,
    RoleId, Timestamp, UserId,
};

pub(super) const KNOWN: &str = "SELECT COUNT(*) FROM jobs WHERE id = $1";

pub(super) const REPEATED: &str = "\
    SELECT COUNT(*) FROM jobs WHERE requester = $1 AND open = 1 AND origin = $2 AND prompt = $3";

pub(super) const OPEN: &str = "SELECT COUNT(*) FROM jobs WHERE requester = $1 AND open = 1";

pub(super) const CHARGES_OF_REQUESTER: &str = "\
    SELECT charged_at FROM jobs \
    WHERE requester = $1 AND charge = 'full' AND grant_id IS NULL AND charged_at > $2 \
        AND charged_at > COALESCE((\
            SELECT MAX(done_at) FROM admin_actions \
            WHERE in_force = 1 AND scope = 0 AND person = $1 AND topic = 'reset'), 0) \
    ORDER BY charged_at DESC LIMIT $3";

pub(super) const REFUNDED: &str = "\
    SELECT COUNT(*) FROM jobs \
    WHERE requester = $1 AND charge = 'key' AND failure <> 'ended' AND charged_at > $2 \
        AND charged_at > COALESCE((\
            SELECT MAX(done_at) FROM admin_actions \
            WHERE in_force = 1 AND scope = 0 AND person = $1 AND topic = 'reset'), 0)";

const PAY_BY_GRANT: &str = "UPDATE jobs SET grant_id = $1 WHERE id = $2";

pub(super) const CHARGES_OF_GUILD: &str = "\
    SELECT charged_at FROM jobs \
    WHERE guild = $1 AND charge = 'full' AND charged_at > $2 \
    ORDER BY charged_at DESC LIMIT $3";

pub(super) const CHARGES_OF_EVERYBODY: &str = "\
    SELECT charged_at FROM jobs \
    WHERE charge IN ('full', 'key') AND charged_at > $1 \
    ORDER BY charged_at DESC LIMIT $2";

pub(super) const COUNT_OF_EVERYBODY: &str = "\
    SELECT COUNT(*) FROM jobs WHERE charge IN ('full', 'key') AND charged_at > $1";

/// What became of a request for a song.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
    /// The job is written down and charged.
    Accepted,
    /// A limit refused it; nothing was written.
    OverLimit(LimitExceeded),
    /// It was written down before: Discord delivered the same interaction twice.
    Known,
    /// An admin keeps it out; nothing was written.
    Restricted(Restriction),
    /// The same person has asked for the same prompt with the same button, and that job is still
    /// under way: they clicked twice.
    Repeated,
}

impl Store {
    /// What would become of a new job now, if it is to be turned away. It holds up no write, so that
    /// it can be asked before what takes long.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn foresee(
        &self,
        job: &Job,
        requester: &Requester<'_>,
        limits: &Limits,
    ) -> Result<Option<Admission>, StoreError> {
        self.run(Operation::read("foresee").of(job.id), async {
            let mut moment = self.reader.begin().await?;
            Ok(decide(&mut moment, job, requester, limits).await?.err())
        })
        .await
    }

    /// Writes a new job down, with its charge, if it is within the limits at the time of its
    /// interaction. However many ask at once, no limit is ever exceeded, and one interaction
    /// never becomes two jobs. Its prompt is taken as it is: blocked words are sought before, since
    /// everybody who writes waits for this.
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
        let admit = Admit {
            job: job.clone(),
            roles: requester.roles.to_vec(),
            in_guild: requester.in_guild,
            limits: limits.clone(),
        };
        self.run(Operation::write("admit").of(job.id), self.writer.write(admit)).await
    }

    /// How many failed songs were refunded to a person, of those asked for since then, although
    /// Whisul may have been paid for them: see [`REFUNDS`](crate::domain::REFUNDS).
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn refunded(&self, job: &Job, since: Timestamp) -> Result<u32, StoreError> {
        self.run(Operation::read("refunded").of(job.id), async {
            let rows: i64 = sqlx::query_scalar(REFUNDED)
                .bind(snowflake::encode_for(job.id, "requester", job.requester.0)?)
                .bind(since.millis())
                .fetch_one(&self.reader)
                .await?;
            Ok(u32::try_from(rows).unwrap_or(u32::MAX))
        })
        .await
    }

    /// How many songs, asked for since then, count against the quota over everybody.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn charged_since(&self, since: Timestamp) -> Result<u64, StoreError> {
        self.run(Operation::read("charged_since"), async {
            let query = sqlx::query_scalar(COUNT_OF_EVERYBODY).bind(since.millis());
            let songs: i64 = query.fetch_one(&self.reader).await?;
            Ok(u64::try_from(songs).unwrap_or(0))
        })
        .await
    }

    /// The charges that would decide about a song asked for with this interaction, at one moment.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn charges(
        &self,
        interaction: InteractionId,
        person: UserId,
        guild: Option<GuildId>,
        requester: &Requester<'_>,
        limits: &Limits,
    ) -> Result<Charges, StoreError> {
        self.run(Operation::read("charges").of(interaction.into()), async {
            let mut moment = self.reader.begin().await?;
            charges(&mut moment, interaction, person, guild, requester, limits).await
        })
        .await
    }
}

struct Admit {
    job: Job,
    roles: Vec<RoleId>,
    in_guild: bool,
    limits: Limits,
}

impl Write for Admit {
    type Outcome = Admission;

    async fn apply(&self, connection: &mut SqliteConnection) -> Result<Admission, StoreError> {
        let Self { job, roles, in_guild, limits } = self;
        let requester = Requester { roles, in_guild: *in_guild };
        let grant = match decide(connection, job, &requester, limits).await? {
            Ok(grant) => grant,
            Err(admission) => return Ok(admission),
        };
        write::insert(&mut *connection, job).await?;
        if let Some(grant) = grant {
            let id = snowflake::encode_for(job.id, "id", job.id.0)?;
            let grant = snowflake::encode_for(job.id, "grant_id", grant.0)?;
            sqlx::query(PAY_BY_GRANT).bind(grant).bind(id).execute(connection).await?;
        }
        Ok(Admission::Accepted)
    }
}

/// Whether a job may be written down, and then the grant that pays for it, if its requester's quota
/// does not. Otherwise, what becomes of it.
async fn decide(
    connection: &mut SqliteConnection,
    job: &Job,
    requester: &Requester<'_>,
    limits: &Limits,
) -> Result<Result<Option<InteractionId>, Admission>, StoreError> {
    if count(connection, KNOWN, snowflake::encode_for(job.id, "id", job.id.0)?).await? > 0 {
        return Ok(Err(Admission::Known));
    }
    if is_repeated(connection, job).await? {
        return Ok(Err(Admission::Repeated));
    }
    let (person, guild) = (job.requester, job.place.guild);
    let overrides = admin_actions::overrides(connection, person, guild).await?;
    if let Some(restriction) = overrides.restriction {
        return Ok(Err(Admission::Restricted(restriction)));
    }
    let limits = limits.with(&overrides);
    let charges =
        charges(connection, job.id.interaction(), person, guild, requester, &limits).await?;
    Ok(limits.admit(requester, &charges, job.id.created_at()).map_err(Admission::OverLimit))
}

/// Whether a button was clicked twice for it.
async fn is_repeated(connection: &mut SqliteConnection, job: &Job) -> Result<bool, StoreError> {
    let Some(origin) = job.origin else { return Ok(false) };
    let rows: i64 = sqlx::query_scalar(REPEATED)
        .bind(snowflake::encode_for(job.id, "requester", job.requester.0)?)
        .bind(snowflake::encode_for(job.id, "origin", origin.0)?)
        .bind(job.prompt.as_str())
        .fetch_one(connection)
        .await?;
    Ok(rows > 0)
}

/// Loads the charges that matter to the limits at the time of an interaction, and no others.
async fn charges(
    connection: &mut SqliteConnection,
    interaction: InteractionId,
    person: UserId,
    guild: Option<GuildId>,
    requester: &Requester<'_>,
    limits: &Limits,
) -> Result<Charges, StoreError> {
    let at = interaction.created_at();
    let grants = admin_actions::grants(connection, interaction, person).await?;
    let person = snowflake::encode_for(interaction, "requester", person.0)?;
    let open = count(connection, OPEN, person).await?;
    let mut charges = Charges { open, grants, ..Charges::default() };
    if let Some(past) = Past::of(limits.personal(requester.roles), at) {
        let query = sqlx::query_scalar(CHARGES_OF_REQUESTER).bind(person);
        charges.user = past.load(connection, query).await?;
    }
    if let Some(guild) = guild
        && let Some(past) = Past::of([limits.guild], at)
    {
        let guild = snowflake::encode_for(interaction, "guild", guild.0)?;
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
        (depth > 0).then_some(Self { since: at.saturating_sub(longest), depth })
    }

    /// Loads the charges; binds `since` and `depth` as the last two parameters.
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
