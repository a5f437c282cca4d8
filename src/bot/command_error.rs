//! What people are told when a command fails.

use std::{borrow::Cow, time::Duration};

use tokio::time::timeout;
use tracing::{error, warn};

use crate::{domain::PromptError, jobs::RequestError, messages::text, store::StoreError};

/// Of the 3 seconds for a response, this much may go into the database, apart from what is written
/// for a job, which has a limit of its own.
const STORAGE: Duration = Duration::from_secs(1);

/// Why a command, a button or a form did nothing.
#[derive(Debug, thiserror::Error)]
pub(super) enum CommandError {
    /// The bot does not do it; the sentence says why.
    #[error("{0}")]
    Declined(Cow<'static, str>),
    /// A command of which only the subcommands can be used, without one.
    #[error("no subcommand")]
    NoSubcommand,
    /// The prompt can't be used.
    #[error(transparent)]
    Prompt(#[from] PromptError),
    /// The job was not taken on.
    #[error(transparent)]
    Request(#[from] RequestError),
    /// The database can't be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The database takes longer than anybody waits for a response.
    #[error("the database did not answer in time")]
    TimedOut,
}

/// Waits for the database for as long as a person can still be answered: for all that it is asked
/// before a response, together. What it was asked to write may be written all the same.
pub(super) async fn in_time<T>(
    work: impl Future<Output = Result<T, StoreError>>,
) -> Result<T, CommandError> {
    Ok(timeout(STORAGE, work).await.map_err(|_late| CommandError::TimedOut)??)
}

impl CommandError {
    /// The bot does not do it, for the reason that the sentence gives.
    pub(super) fn declined(sentence: impl Into<Cow<'static, str>>) -> Self {
        Self::Declined(sentence.into())
    }

    /// The sentence for the person who is refused, once the log has been told what its reader has
    /// to mend: a full quota is nothing to log; a full disk is.
    pub(super) fn reported(&self) -> Cow<'static, str> {
        match self {
            Self::Request(RequestError::Store(cause @ StoreError::TooLarge { .. })) => {
                warn!(%cause, "an interaction can't be understood; somebody was refused");
            }
            Self::Request(RequestError::Store(cause)) | Self::Store(cause) => {
                error!(%cause, "the database failed; somebody was refused");
            }
            Self::Request(RequestError::TimedOut) => {
                error!("a job could not be written down in time; it was refused");
            }
            Self::TimedOut => {
                error!("the database did not answer in time; somebody has to try again");
            }
            _ => {}
        }
        self.sentence()
    }

    fn sentence(&self) -> Cow<'static, str> {
        match self {
            Self::Declined(sentence) => sentence.clone(),
            Self::NoSubcommand => Cow::Borrowed(text::COMMAND_CHANGED),
            Self::Prompt(error) => Cow::Owned(text::bad_prompt(*error)),
            Self::Request(RequestError::OverLimit(refusal)) => Cow::Owned(text::refusal(refusal)),
            Self::Request(RequestError::Restricted(restriction)) => {
                Cow::Borrowed(text::admin::restricted(*restriction))
            }
            Self::Request(RequestError::NotShown) => Cow::Borrowed(text::PROMPT_NOT_SHOWN),
            Self::Request(RequestError::Repeated) => Cow::Borrowed(text::ASKED_ALREADY),
            Self::Request(RequestError::Store(StoreError::TooLarge { .. })) => {
                Cow::Borrowed(text::UNREADABLE)
            }
            Self::Request(RequestError::Store(_) | RequestError::TimedOut) | Self::Store(_) => {
                Cow::Borrowed(text::STORAGE_TROUBLE)
            }
            Self::Request(RequestError::Panicked) => Cow::Borrowed(text::UNFORESEEN),
            Self::TimedOut => Cow::Borrowed(text::NOT_IN_TIME),
        }
    }
}
