//! Admin actions, and which of them are in force.

mod row;
mod write;

use sqlx::{Row, SqliteConnection, sqlite::SqliteRow};
use tracing::warn;

use super::{
    Store, StoreError, operation::Operation, queries::pages::List, row::snowflake, writer::Write,
};
use crate::domain::{
    AdminAction, AuditEntry, BlockedWord, Grant, GuildId, InteractionId, Listed, Overrides, Page,
    Restriction, Scope, Timestamp, UserId,
};

pub(super) const OVERRIDES: &str = "\
    SELECT * FROM admin_actions \
    WHERE in_force = 1 AND scope IN (0, $1) AND person IN (0, $2) \
        AND topic NOT IN ('word', 'grant', 'reset') \
    ORDER BY id";

pub(super) const WORDS: &str = "\
    SELECT value FROM admin_actions \
    WHERE in_force = 1 AND scope IN ($1, $2) AND person = 0 AND topic = 'word' \
    ORDER BY id";

pub(super) const GRANTS: &str = "\
    SELECT id, value, until, \
        (SELECT COUNT(*) FROM jobs WHERE grant_id = admin_actions.id AND charge = 'full') AS used \
    FROM admin_actions \
    WHERE in_force = 1 AND scope = 0 AND person = $1 AND topic = 'grant' AND until > $2 \
    ORDER BY until, id";

/// In the order of their ids, which begin with the time. By the ids themselves SQLite would walk
/// through all admin actions of the scope.
pub(super) const WORDS_OF_SCOPE: List = List {
    count: "\
        SELECT COUNT(*) FROM admin_actions \
        WHERE in_force = 1 AND scope = $1 AND person = 0 AND topic = 'word'",
    rows: "\
        SELECT value FROM admin_actions \
        WHERE in_force = 1 AND scope = $1 AND person = 0 AND topic = 'word' \
        ORDER BY done_at, id LIMIT $2 OFFSET $3",
};

pub(super) const LOG_OF_SERVER: List = List {
    count: "SELECT COUNT(*) FROM admin_actions WHERE scope = $1",
    rows: "SELECT * FROM admin_actions WHERE scope = $1 ORDER BY id DESC LIMIT $2 OFFSET $3",
};

pub(super) const LOG: List = List {
    count: "SELECT COUNT(*) FROM admin_actions",
    rows: "SELECT * FROM admin_actions ORDER BY id DESC LIMIT $1 OFFSET $2",
};

/// A person's own quota holds everywhere, and only the latest one is in force.
pub(super) const OWN_QUOTAS: &str = "\
    SELECT COUNT(*) FROM admin_actions WHERE in_force = 1 AND scope = 0 AND topic = 'person_quota'";

/// In the order in which they were done. Everywhere, and in one server or (0) in all.
const OF_KIND: &str = "\
    SELECT * FROM admin_actions \
    WHERE in_force = 1 AND person = $1 AND topic = $2 AND ($3 = 0 OR scope IN (0, $3)) \
    ORDER BY done_at DESC, id DESC LIMIT 1000";

const REMEMBERING: &str = "\
    SELECT * FROM admin_actions \
    WHERE in_force = 1 AND topic IN \
        ('grant', 'person_quota', 'server_quota', 'lowered_quota', 'global_quota')";

const FORGET: &str = "\
    DELETE FROM admin_actions \
    WHERE done_at < $1 AND (in_force = 0 OR (topic = 'grant' AND until < $1))";

impl Store {
    /// What commands have set above the settings for this person in this server (`None`: outside
    /// of servers).
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn overrides(
        &self,
        person: UserId,
        guild: Option<GuildId>,
    ) -> Result<Overrides, StoreError> {
        self.run(Operation::read("overrides"), async {
            overrides(&mut *self.reader.acquire().await?, person, guild).await
        })
        .await
    }

    /// What keeps this person's songs out of this server by its moderators' own wish.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn restriction_in_server(
        &self,
        person: UserId,
        guild: GuildId,
    ) -> Result<Option<Restriction>, StoreError> {
        self.run(Operation::read("restriction_in_server"), async {
            let mut actions =
                in_force(&mut *self.reader.acquire().await?, person, Some(guild)).await?;
            actions.retain(|entry| entry.scope == Scope::Server(guild));
            Ok(Overrides::of(&actions, person, Some(guild)).restriction)
        })
        .await
    }

    /// The words that are blocked in this server (`None`: outside of servers), those that are
    /// blocked everywhere among them.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn words_in(&self, guild: Option<GuildId>) -> Result<Vec<BlockedWord>, StoreError> {
        self.run(Operation::read("words_in"), async {
            let here = guild.map_or(Scope::Everywhere, Scope::Server);
            let [one, other] =
                [here, Scope::Everywhere].map(row::scope).map(snowflake::encode_sought);
            let words =
                sqlx::query_scalar(WORDS).bind(one).bind(other).fetch_all(&self.reader).await?;
            Ok(words.iter().filter_map(|word: &String| BlockedWord::parse(word).ok()).collect())
        })
        .await
    }

    /// A page of the words that are blocked in this scope, the oldest first.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn blocked_words(
        &self,
        scope: Scope,
        page: Page,
    ) -> Result<Listed<BlockedWord>, StoreError> {
        let word = |row: &SqliteRow| BlockedWord::parse(row.try_get("value").ok()?).ok();
        self.page(&WORDS_OF_SCOPE, Some(snowflake::encode_sought(row::scope(scope))), page, word)
            .await
    }

    /// How many people have a quota of their own.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn own_quotas(&self) -> Result<u64, StoreError> {
        self.run(Operation::read("own_quotas"), async {
            let people: i64 = sqlx::query_scalar(OWN_QUOTAS).fetch_one(&self.reader).await?;
            Ok(people.unsigned_abs())
        })
        .await
    }

    /// A page of what admins did, the latest first: all of it, or what holds in one server alone.
    ///
    /// # Errors
    /// When the database can't be read. A damaged row is left out.
    pub async fn audit_log(
        &self,
        guild: Option<GuildId>,
        page: Page,
    ) -> Result<Listed<AuditEntry>, StoreError> {
        let list = if guild.is_some() { LOG_OF_SERVER } else { LOG };
        self.page(&list, guild.map(|guild| snowflake::encode_sought(guild.0)), page, row::read)
            .await
    }

    /// The admin actions in force that do what this one ends, the latest first.
    ///
    /// # Errors
    /// When the database can't be read. A damaged row is left out.
    pub async fn still_in_force(&self, entry: &AuditEntry) -> Result<Vec<AuditEntry>, StoreError> {
        self.run(Operation::read("still_in_force"), async {
            // What moderators have lowered stands below what the owner gave.
            let topic = match &entry.action {
                AdminAction::LowerServerQuota(_) => row::topic(&AdminAction::SetServerQuota(None)),
                action => row::topic(action),
            };
            let rows = sqlx::query(OF_KIND)
                .bind(snowflake::encode_sought(row::person(entry.action.person())))
                .bind(topic)
                .bind(snowflake::encode_sought(row::scope(entry.scope)))
                .fetch_all(&self.reader)
                .await?;
            let mut actions: Vec<AuditEntry> = rows.iter().filter_map(row::read).collect();
            if let AdminAction::RemoveWord(word) = &entry.action {
                actions.retain(
                |other| matches!(&other.action, AdminAction::AddWord(blocked) if blocked == word),
            );
            }
            Ok(actions)
        })
        .await
    }

    /// The admin actions in force that need to know of past songs, for as long as
    /// [`AuditEntry::remembers`] says.
    ///
    /// # Errors
    /// When the database can't be read. A damaged row is left out.
    pub async fn remembering(&self) -> Result<Vec<AuditEntry>, StoreError> {
        self.run(Operation::read("remembering"), async {
            let rows = sqlx::query(REMEMBERING).fetch_all(&self.reader).await?;
            Ok(rows.iter().filter_map(row::read).collect())
        })
        .await
    }

    /// Forgets admin actions before this time that are no longer in force.
    ///
    /// # Errors
    /// When the database can't be written.
    pub async fn forget_admin_actions(&self, before: Timestamp) -> Result<u64, StoreError> {
        let forget = ForgetAdminActions { before };
        self.run(Operation::write("forget_admin_actions"), self.writer.write(forget)).await
    }
}

struct ForgetAdminActions {
    before: Timestamp,
}

impl Write for ForgetAdminActions {
    type Outcome = u64;

    async fn apply(&self, connection: &mut SqliteConnection) -> Result<u64, StoreError> {
        let forget = sqlx::query(FORGET).bind(self.before.millis());
        Ok(forget.execute(connection).await?.rows_affected())
    }
}

/// What is set above the settings, as far as it concerns a person in a place.
pub(super) async fn overrides(
    connection: &mut SqliteConnection,
    person: UserId,
    guild: Option<GuildId>,
) -> Result<Overrides, StoreError> {
    Ok(Overrides::of(&in_force(connection, person, guild).await?, person, guild))
}

async fn in_force(
    connection: &mut SqliteConnection,
    person: UserId,
    guild: Option<GuildId>,
) -> Result<Vec<AuditEntry>, StoreError> {
    let rows = sqlx::query(OVERRIDES)
        .bind(snowflake::encode_sought(guild.map_or(0, |guild| guild.0)))
        .bind(snowflake::encode_sought(person.0))
        .fetch_all(connection)
        .await?;
    let in_force: Vec<AuditEntry> = rows.iter().filter_map(row::read).collect();
    if in_force.len() < rows.len() {
        warn!("ignoring unreadable admin actions");
    }
    Ok(in_force)
}

/// A person's grants at a time, the one to be used first in front.
pub(super) async fn grants(
    connection: &mut SqliteConnection,
    interaction: InteractionId,
    person: UserId,
) -> Result<Vec<Grant>, StoreError> {
    let rows = sqlx::query(GRANTS)
        .bind(snowflake::encode_for(interaction, "requester", person.0)?)
        .bind(interaction.created_at().millis())
        .fetch_all(connection)
        .await?;
    let grant = |row: &SqliteRow| {
        let songs: u32 = row.try_get::<String, _>("value").ok()?.parse().ok()?;
        let used = u32::try_from(row.try_get::<i64, _>("used").ok()?).ok()?;
        Some(Grant {
            id: InteractionId(snowflake::decode(row.try_get::<i64, _>("id").ok()?)?),
            expires_at: Timestamp::from_millis(row.try_get("until").ok()?),
            left: songs.saturating_sub(used),
        })
    };
    Ok(rows.iter().filter_map(grant).collect())
}
