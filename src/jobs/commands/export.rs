//! Everything that is known about a person, sent to them file by file.

use std::{io, time::Duration};

use tokio::time::{sleep, timeout};

use crate::{
    delivery::{ExportFile, ExportResponse},
    discord_api::DiscordError,
    domain::UserId,
    jobs::{Backoff, Jobs},
    messages::text::ExportEnd,
    store::StoreError,
};

/// How many of a person's records are in memory at once, beside the file that they go into.
const AT_ONCE: u32 = 100;

/// How long one waits for the exports of others. An interaction can be answered for 15 minutes.
const LONGEST_WAIT_FOR_OTHERS: Duration = Duration::from_mins(5);

/// How often a file is sent to a Discord that may take it later.
const SEND_TRIES: u32 = 5;

/// Why an export could not be sent.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The database can't be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Discord took no file, or not all of them.
    #[error(transparent)]
    Discord(#[from] DiscordError),
    /// There is no memory for a file.
    #[error("there is no memory for a file: {0}")]
    Memory(#[from] io::Error),
    /// Too many others want theirs.
    #[error("too many exports are under way")]
    Busy,
    /// The bot stops.
    #[error("the bot stops")]
    Stopping,
}

impl Jobs {
    /// Answers an interaction with everything that is known about a person, in as many files as it
    /// takes, the latest songs first. One export at a time, so that they all take the memory of one
    /// file.
    ///
    /// # Errors
    /// When not all of it got through.
    pub async fn export(&self, person: UserId, to: ExportResponse<'_>) -> Result<(), ExportError> {
        let exporting = async {
            let turn = timeout(LONGEST_WAIT_FOR_OTHERS, self.exports.acquire()).await;
            let _turn = turn.map_err(|_| ExportError::Busy)?.map_err(|_| ExportError::Stopping)?;
            self.export_all(person, to).await
        };
        self.stop.run_until_cancelled(exporting).await.unwrap_or(Err(ExportError::Stopping))
    }

    async fn export_all(&self, person: UserId, to: ExportResponse<'_>) -> Result<(), ExportError> {
        let wants_notice = self.store.wants_notice(person).await?;
        let mut number = 1;
        let mut file = ExportFile::begin(person, wants_notice, number, to.limit)?;
        let mut from = None;
        loop {
            let part = self.store.records_of(person, from, AT_ONCE).await?;
            for record in &part.records {
                if file.add(record) {
                    continue;
                }
                if number >= to.files {
                    return self.send(to, file, ExportEnd::Cut).await;
                }
                self.send(to, file, ExportEnd::More).await?;
                number += 1;
                file = ExportFile::begin(person, wants_notice, number, to.limit)?;
                // There is room for any record in an empty file.
                file.add(record);
            }
            from = part.next;
            if from.is_none() {
                return self.send(to, file, ExportEnd::Complete).await;
            }
        }
    }

    /// Sends a file, several times if need be: one that comes twice does no harm.
    async fn send(
        &self,
        to: ExportResponse<'_>,
        file: ExportFile,
        end: ExportEnd,
    ) -> Result<(), ExportError> {
        let file = file.finish(end);
        let send = || file.send(&self.discord, to);
        let mut backoff = Backoff::new(Duration::from_secs(1), Duration::from_secs(8));
        for _ in 1..SEND_TRIES {
            match send().await {
                Err(error) if error.is_passing() => sleep(backoff.next()).await,
                outcome => return Ok(outcome?),
            }
        }
        Ok(send().await?)
    }
}
