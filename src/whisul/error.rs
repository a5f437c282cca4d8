//! What can go wrong with Whisul, by what it means for a job.
//!
//! The text of each error is the whole story in one line for a log: it names neither the key, nor
//! a prompt, nor a URL.

use std::{error::Error, fmt, time::Duration};

use super::{
    field::one_line,
    wire::{self, Complaint},
};
use crate::{
    domain::{Prompt, with_causes},
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
    #[error("Whisul rejected the prompt (status {status}){detail}")]
    Rejected {
        /// 400, 413 or 422.
        status: u16,
        /// What Whisul says about it.
        detail: Detail,
    },
    /// The key is missing, wrong or expired. There is no job.
    #[error("Whisul refused the key (status {status}){detail}")]
    BadKey {
        /// 401 or 403.
        status: u16,
        /// What Whisul says about it.
        detail: Detail,
    },
    /// The key's account has no credit left. There is no job.
    #[error("the key's account is out of credit{detail}")]
    OutOfCredit {
        /// What Whisul says about it.
        detail: Detail,
    },
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
    /// An answer that isn't documented, but that says that there is no job.
    #[error("Whisul refused the submission (status {status}){detail}")]
    Refused {
        /// Any other status from 300 to 499.
        status: u16,
        /// What Whisul says about it.
        detail: Detail,
    },
    /// The prompt went out, and nobody can tell whether there is a job. Submitting it again could
    /// pay twice.
    #[error("Whisul may or may not have taken the prompt: {source}")]
    Ambiguous {
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

/// What can go wrong between sending a request and understanding its answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// No connection came about (name look-up, TCP or TLS), so that nothing was sent.
    #[error("no connection: {0}")]
    NoConnection(String),
    /// The time for the whole exchange was up.
    #[error("no complete answer in time")]
    TimedOut,
    /// The connection broke off, or did not speak HTTP.
    #[error("broken exchange: {0}")]
    Broken(String),
    /// More bytes than any answer needs.
    #[error("the answer is too large")]
    Oversize,
    /// A body without what has to be in it.
    #[error("the answer can't be understood")]
    Garbage,
    /// A status that promises nothing.
    #[error("status {status}{detail}")]
    Status {
        /// Which.
        status: u16,
        /// What Whisul says about it.
        detail: Detail,
    },
}

impl Trouble {
    /// From an error of the HTTP client, whose own text may name the address.
    pub(super) fn of(error: reqwest::Error) -> Self {
        let error = error.without_url();
        // A connection can run out of time, too: what counts is that there was none.
        if error.is_connect() {
            Self::NoConnection(causes(&error))
        } else if error.is_timeout() {
            Self::TimedOut
        } else {
            Self::Broken(causes(&error))
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
    one_line(&with_causes(error), 300).unwrap_or_default()
}

/// What an answer itself says about a failure, fit for the log: one short line, or nothing. It is
/// written `: like this`, to end an error's text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Detail(Option<String>);

impl Detail {
    /// The most characters of one.
    const MAX: usize = 200;

    /// Reads it from the answer to a submission. An answer that repeats a piece of the prompt
    /// has none: prompts never reach a log.
    pub(super) fn read(body: &[u8], prompt: &Prompt) -> Self {
        let complaint: Complaint = wire::read(body).unwrap_or_default();
        let texts: Vec<String> = complaint.texts().collect();
        Self(one_line(&texts.join(": "), Self::MAX).filter(|text| !repeats(text, prompt)))
    }

    /// The line by itself.
    pub fn text(&self) -> Option<&str> {
        self.0.as_deref()
    }
}

impl fmt::Display for Detail {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.as_ref().map_or(Ok(()), |text| write!(formatter, ": {text}"))
    }
}

/// Whether a text contains the prompt or a longer piece of it, however cut, spaced or capitalised.
fn repeats(text: &str, prompt: &Prompt) -> bool {
    const PIECE: usize = 8;
    let text: String = bare(text).collect();
    let prompt: Vec<char> = bare(prompt.as_str()).collect();
    let length = prompt.len().clamp(1, PIECE);
    prompt.windows(length).any(|piece| text.contains(&piece.iter().collect::<String>()))
}

/// A text's characters, in lower case and without white space.
fn bare(text: &str) -> impl Iterator<Item = char> {
    text.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn detail(body: &serde_json::Value, prompt: &str) -> String {
        Detail::read(body.to_string().as_bytes(), &Prompt::parse(prompt).unwrap()).to_string()
    }

    #[test]
    fn a_detail_is_one_short_line() {
        let documented = json!({"error": "Invalid input", "message": "Say\nmore\u{1b}[31m"});
        assert_eq!(detail(&documented, "rain on glass"), ": Invalid input: Say more [31m");
        assert_eq!(detail(&json!({"error": {"code": 1}, "message": null}), "rain"), "");
        let long = detail(&json!({"message": "x".repeat(10_000)}), "rain on glass");
        assert_eq!(long.len(), 2 + Detail::MAX);
    }

    #[test]
    fn a_detail_never_repeats_the_prompt() {
        for text in [
            "we can't play Rain On Glass",
            "prompt \"a song about rain on gl…\" is too long",
            "A\tSONG   ABOUT",
        ] {
            assert_eq!(detail(&json!({"message": text}), "a song about rain on glass"), "");
        }
        let long = format!("secret {}", "love ".repeat(150));
        assert_eq!(detail(&json!({"message": long}), &long), "");
    }

    proptest! {
        #[test]
        fn any_bytes_are_a_bounded_detail(body in prop::collection::vec(any::<u8>(), 0..300)) {
            let detail = Detail::read(&body, &Prompt::parse("rain").unwrap()).to_string();
            prop_assert!(detail.chars().count() <= 2 + Detail::MAX);
            prop_assert!(!detail.chars().any(char::is_control));
        }

        #[test]
        fn no_detail_holds_the_prompt(prompt in "\\PC{1,20}", before in "\\PC{0,20}") {
            if let Ok(prompt) = Prompt::parse(&prompt) {
                let body = json!({"message": format!("{before}{}", prompt.as_str())}).to_string();
                let detail = Detail::read(body.as_bytes(), &prompt);
                prop_assert_eq!(detail, Detail::default());
            }
        }
    }
}
