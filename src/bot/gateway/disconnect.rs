//! Why a connection ended.

use std::time::Duration;

use crate::proxy::Proxy;

/// Why a connection ended, in words without addresses and tokens.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Disconnect {
    #[error("the bot stops")]
    Stopped,
    #[error("Discord named no usable address")]
    NoAddress,
    #[error("can't connect: {0}")]
    Unreachable(String),
    #[error("status {status} in place of a connection")]
    NotUpgraded {
        status: u16,
        /// How long to stay away, where that was said.
        retry_after: Option<Duration>,
    },
    #[error("no {0} in time")]
    TimedOut(&'static str),
    #[error("it was cut off")]
    CutOff,
    #[error("Discord closed it (code {0})")]
    Closed(u16),
    #[error("Discord asked for a new one")]
    Reconnect,
    #[error("Discord ended the session (to be resumed: {resumable})")]
    Invalid { resumable: bool },
}

impl Disconnect {
    /// The same where the gateway is reached through this proxy, if there is one.
    pub(super) fn through(self, proxy: Option<&Proxy>) -> Self {
        match (self, proxy) {
            (Self::Unreachable(cause), Some(proxy)) => Self::Unreachable(proxy.cause(&cause)),
            (end, _) => end,
        }
    }
}
