//! A job as a row: writing.

use secrecy::ExposeSecret;
use sqlx::{Sqlite, SqliteConnection, query::Query, sqlite::SqliteArguments};

use super::{
    codec::{Word, canceller_word, failure_word, state_word},
    snowflake,
};
use crate::{
    domain::{Cancellation, Failure, InteractionId, Job, State},
    store::StoreError,
};

const INSERT: &str = "\
    INSERT INTO jobs (access, token, message, state, delivery, open, settled, charge, \
        whisul_job, poll_url, running_since, \
        title, bpm, length_seconds, tags, song_url, image_url, took_millis, \
        failure, failure_reason, cancelled_by, message_channel, owes_notice, owes_files, \
        id, requester, guild, channel, application, prompt, origin, round, attachment_limit, \
        charged_at, grant_id) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, \
        $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35)";

/// `$8` is left out: with each write of a charge SQLite writes its entries in three indexes again.
const UPDATE: &str = "\
    UPDATE jobs SET access = $1, token = $2, message = $3, state = $4, delivery = $5, \
        open = $6, settled = $7, \
        whisul_job = $9, poll_url = $10, running_since = $11, \
        title = $12, bpm = $13, length_seconds = $14, tags = $15, song_url = $16, \
        image_url = $17, took_millis = $18, \
        failure = $19, failure_reason = $20, cancelled_by = $21, \
        message_channel = $22, owes_notice = $23, owes_files = $24 \
    WHERE id = $25 AND state = $26 AND delivery = $27 \
        AND owes_notice = $28 AND owes_files = $29 AND charge = $30 AND prompt <> ''";

const UPDATE_CHARGE: &str = "UPDATE jobs SET charge = $1 WHERE id = $2";

type Statement = Query<'static, Sqlite, SqliteArguments>;

/// Writes a new row, with the grant that pays for the job, if its requester's quota does not.
pub(in crate::store) async fn insert(
    connection: &mut SqliteConnection,
    job: &Job,
    grant: Option<InteractionId>,
) -> Result<(), StoreError> {
    let guild =
        job.place.guild.map(|guild| snowflake::encode_for(job.id, "guild", guild.0)).transpose()?;
    let origin =
        job.origin.map(|origin| snowflake::encode_for(job.id, "origin", origin.0)).transpose()?;
    let grant =
        grant.map(|grant| snowflake::encode_for(job.id, "grant_id", grant.0)).transpose()?;
    bind_progress(sqlx::query(INSERT), job)?
        .bind(snowflake::encode_for(job.id, "id", job.id.0)?)
        .bind(snowflake::encode_for(job.id, "requester", job.requester.0)?)
        .bind(guild)
        .bind(snowflake::encode_for(job.id, "channel", job.place.channel.0)?)
        .bind(snowflake::encode_for(job.id, "application", job.place.application.0)?)
        .bind(job.prompt.as_str())
        .bind(origin)
        .bind(i64::from(job.round))
        .bind(i64::from(job.place.attachment_limit))
        .bind(job.id.created_at().millis())
        .bind(grant)
        .execute(connection)
        .await?;
    Ok(())
}

/// Writes what has become of a job, within a transaction, if its row is still as far as `before`; says
/// whether it was.
pub(in crate::store) async fn update(
    connection: &mut SqliteConnection,
    before: &Job,
    after: &Job,
) -> Result<bool, StoreError> {
    let id = snowflake::encode_for(before.id, "id", before.id.0)?;
    let done = bind_progress(sqlx::query(UPDATE), after)?
        .bind(id)
        .bind(state_word(&before.state))
        .bind(before.delivery.word())
        .bind(i64::from(before.follow_ups.notice))
        .bind(i64::from(before.follow_ups.files))
        .bind(before.charge.word())
        .execute(&mut *connection)
        .await?;
    let is_done = done.rows_affected() > 0;
    if is_done && before.charge != after.charge {
        let charge = sqlx::query(UPDATE_CHARGE).bind(after.charge.word()).bind(id);
        charge.execute(connection).await?;
    }
    Ok(is_done)
}

/// Fills `$1` to `$24`: all that changes in the life of a job.
fn bind_progress(statement: Statement, job: &Job) -> Result<Statement, StoreError> {
    let settled = job.is_settled();
    let token = job.place.token.as_ref().filter(|_| !settled);
    let message = job
        .message
        .map(|message| snowflake::encode_for(job.id, "message", message.0))
        .transpose()?;
    let channel =
        job.message_channel.map(|it| snowflake::encode_for(job.id, "message_channel", it.0));
    let details = Details::of(&job.state);
    Ok(statement
        .bind(job.place.access.word())
        .bind(token.map(|token| token.expose_secret().as_str()))
        .bind(message)
        .bind(state_word(&job.state))
        .bind(job.delivery.word())
        .bind(i64::from(!job.has_outcome()))
        .bind(i64::from(settled))
        .bind(job.charge.word())
        .bind(details.whisul_job)
        .bind(details.poll_url)
        .bind(details.running_since)
        .bind(details.title)
        .bind(details.bpm)
        .bind(details.length_seconds)
        .bind(details.tags)
        .bind(details.song_url)
        .bind(details.image_url)
        .bind(details.took_millis)
        .bind(details.failure)
        .bind(details.failure_reason)
        .bind(details.cancelled_by)
        .bind(channel.transpose()?)
        .bind(i64::from(job.follow_ups.notice))
        .bind(i64::from(job.follow_ups.files)))
}

/// The columns that only some states fill.
#[derive(Default)]
struct Details<'a> {
    whisul_job: Option<&'a str>,
    poll_url: Option<&'a str>,
    running_since: Option<i64>,
    title: Option<&'a str>,
    bpm: Option<f64>,
    length_seconds: Option<i64>,
    tags: Option<String>,
    song_url: Option<&'a str>,
    image_url: Option<&'a str>,
    took_millis: Option<i64>,
    failure: Option<&'static str>,
    failure_reason: Option<&'a str>,
    cancelled_by: Option<String>,
}

impl<'a> Details<'a> {
    fn of(state: &'a State) -> Self {
        match state {
            State::Running { whisul_job, since } => Self {
                whisul_job: Some(whisul_job.id.as_str()),
                poll_url: whisul_job.poll_url.as_deref(),
                running_since: Some(since.millis()),
                ..Self::default()
            },
            State::Completed { song, took } => Self {
                title: song.title.as_deref(),
                bpm: song.bpm,
                length_seconds: song.length.map(|length| length.seconds().into()),
                tags: Some(serde_json::Value::from(song.tags.as_slice()).to_string()),
                song_url: song.song_url.as_deref(),
                image_url: song.image_url.as_deref(),
                took_millis: Some(i64::try_from(took.as_millis()).unwrap_or(i64::MAX)),
                ..Self::default()
            },
            State::Failed(failure) => Self {
                failure: Some(failure_word(failure)),
                failure_reason: match failure {
                    Failure::Rejected { reason }
                    | Failure::Generation { reason }
                    | Failure::Ended { reason } => reason.as_deref(),
                    _ => None,
                },
                ..Self::default()
            },
            State::Cancelled(Cancellation { by, reason }) => Self {
                failure_reason: reason.as_deref(),
                cancelled_by: Some(canceller_word(*by)),
                ..Self::default()
            },
            State::Accepted | State::Announced | State::Submitting | State::Abandoned => {
                Self::default()
            }
        }
    }
}
