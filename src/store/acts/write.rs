//! Writing an act down, which is what puts it in force.

use sqlx::SqliteConnection;

use super::row;
use crate::{
    domain::{Act, BlockedWord, Deed, Performed, WORDS_MAX},
    store::{Store, StoreError, admit::BEGIN, write::number},
};

const KNOWN: &str = "SELECT COUNT(*) FROM acts WHERE id = $1";

const WORDS: &str = "\
    SELECT value FROM acts \
    WHERE in_force = 1 AND scope = $1 AND person = 0 AND topic = 'word' ORDER BY id";

const COUNT_WORDS: &str = "\
    SELECT COUNT(*) FROM acts \
    WHERE in_force = 1 AND scope = $1 AND person = 0 AND topic = 'word' AND value <> $2";

/// What the owner gives a server takes the place of what its moderators have lowered, too.
const SUPERSEDE: &str = "\
    UPDATE acts SET in_force = 0 \
    WHERE in_force = 1 AND scope = $1 AND person = $2 \
        AND (topic = $3 OR (topic = 'lowered_quota' AND $3 = 'server_quota')) \
        AND (topic <> 'word' OR value = $4)";

const INSERT: &str = "\
    INSERT INTO acts (id, admin, guild, scope, topic, ends, person, value, until, reason, \
        done_at, in_force) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";

impl Store {
    /// Writes an act down. It takes the place of an earlier one about the same, in one transaction.
    ///
    /// # Errors
    /// When the database can't be read or written: nothing has happened, then.
    pub async fn perform(&self, deed: &Deed) -> Result<Performed, StoreError> {
        let mut transaction = self.writer.begin_with(BEGIN).await?;
        let performed = perform(&mut transaction, deed).await?;
        if performed == Performed::Done {
            transaction.commit().await?;
        }
        Ok(performed)
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

/// A transaction that ends without a commit changes nothing.
async fn perform(connection: &mut SqliteConnection, deed: &Deed) -> Result<Performed, StoreError> {
    let id = number(deed.id, "id", deed.id.0)?;
    let scope = number(deed.id, "scope", row::scope(deed.scope))?;
    let person = number(deed.id, "person", row::person(deed.act.person()))?;
    let topic = row::topic(&deed.act);
    let known: i64 = sqlx::query_scalar(KNOWN).bind(id).fetch_one(&mut *connection).await?;
    if known > 0 {
        return Ok(Performed::Known);
    }
    let value = match &deed.act {
        Act::AddWord(word) | Act::RemoveWord(word) => as_stored(connection, scope, word).await?,
        act => row::value(act),
    };
    if let Act::AddWord(_) = deed.act {
        let words = sqlx::query_scalar(COUNT_WORDS).bind(scope).bind(&value);
        let words: i64 = words.fetch_one(&mut *connection).await?;
        if words >= i64::from(WORDS_MAX) {
            return Ok(Performed::TooMany);
        }
    }
    // Grants add up, and wishes to take jobs back stand beside each other.
    if !matches!(deed.act, Act::Grant { .. } | Act::TakeBack(_)) {
        let supersede = sqlx::query(SUPERSEDE).bind(scope).bind(person).bind(topic).bind(&value);
        let superseded = supersede.execute(&mut *connection).await?.rows_affected();
        if superseded == 0 && deed.act.is_end() {
            return Ok(Performed::Nothing);
        }
    }
    sqlx::query(INSERT)
        .bind(id)
        .bind(number(deed.id, "admin", deed.admin.0)?)
        .bind(number(deed.id, "guild", deed.guild.0)?)
        .bind(scope)
        .bind(topic)
        .bind(i64::from(deed.act.is_end()))
        .bind(person)
        .bind(value)
        .bind(row::until(&deed.act))
        .bind(deed.reason.as_deref())
        .bind(deed.id.created_at().millis())
        .bind(i64::from(deed.act.stays_in_force()))
        .execute(connection)
        .await?;
    Ok(Performed::Done)
}
