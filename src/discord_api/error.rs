//! Why Discord did not do what it was asked.

use std::time::Duration;

use crate::{
    http_client::{SendError, TransportError},
    network,
    proxy::Proxy,
};

/// Why Discord did not do what it was asked, by what that means for a message. `codes.rs` knows
/// which of Discord's codes mean what, and `raw_response.rs` which responses are Discord's at all.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DiscordError {
    /// The message does not exist any more: a person deleted it.
    #[error("the message is gone")]
    MessageGone,
    /// The interaction's token is void or its interaction unknown.
    #[error("the interaction's token is void")]
    TokenGone,
    /// The interaction already has a first response, perhaps from an earlier try of this process.
    #[error("the interaction was answered before")]
    AlreadyAcknowledged,
    /// The interaction already has a first response, and this process had not given one.
    #[error("another process responds with this bot's token")]
    AcknowledgedElsewhere,
    /// The bot may not see the channel, or not write in it.
    #[error("the bot has no access")]
    NoAccess,
    /// The channel does not exist any more.
    #[error("the channel is gone")]
    ChannelGone,
    /// The thread is archived.
    #[error("the thread is archived")]
    ThreadArchived,
    /// The message is old and has been edited too often.
    #[error("the message is too old to be edited so often")]
    TooManyEdits,
    /// The person takes no direct messages.
    #[error("the person takes no direct messages")]
    CannotDm,
    /// Discord found something wrong with the content of a message.
    #[error("Discord rejected the content (status {status}, code {code})")]
    ContentRejected {
        /// The HTTP status.
        status: u16,
        /// Discord's own code.
        code: u64,
    },
    /// The files are larger than Discord, or a proxy in front of it, takes.
    #[error("the files are too large")]
    TooLarge,
    /// Discord rejected the request with a code whose meaning for a message is unknown.
    #[error("Discord rejected the request with an unexpected code (status {status}, code {code})")]
    Unexpected {
        /// The HTTP status.
        status: u16,
        /// Discord's own code.
        code: u64,
    },
    /// Discord does not accept the bot's token.
    #[error("Discord does not accept the bot's token")]
    BadToken,
    /// A progress edit gave way to requests that matter more.
    #[error("the edit gave way to more important ones")]
    Shed,
    /// Too many requests.
    #[error("Discord asks to wait for {after:?}")]
    RateLimited {
        /// How long to wait.
        after: Duration,
    },
    /// The request surely did not reach Discord.
    #[error("Discord can't be reached: {cause}")]
    NotSent {
        /// What went wrong, without addresses.
        cause: String,
    },
    /// The request was sent, and nobody knows whether it was carried out.
    #[error("Discord did not answer as it should: {cause}")]
    UnknownOutcome {
        /// What went wrong, without addresses.
        cause: String,
    },
}

impl DiscordError {
    /// Whether the same request may succeed later.
    pub fn is_passing(&self) -> bool {
        match self {
            Self::RateLimited { .. }
            | Self::NotSent { .. }
            | Self::UnknownOutcome { .. }
            | Self::Unexpected { .. }
            | Self::Shed
            | Self::BadToken => true,
            Self::MessageGone
            | Self::TokenGone
            | Self::AlreadyAcknowledged
            | Self::AcknowledgedElsewhere
            | Self::NoAccess
            | Self::ChannelGone
            | Self::ThreadArchived
            | Self::TooManyEdits
            | Self::CannotDm
            | Self::TooLarge
            | Self::ContentRejected { .. } => false,
        }
    }

    /// Whether other content may be accepted where this was rejected.
    pub fn concerns_content(&self) -> bool {
        // Code 0 and codes that the bot doesn't know come with status 400 where Discord can't use
        // the body.
        matches!(
            self,
            Self::ContentRejected { .. } | Self::TooLarge | Self::Unexpected { status: 400, .. }
        )
    }

    /// Whether Discord itself rejected the request, for its content or for unknown reasons.
    pub fn is_rejection(&self) -> bool {
        matches!(self, Self::ContentRejected { .. } | Self::TooLarge | Self::Unexpected { .. })
    }

    /// Whether the request was perhaps carried out all the same.
    pub fn may_be_carried_out(&self) -> bool {
        matches!(self, Self::UnknownOutcome { .. })
    }

    /// What went wrong, where the words around it already say that Discord did not answer.
    pub fn cause(&self) -> String {
        match self {
            Self::NotSent { cause } | Self::UnknownOutcome { cause } => cause.clone(),
            other => other.to_string(),
        }
    }

    /// Why a request has no response.
    pub(super) fn of(error: SendError) -> Self {
        match error {
            SendError::Client(error) => Self::from_reqwest(error),
            SendError::Transport(error @ TransportError::NotConnected) => {
                Self::NotSent { cause: error.to_string() }
            }
            SendError::Transport(error) => Self::UnknownOutcome { cause: error.to_string() },
        }
    }

    /// From an error that reqwest met; its address is left out, since tokens are part of it.
    pub(super) fn from_reqwest(error: reqwest::Error) -> Self {
        let not_sent = error.is_connect() || error.is_builder();
        let cause = network::cause(error);
        if not_sent { Self::NotSent { cause } } else { Self::UnknownOutcome { cause } }
    }

    /// The same where Discord is reached through this proxy, if there is one.
    pub(super) fn through(self, proxy: Option<&Proxy>) -> Self {
        match (self, proxy) {
            (Self::NotSent { cause }, Some(proxy)) => Self::NotSent { cause: proxy.cause(&cause) },
            (error, _) => error,
        }
    }
}
