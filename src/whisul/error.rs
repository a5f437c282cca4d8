//! What can go wrong with Whisul, by what it means for a job.
//!
//! The text of each error is the whole story in one line for a log: it names neither the key, nor
//! a URL, and holds nothing that Whisul wrote. Whisul may repeat a prompt in its own words: escaped,
//! shortened or translated, so that no comparison would find it.

use std::{error::Error, fmt, time::Duration};

use super::response::field::one_line;
use crate::{
    domain::with_causes,
    http_client::{SendError, TransportError},
    network,
    proxy::Proxy,
};

/// Why no client could be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClientError {
    /// The key can't stand in an HTTP header.
    #[error("the Whisul key contains characters that no key has")]
    Key,
    /// TLS or something else of the HTTP client could not be set up.
    #[error("the HTTP client for Whisul could not be set up: {0}")]
    Setup(String),
}

/// Why a submission brought no job, by whether there may be one all the same.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SubmitError {
    /// Whisul will not take this prompt. There is no job.
    #[error("Whisul rejected the prompt (status {status})")]
    Rejected {
        /// 400, 413 or 422.
        status: u16,
        /// What Whisul says about it.
        reason: Reason,
    },
    /// The key is missing, wrong or expired. There is no job.
    #[error("Whisul refused the key (status {status})")]
    BadKey {
        /// 401 or 403.
        status: u16,
    },
    /// The key's account has no credit left. There is no job.
    #[error("the key's account is out of credit")]
    OutOfCredit,
    /// Too many requests. There is no job.
    #[error("Whisul asks for fewer requests")]
    RateLimited {
        /// How long Whisul asks to wait.
        retry_after: Option<Duration>,
    },
    /// The prompt did not arrive, or Whisul took nothing in for now. There is no job.
    #[error("Whisul did not take the prompt: {source}")]
    NotTaken {
        /// How long Whisul asks to wait.
        retry_after: Option<Duration>,
        /// What went wrong.
        source: Trouble,
    },
    /// Whisul's own response, not a documented one, but one that says that there is no job.
    #[error("Whisul refused the submission (status {status})")]
    Undocumented {
        /// Any other status from 400 to 499.
        status: u16,
    },
    /// The prompt went out, and nobody can tell whether there is a job. Submitting it again could
    /// pay twice.
    #[error("Whisul may or may not have taken the prompt: {source}")]
    UnknownOutcome {
        /// What went wrong.
        source: Trouble,
    },
}

/// Why a poll did not tell how a job stands.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PollError {
    /// The key is missing, wrong or expired. The job may well go on.
    #[error("Whisul refused the key")]
    BadKey,
    /// The key's account has no credit left. The job may well go on.
    #[error("the key's account is out of credit")]
    OutOfCredit,
    /// Too many requests.
    #[error("Whisul asks for fewer requests")]
    RateLimited {
        /// How long Whisul asks to wait.
        retry_after: Option<Duration>,
    },
    /// Anything else: ask again later.
    #[error("Whisul did not tell how the job stands: {source}")]
    Transient {
        /// What went wrong.
        source: Trouble,
        /// How long Whisul asks to wait.
        retry_after: Option<Duration>,
    },
}

impl PollError {
    /// What went wrong, where the words around it already say that Whisul did not answer.
    pub fn cause(&self) -> String {
        match self {
            Self::Transient { source, .. } => source.to_string(),
            other => other.to_string(),
        }
    }
}

/// What can go wrong between sending a request and understanding its response.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// No connection came about (name look-up, TCP or TLS), so that nothing was sent.
    #[error("no connection: {0}")]
    NoConnection(String),
    /// The time for the whole exchange was up.
    #[error("no complete response in time")]
    TimedOut,
    /// The connection broke off, or did not speak HTTP.
    #[error("broken exchange: {0}")]
    Broken(String),
    /// More bytes than any response needs.
    #[error("the response is too large")]
    Oversize,
    /// A body without what has to be in it.
    #[error("the response can't be understood")]
    Garbage,
    /// An error of Whisul's own that promises nothing.
    #[error("Whisul's own error (status {status})")]
    Status {
        /// Which.
        status: u16,
    },
    /// The response is not in the form of Whisul's API: a proxy, a firewall or a CDN gave it.
    #[error("the response did not come from Whisul (status {status})")]
    Foreign {
        /// Which.
        status: u16,
    },
}

impl Trouble {
    /// Why a request has no response.
    pub(super) fn of(error: SendError) -> Self {
        match error {
            SendError::Client(error) => Self::of_client(error),
            SendError::Transport(error @ TransportError::NotConnected) => {
                Self::NoConnection(error.to_string())
            }
            SendError::Transport(TransportError::TimedOut) => Self::TimedOut,
            SendError::Transport(error @ TransportError::BrokenOff) => {
                Self::Broken(error.to_string())
            }
        }
    }

    /// From an error of the HTTP client, whose own text may name the address.
    pub(super) fn of_client(error: reqwest::Error) -> Self {
        // A connection can run out of time, too: what counts is that there was none.
        if error.is_connect() {
            Self::NoConnection(bounded(&network::cause(error)))
        } else if error.is_timeout() {
            Self::TimedOut
        } else {
            Self::Broken(bounded(&network::cause(error)))
        }
    }

    /// The same where Whisul is reached through this proxy, if there is one.
    pub(super) fn through(self, proxy: Option<&Proxy>) -> Self {
        match (self, proxy) {
            (Self::NoConnection(causes), Some(proxy)) => Self::NoConnection(proxy.cause(&causes)),
            (trouble, _) => trouble,
        }
    }
}

/// An error's text and those of its causes, in one bounded line.
pub(super) fn causes(error: &dyn Error) -> String {
    bounded(&with_causes(error))
}

fn bounded(text: &str) -> String {
    one_line(text, 300).unwrap_or_default()
}

/// What Whisul says about a rejected prompt, for the person who wrote that. Whisul may repeat the
/// prompt in it, so it is for no log and prints as nothing.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Reason(Option<String>);

impl Reason {
    /// The most characters of one.
    const MAX: usize = 200;

    /// One line of these sentences.
    pub(super) fn of(texts: impl Iterator<Item = String>) -> Self {
        Self(one_line(&texts.collect::<Vec<_>>().join(": "), Self::MAX))
    }

    /// The line by itself.
    pub fn into_text(self) -> Option<String> {
        self.0
    }
}

impl fmt::Debug for Reason {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Reason").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cause_is_told_in_one_bounded_line() {
        let line = causes(&std::io::Error::other(format!("no\nroute {}", "x".repeat(1000))));
        assert!(line.starts_with("no route x"), "{line}");
        assert_eq!(line.chars().count(), 300);
        let source = Trouble::Broken("cut off".to_owned());
        let broken = PollError::Transient { source, retry_after: None };
        assert_eq!(broken.cause(), "broken exchange: cut off");
        assert_eq!(PollError::BadKey.cause(), PollError::BadKey.to_string());
    }

    #[test]
    fn a_reason_is_one_short_line_that_no_log_shows() {
        let texts = ["Invalid input", "Say\nmore\u{1b}[31m"].map(str::to_owned);
        let reason = Reason::of(texts.into_iter());
        assert!(!format!("{reason:?}").contains("Invalid"));
        assert_eq!(reason.into_text().unwrap(), "Invalid input: Say more [31m");
        let long = Reason::of(std::iter::once("é".repeat(10_000))).into_text().unwrap();
        assert_eq!(long.chars().count(), Reason::MAX);
        assert_eq!(Reason::of(std::iter::empty()).into_text(), None);
    }
}
