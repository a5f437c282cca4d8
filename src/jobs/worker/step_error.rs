//! Why a step of a job was not completed.

use crate::discord_api::DiscordError;

/// Why a step was not completed. The job is as it was.
#[derive(Debug, thiserror::Error)]
pub(in crate::jobs) enum StepError {
    /// The bot is stopping.
    #[error("the bot is stopping")]
    Stopping,
    /// Discord did not do what it was asked.
    #[error(transparent)]
    Discord(#[from] DiscordError),
    /// The event does not fit the job's state: another writer changed it.
    #[error("another writer has changed the job")]
    Overtaken,
    /// The job is not written down, or no longer.
    #[error("the job's row is gone")]
    Gone,
    /// It has been as it is for longer than anything may last.
    #[error("the job is overdue")]
    Overdue,
}
