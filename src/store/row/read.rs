//! A job as a row: reading. The file may have been damaged, or edited by hand: what comes out is
//! checked like any other input.

use std::time::Duration;

use secrecy::SecretString;
use sqlx::{Decode, Row, Sqlite, Type, sqlite::SqliteRow};

use super::{
    codec::{Word, canceller, failure_word, state_word},
    snowflake,
};
use crate::{
    domain::{
        ApplicationId, Cancellation, Canceller, ChannelId, Failure, FollowUps, GuildId, Job, JobId,
        MessageId, Place, Prompt, Song, SongLength, State, Timestamp, UserId, WhisulJob,
        WhisulJobId,
    },
    store::DamagedRow,
};

/// Reads a row with all columns as a job.
pub(in crate::store) fn job(row: &SqliteRow) -> Result<Job, DamagedRow> {
    let id = RowReader { row, job: None }.snowflake("id").map(JobId)?;
    let reader = RowReader { row, job: Some(id) };
    Ok(Job {
        id,
        requester: UserId(reader.snowflake("requester")?),
        place: Place {
            guild: reader.optional_snowflake("guild")?.map(GuildId),
            channel: ChannelId(reader.snowflake("channel")?),
            access: reader.word("access")?,
            application: ApplicationId(reader.snowflake("application")?),
            token: reader.optional("token")?.map(SecretString::new),
            attachment_limit: reader
                .checked("attachment_limit", |size: i64| size.try_into().ok())?,
        },
        prompt: reader.checked("prompt", |text: String| Prompt::parse(&text).ok())?,
        origin: reader.optional_snowflake("origin")?.map(JobId),
        round: reader.checked("round", |round: i64| u32::try_from(round).ok())?,
        state: reader.state()?,
        charge: reader.word("charge")?,
        message: reader.optional_snowflake("message")?.map(MessageId),
        message_channel: reader.optional_snowflake("message_channel")?.map(ChannelId),
        delivery: reader.word("delivery")?,
        follow_ups: FollowUps {
            notice: reader.checked("owes_notice", truth)?,
            files: reader.checked("owes_files", truth)?,
        },
    })
}

/// Reads one row, column by column.
struct RowReader<'r> {
    row: &'r SqliteRow,
    job: Option<JobId>,
}

impl<'r> RowReader<'r> {
    fn optional<T: Decode<'r, Sqlite> + Type<Sqlite>>(
        &self,
        column: &'static str,
    ) -> Result<Option<T>, DamagedRow> {
        self.row.try_get(column).map_err(|_| self.damaged(column))
    }

    fn required<T: Decode<'r, Sqlite> + Type<Sqlite>>(
        &self,
        column: &'static str,
    ) -> Result<T, DamagedRow> {
        self.optional(column)?.ok_or_else(|| self.damaged(column))
    }

    /// A value that must be there and pass a check.
    fn checked<T: Decode<'r, Sqlite> + Type<Sqlite>, U>(
        &self,
        column: &'static str,
        check: impl FnOnce(T) -> Option<U>,
    ) -> Result<U, DamagedRow> {
        check(self.required(column)?).ok_or_else(|| self.damaged(column))
    }

    /// A value that must pass a check if it is there.
    fn checked_if_any<T: Decode<'r, Sqlite> + Type<Sqlite>, U>(
        &self,
        column: &'static str,
        check: impl FnOnce(T) -> Option<U>,
    ) -> Result<Option<U>, DamagedRow> {
        let Some(value) = self.optional(column)? else { return Ok(None) };
        check(value).map(Some).ok_or_else(|| self.damaged(column))
    }

    fn snowflake(&self, column: &'static str) -> Result<u64, DamagedRow> {
        self.checked(column, snowflake::decode)
    }

    fn optional_snowflake(&self, column: &'static str) -> Result<Option<u64>, DamagedRow> {
        self.checked_if_any(column, snowflake::decode)
    }

    fn word<T: Word>(&self, column: &'static str) -> Result<T, DamagedRow> {
        self.checked(column, T::from_word)
    }

    fn state(&self) -> Result<State, DamagedRow> {
        let word: &str = self.required("state")?;
        let plain = [State::Accepted, State::Announced, State::Submitting, State::Abandoned];
        if let Some(state) = plain.into_iter().find(|state| state_word(state) == word) {
            return Ok(state);
        }
        match word {
            "running" => Ok(State::Running {
                whisul_job: WhisulJob {
                    id: self.checked("whisul_job", WhisulJobId::parse)?,
                    poll_url: self.optional("poll_url")?,
                },
                since: Timestamp::from_millis(self.required("running_since")?),
            }),
            "completed" => Ok(State::Completed {
                song: self.song()?,
                took: self.checked("took_millis", duration)?,
            }),
            "failed" => self.failure().map(State::Failed),
            "cancelled" => Ok(State::Cancelled(Cancellation {
                by: self.checked_if_any("cancelled_by", canceller)?.unwrap_or(Canceller::Requester),
                reason: self.optional("failure_reason")?,
            })),
            _ => Err(self.damaged("state")),
        }
    }

    fn song(&self) -> Result<Song, DamagedRow> {
        let positive = |bpm: f64| (bpm.is_finite() && bpm > 0.0).then_some(bpm);
        let length = |seconds: i64| SongLength::from_seconds(u32::try_from(seconds).ok()?);
        Ok(Song {
            title: self.optional("title")?,
            bpm: self.checked_if_any("bpm", positive)?,
            length: self.checked_if_any("length_seconds", length)?,
            tags: self.checked("tags", |json: &str| serde_json::from_str(json).ok())?,
            song_url: self.optional("song_url")?,
            image_url: self.optional("image_url")?,
        })
    }

    fn failure(&self) -> Result<Failure, DamagedRow> {
        let reason: Option<String> = self.optional("failure_reason")?;
        let kinds = [
            Failure::TooLate,
            Failure::Expired,
            Failure::Rejected { reason: reason.clone() },
            Failure::Undocumented,
            Failure::Generation { reason: reason.clone() },
            Failure::Songless,
            Failure::Vanished,
            Failure::GivenUp,
            Failure::Ended { reason },
            Failure::UnknownOutcome,
        ];
        self.checked("failure", |word: &str| {
            kinds.into_iter().find(|failure| failure_word(failure) == word)
        })
    }

    fn damaged(&self, column: &'static str) -> DamagedRow {
        DamagedRow { job: self.job, column }
    }
}

/// Reads whose a job was, and in which round.
pub(in crate::store) fn round(row: &SqliteRow) -> Option<(UserId, u32)> {
    let requester = snowflake::decode(row.try_get("requester").ok()?)?;
    let round: i64 = row.try_get("round").ok()?;
    Some((UserId(requester), round.try_into().ok()?))
}

/// A truth from 0 or 1.
fn truth(number: i64) -> Option<bool> {
    match number {
        0 => Some(false),
        1 => Some(true),
        _ => None,
    }
}

/// A duration from milliseconds.
pub(in crate::store) fn duration(millis: i64) -> Option<Duration> {
    u64::try_from(millis).ok().map(Duration::from_millis)
}
