//! The charges of the past, loaded as far as limits look at them.

use std::{collections::BTreeMap, time::Duration};

use sqlx::{Sqlite, SqliteConnection, query::QueryScalar, query_scalar, sqlite::SqliteArguments};

use super::{Store, StoreError, admin_actions, operation::Operation, row::snowflake};
use crate::domain::{
    Charges, GuildId, InteractionId, Job, LastPlaces, Limits, Quota, Requester, Timestamp, UserId,
};

pub(super) const OPEN: &str = "SELECT COUNT(*) FROM jobs WHERE requester = $1 AND open = 1";

pub(super) const CHARGES_OF_REQUESTER: &str = "\
    SELECT charged_at FROM jobs \
    WHERE requester = $1 AND charge = 'full' AND grant_id IS NULL AND charged_at > $2 \
        AND charged_at > COALESCE((\
            SELECT MAX(done_at) FROM admin_actions \
            WHERE in_force = 1 AND scope = 0 AND person = $1 AND topic = 'reset'), 0) \
    ORDER BY charged_at DESC LIMIT $3 OFFSET $4";

pub(super) const CHARGES_OF_GUILD: &str = "\
    SELECT charged_at FROM jobs \
    WHERE guild = $1 AND charge = 'full' AND charged_at > $2 \
    ORDER BY charged_at DESC LIMIT $3 OFFSET $4";

pub(super) const CHARGES_OF_EVERYBODY: &str = "\
    SELECT charged_at FROM jobs \
    WHERE charge IN ('full', 'key') AND charged_at > $1 \
    ORDER BY charged_at DESC LIMIT $2 OFFSET $3";

pub(super) const COUNT_OF_EVERYBODY: &str = "\
    SELECT COUNT(*) FROM jobs WHERE charge IN ('full', 'key') AND charged_at > $1";

pub(super) const REFUNDED: &str = "\
    SELECT COUNT(*) FROM jobs \
    WHERE requester = $1 AND charge = 'key' AND failure <> 'ended' AND charged_at > $2 \
        AND charged_at > COALESCE((\
            SELECT MAX(done_at) FROM admin_actions \
            WHERE in_force = 1 AND scope = 0 AND person = $1 AND topic = 'reset'), 0)";

impl Store {
    /// How many failed songs were refunded to a person, of those asked for since then, although
    /// Whisul may have been paid for them: see [`REFUNDS`](crate::domain::REFUNDS).
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn refunded(&self, job: &Job, since: Timestamp) -> Result<u32, StoreError> {
        self.run(Operation::read("refunded").of(job.id), async {
            let rows: i64 = query_scalar(REFUNDED)
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
            let query = query_scalar(COUNT_OF_EVERYBODY).bind(since.millis());
            let songs: i64 = query.fetch_one(&self.reader).await?;
            Ok(u64::try_from(songs).unwrap_or(0))
        })
        .await
    }

    /// All charges that count against a song asked for with this interaction, at one moment.
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
            let id = snowflake::encode_for(interaction, "requester", person.0)?;
            let open: i64 = query_scalar(OPEN).bind(id).fetch_one(&mut *moment).await?;
            let charges =
                charges(&mut moment, interaction, person, guild, requester, limits).await?;
            Ok(Charges { open: u32::try_from(open).unwrap_or(u32::MAX), ..charges })
        })
        .await
    }
}

/// Loads the charges that matter to the limits at the time of an interaction, and no others. It
/// does not count open jobs.
pub(super) async fn charges<Past: Load>(
    connection: &mut SqliteConnection,
    interaction: InteractionId,
    person: UserId,
    guild: Option<GuildId>,
    requester: &Requester<'_>,
    limits: &Limits,
) -> Result<Charges<Past>, StoreError> {
    let at = interaction.created_at();
    let grants = admin_actions::grants(connection, interaction, person).await?;
    let personal: Vec<Quota> = limits.personal(requester.roles).collect();
    let person = Payer::Person(snowflake::encode_for(interaction, "requester", person.0)?);
    let user = Past::load(connection, person, &personal, at).await?;
    let guild = match guild {
        Some(guild) => {
            let guild = Payer::Guild(snowflake::encode_for(interaction, "guild", guild.0)?);
            Past::load(connection, guild, &[limits.guild], at).await?
        }
        None => Past::default(),
    };
    let global = Past::load(connection, Payer::Everybody, &[limits.global], at).await?;
    Ok(Charges { open: 0, user, grants, guild, global })
}

/// Whose charges a quota counts.
#[derive(Clone, Copy)]
pub(super) enum Payer {
    Person(i64),
    Guild(i64),
    Everybody,
}

impl Payer {
    /// The times of the payer's charges since then, latest first: `most` of them after the first
    /// `skipped`.
    fn charges(
        self,
        since: Timestamp,
        most: u32,
        skipped: u32,
    ) -> QueryScalar<'static, Sqlite, i64, SqliteArguments> {
        let query = match self {
            Self::Person(person) => query_scalar(CHARGES_OF_REQUESTER).bind(person),
            Self::Guild(guild) => query_scalar(CHARGES_OF_GUILD).bind(guild),
            Self::Everybody => query_scalar(CHARGES_OF_EVERYBODY),
        };
        query.bind(since.millis()).bind(i64::from(most)).bind(i64::from(skipped))
    }
}

/// A form of past charges that can be loaded.
pub(super) trait Load: Default + Send {
    /// Loads the payer's charges that matter `at` this time to quotas of which any with room is
    /// enough.
    fn load(
        connection: &mut SqliteConnection,
        payer: Payer,
        quotas: &[Quota],
        at: Timestamp,
    ) -> impl Future<Output = Result<Self, StoreError>> + Send;
}

/// All charges in the longest window, but no more than the largest quota has places: to say what is
/// left.
impl Load for Vec<Timestamp> {
    async fn load(
        connection: &mut SqliteConnection,
        payer: Payer,
        quotas: &[Quota],
        at: Timestamp,
    ) -> Result<Self, StoreError> {
        let depth = quotas.iter().map(|quota| quota.depth()).max().unwrap_or(0);
        if depth == 0 || quotas.contains(&Quota::Unlimited) {
            return Ok(Self::new());
        }
        let longest = quotas.iter().filter_map(|quota| quota.window()).max();
        let since = at.saturating_sub(longest.unwrap_or(Duration::ZERO));
        let charges = payer.charges(since, depth, 0).fetch_all(connection).await?;
        Ok(charges.into_iter().map(Timestamp::from_millis).collect())
    }
}

/// One charge for each quota, however many songs it counts: all admissions wait for this.
impl Load for LastPlaces {
    async fn load(
        connection: &mut SqliteConnection,
        payer: Payer,
        quotas: &[Quota],
        at: Timestamp,
    ) -> Result<Self, StoreError> {
        let mut places = BTreeMap::new();
        if quotas.contains(&Quota::Unlimited) {
            return Ok(Self(places));
        }
        for quota in quotas {
            let Quota::Limited { count, window } = *quota else { continue };
            let Some(skipped) = count.checked_sub(1) else { continue };
            let query = payer.charges(at.saturating_sub(window), 1, skipped);
            if let Some(charge) = query.fetch_optional(&mut *connection).await? {
                places.insert(count, Timestamp::from_millis(charge));
            }
        }
        Ok(Self(places))
    }
}
