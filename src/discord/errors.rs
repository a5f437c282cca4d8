//! What people are told when a command fails.

use std::borrow::Cow;

use poise::{BoxFuture, FrameworkError};
use tracing::error;

use super::Front;
use crate::{delivery::sentences, domain::PromptError, jobs::AskError, store::StoreError};

/// Why a command did nothing.
#[derive(Debug, thiserror::Error)]
pub(super) enum CommandError {
    /// The bot may not be used here, or not at present; the sentence says which.
    #[error("{0}")]
    NotNow(&'static str),
    /// The prompt can't be used.
    #[error(transparent)]
    Prompt(#[from] PromptError),
    /// The job was not taken on.
    #[error(transparent)]
    Ask(#[from] AskError),
    /// What they chose was not written down.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl CommandError {
    fn sentence(&self) -> Cow<'static, str> {
        match self {
            Self::NotNow(sentence) => Cow::Borrowed(sentence),
            Self::Prompt(error) => Cow::Owned(sentences::bad_prompt(*error)),
            Self::Ask(AskError::Refused(refusal)) => Cow::Owned(sentences::refusal(refusal)),
            Self::Ask(AskError::NotShown) => Cow::Borrowed(sentences::PROMPT_NOT_SHOWN),
            Self::Ask(AskError::Store(_) | AskError::Late) | Self::Store(_) => {
                Cow::Borrowed(sentences::STORAGE_TROUBLE)
            }
        }
    }
}

/// Tells the person, and the log where the bot's owner has to act.
pub(super) fn answer(error: FrameworkError<'_, Front, CommandError>) -> BoxFuture<'_, ()> {
    Box::pin(async move {
        let sentence = match &error {
            FrameworkError::Command { error, .. } => {
                if let CommandError::Ask(error) = error {
                    log_trouble(error);
                }
                if let CommandError::Store(error) = error {
                    error!(%error, "a choice could not be written down");
                }
                error.sentence()
            }
            FrameworkError::CommandPanic { .. } => {
                // The panic's own message may hold anything; the panic hook has printed it.
                error!("a command panicked");
                Cow::Borrowed(sentences::UNFORESEEN)
            }
            other => {
                error!(kind = kind(other), "a command could not be understood");
                Cow::Borrowed(sentences::UNFORESEEN)
            }
        };
        if let Some(poise::Context::Application(context)) = error.ctx() {
            let front = context.framework.user_data().await;
            front.whisper(context.interaction, &sentence).await;
        }
    })
}

/// A full quota is nothing to log; a full disk is.
fn log_trouble(error: &AskError) {
    if matches!(error, AskError::Store(_) | AskError::Late) {
        let cause = std::error::Error::source(error).map(ToString::to_string);
        error!(%error, cause, "a job could not be written down; it was refused");
    }
}

/// Poise's errors by name: their texts can hold what people typed.
fn kind(error: &FrameworkError<'_, Front, CommandError>) -> &'static str {
    match error {
        FrameworkError::ArgumentParse { .. } => "argument",
        FrameworkError::CommandStructureMismatch { .. } => "structure",
        FrameworkError::UnknownInteraction { .. } => "unknown command",
        _ => "other",
    }
}
