//! What Discord's responses mean for a job.

use crate::{
    discord_api::{DiscordError, Posted},
    domain::{FirstResponse, RouteOutcome, Shown},
};

impl From<&Result<Posted, DiscordError>> for FirstResponse {
    fn from(result: &Result<Posted, DiscordError>) -> Self {
        match result {
            Ok(Posted { message, ephemeral, .. }) => {
                Self::Posted { message: *message, ephemeral: *ephemeral }
            }
            Err(DiscordError::MessageGone) => Self::Deleted,
            // It may well be the response that an earlier try of this process gave.
            Err(DiscordError::AlreadyAcknowledged) => Self::Unknown,
            Err(error) if error.is_passing() => Self::Unknown,
            Err(_) => Self::NotPosted,
        }
    }
}

impl From<&Result<Posted, DiscordError>> for RouteOutcome {
    fn from(result: &Result<Posted, DiscordError>) -> Self {
        match result {
            Ok(Posted { message, channel, bare, .. }) => {
                Self::Delivered(Shown { message: *message, channel: *channel, bare: *bare })
            }
            Err(DiscordError::MessageGone) => Self::NoSuchMessage,
            Err(DiscordError::TooManyEdits | DiscordError::ThreadArchived) => Self::Unusable,
            Err(error) if error.is_rejection() => Self::Rejected,
            Err(DiscordError::UnknownOutcome { .. }) => Self::Unknown,
            Err(error) if error.is_passing() => Self::NotNow,
            Err(_) => Self::Closed,
        }
    }
}
