//! Admission: whether one more song is allowed, decided and charged in one transaction.

use sqlx::SqliteConnection;

use super::{
    Store, StoreError, admin_actions,
    charges::charges,
    operation::Operation,
    row::{snowflake, write},
    writer::Write,
};
use crate::domain::{
    Charges, InteractionId, Job, LastPlaces, LimitExceeded, Limits, Requester, Restriction, RoleId,
};

/// How many jobs have this id (1 or none), how many come from the same click, and how many of the
/// person's have no outcome. A job that comes from no button has an origin of NULL, which equals
/// nothing.
pub(super) const EARLIER: &str = "\
    SELECT (SELECT COUNT(*) FROM jobs WHERE id = $1), \
        (SELECT COUNT(*) FROM jobs \
            WHERE requester = $2 AND open = 1 AND origin = $3 AND prompt = $4), \
        (SELECT COUNT(*) FROM jobs WHERE requester = $2 AND open = 1)";

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
        write::insert(connection, job, grant).await?;
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
    let id = snowflake::encode_for(job.id, "id", job.id.0)?;
    let person = snowflake::encode_for(job.id, "requester", job.requester.0)?;
    let origin =
        job.origin.map(|origin| snowflake::encode_for(job.id, "origin", origin.0)).transpose()?;
    let (known, repeated, open): (i64, i64, i64) = sqlx::query_as(EARLIER)
        .bind(id)
        .bind(person)
        .bind(origin)
        .bind(job.prompt.as_str())
        .fetch_one(&mut *connection)
        .await?;
    if known > 0 {
        return Ok(Err(Admission::Known));
    }
    if repeated > 0 {
        return Ok(Err(Admission::Repeated));
    }
    let guild = job.place.guild;
    let overrides = admin_actions::overrides(connection, job.requester, guild).await?;
    if let Some(restriction) = overrides.restriction {
        return Ok(Err(Admission::Restricted(restriction)));
    }
    let limits = limits.with(&overrides);
    let at = job.id.created_at();
    let interaction = job.id.interaction();
    let charges: Charges<LastPlaces> =
        charges(connection, interaction, job.requester, guild, requester, &limits).await?;
    let charges = Charges { open: u32::try_from(open).unwrap_or(u32::MAX), ..charges };
    Ok(limits.admit(requester, &charges, at).map_err(Admission::OverLimit))
}
