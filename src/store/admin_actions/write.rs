//! Writing an admin action down, which is what puts it in force.

use sqlx::SqliteConnection;

use super::row;
use crate::{
    domain::{ActionOutcome, AdminAction, AuditEntry, BlockedWord, WORDS_MAX},
    store::{Store, StoreError, operation::Operation, row::snowflake, writer::Write},
};

const KNOWN: &str = "SELECT COUNT(*) FROM admin_actions WHERE id = $1";

const WORDS: &str = "\
    SELECT value FROM admin_actions \
    WHERE in_force = 1 AND scope = $1 AND person = 0 AND topic = 'word' ORDER BY id";

const COUNT_WORDS: &str = "\
    SELECT COUNT(*) FROM admin_actions \
    WHERE in_force = 1 AND scope = $1 AND person = 0 AND topic = 'word' AND value <> $2";

/// What the owner gives a server takes the place of what its moderators have lowered, too.
const SUPERSEDE: &str = "\
    UPDATE admin_actions SET in_force = 0 \
    WHERE in_force = 1 AND scope = $1 AND person = $2 \
        AND (topic = $3 OR (topic = 'lowered_quota' AND $3 = 'server_quota')) \
        AND (topic <> 'word' OR value = $4)";

const INSERT: &str = "\
    INSERT INTO admin_actions (id, admin, guild, scope, topic, ends, person, value, until, reason, \
        done_at, in_force) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";

impl Store {
    /// Writes an admin action down. It takes the place of an earlier one about the same, in one
    /// transaction.
    ///
    /// # Errors
    /// When the database can't be read or written: nothing has happened, then.
    pub async fn perform(&self, entry: &AuditEntry) -> Result<ActionOutcome, StoreError> {
        let operation = Operation::write("perform").of(entry.id.into());
        self.run(operation, self.writer.write(Perform(entry.clone()))).await
    }
}

struct Perform(AuditEntry);

impl Write for Perform {
    type Outcome = ActionOutcome;

    async fn apply(&self, connection: &mut SqliteConnection) -> Result<ActionOutcome, StoreError> {
        perform(connection, &self.0).await
    }
}

/// The text under which a word is blocked in a scope already; otherwise its own. Another version of
/// the bot may have read it otherwise, and it is the same word all the same.
async fn as_stored(
    connection: &mut SqliteConnection,
    scope: i64,
    word: &BlockedWord,
) -> Result<String, StoreError> {
    let stored: Vec<String> = sqlx::query_scalar(WORDS).bind(scope).fetch_all(connection).await?;
    let same = stored.into_iter().find(|text| BlockedWord::parse(text).as_ref() == Ok(word));
    Ok(same.unwrap_or_else(|| word.as_str().to_owned()))
}

/// Every other outcome than a recorded action has changed nothing.
async fn perform(
    connection: &mut SqliteConnection,
    entry: &AuditEntry,
) -> Result<ActionOutcome, StoreError> {
    let id = snowflake::encode_for(entry.id, "id", entry.id.0)?;
    let scope = snowflake::encode_for(entry.id, "scope", row::scope(entry.scope))?;
    let person = snowflake::encode_for(entry.id, "person", row::person(entry.action.person()))?;
    let topic = row::topic(&entry.action);
    let known: i64 = sqlx::query_scalar(KNOWN).bind(id).fetch_one(&mut *connection).await?;
    if known > 0 {
        return Ok(ActionOutcome::AlreadyRecorded);
    }
    let value = match &entry.action {
        AdminAction::AddWord(word) | AdminAction::RemoveWord(word) => {
            as_stored(connection, scope, word).await?
        }
        action => row::value(action),
    };
    if let AdminAction::AddWord(_) = entry.action {
        let words = sqlx::query_scalar(COUNT_WORDS).bind(scope).bind(&value);
        let words: i64 = words.fetch_one(&mut *connection).await?;
        if words >= i64::from(WORDS_MAX) {
            return Ok(ActionOutcome::TooManyWords);
        }
    }
    let mut superseded = 0;
    // Grants add up, and so do cancellations.
    if !matches!(entry.action, AdminAction::Grant { .. } | AdminAction::Cancel(_)) {
        let supersede = sqlx::query(SUPERSEDE).bind(scope).bind(person).bind(topic).bind(&value);
        superseded = supersede.execute(&mut *connection).await?.rows_affected();
        if superseded == 0 && entry.action.is_end() {
            return Ok(ActionOutcome::NothingToEnd);
        }
    }
    sqlx::query(INSERT)
        .bind(id)
        .bind(snowflake::encode_for(entry.id, "admin", entry.admin.0)?)
        .bind(snowflake::encode_for(entry.id, "guild", entry.guild.0)?)
        .bind(scope)
        .bind(topic)
        .bind(i64::from(entry.action.is_end()))
        .bind(person)
        .bind(value)
        .bind(row::until(&entry.action))
        .bind(entry.reason.as_deref())
        .bind(entry.id.created_at().millis())
        .bind(i64::from(entry.action.stays_in_force()))
        .execute(connection)
        .await?;
    let is_renewal = superseded > 0 && entry.action.is_switch();
    Ok(if is_renewal { ActionOutcome::Renewed } else { ActionOutcome::Recorded })
}
