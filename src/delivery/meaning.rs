//! What Discord's answers mean for a job.

use crate::{
    discord_api::{DiscordError, Posted},
    domain::{FirstAnswer, RouteOutcome, Shown},
};

impl From<&Result<Posted, DiscordError>> for FirstAnswer {
    fn from(result: &Result<Posted, DiscordError>) -> Self {
        match result {
            Ok(Posted { message, ephemeral, .. }) => {
                Self::Stands { message: *message, ephemeral: *ephemeral }
            }
            Err(DiscordError::MessageGone) => Self::Deleted,
            // It may well be the answer that an earlier try of this process gave.
            Err(DiscordError::AlreadyAnswered) => Self::Unknown,
            Err(error) if error.is_passing() => Self::Unknown,
            Err(_) => Self::Missing,
        }
    }
}

impl From<&Result<Posted, DiscordError>> for RouteOutcome {
    fn from(result: &Result<Posted, DiscordError>) -> Self {
        match result {
            Ok(Posted { message, channel, bare, .. }) => {
                Self::Stands(Shown { message: *message, channel: *channel, bare: *bare })
            }
            Err(DiscordError::MessageGone) => Self::Missing,
            Err(DiscordError::TooManyEdits | DiscordError::ThreadArchived) => Self::Unfit,
            Err(error) if error.is_rejection() => Self::Rejected,
            Err(DiscordError::Unknown { .. }) => Self::Unknown,
            Err(error) if error.is_passing() => Self::NotNow,
            Err(_) => Self::Closed,
        }
    }
}
