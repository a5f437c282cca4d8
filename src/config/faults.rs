//! What is wrong with the settings.

use std::{fmt, io};

use thiserror::Error;

use super::table::Setting;
use crate::domain::QuotaError;

/// Everything that is wrong with the settings: at least one fault.
///
/// Tells names, lines and examples but repeats no value, since a secret may have slipped into any
/// of them.
#[derive(Debug, Error)]
pub struct Faults(pub(super) Vec<Fault>);

/// One thing that is wrong.
#[derive(Debug)]
pub(super) enum Fault {
    /// A setting can't be used.
    Setting(Setting, Problem),
    /// This line of the `.env` file, counted from 1, is no `NAME=value`.
    Line(usize),
    /// The `.env` file is there but can't be read.
    File(io::Error),
}

/// What is wrong with a setting's value.
#[derive(Debug, Error)]
pub(super) enum Problem {
    #[error("required, but not set")]
    Required,
    #[error("must not contain white space, quotation marks, control or non-ASCII characters")]
    Secret,
    #[error("expected sqlite:// and the path of a file")]
    Database,
    #[error("expected a whole number from 1 to 4294967295")]
    Count,
    #[error("expected a whole number and s, m, h, d or w, longer than 0s")]
    Duration,
    #[error("shorter than the window of {}, in which songs must still be counted", .0.join(", "))]
    Retention(Vec<&'static str>),
    #[error("expected {0}")]
    Interval(String),
    #[error(transparent)]
    Quota(#[from] QuotaError),
    #[error("expected COUNT/WINDOW, both above 0")]
    Rate,
    #[error("entry {0}: expected ROLE_ID=COUNT/WINDOW")]
    RoleQuota(usize),
    #[error("entry {0}: this role has a quota already")]
    RoleTwice(usize),
    #[error("entry {0}: expected a server's id, which is a number")]
    Guild(usize),
    #[error("expected {0}")]
    Choice(&'static str),
    #[error("expected a URL")]
    Url,
    #[error("expected https, or http to a loopback address")]
    Insecure,
    #[error("expected a URL without user name, password, query or fragment")]
    UrlParts,
    #[error(
        "expected LEVEL or TARGET=LEVEL, comma-separated; levels are error, warn, info, debug, \
         trace and off"
    )]
    LogFilter,
}

impl fmt::Display for Faults {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.0.len();
        let faults = if count == 1 { "fault" } else { "faults" };
        writeln!(formatter, "The settings have {count} {faults}:")?;
        self.0.iter().try_for_each(|fault| write!(formatter, "\n{fault}"))?;
        write!(formatter, "\nEvery setting is explained by whisul-bot --help.")
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Setting(Setting { name, example, .. }, problem) => {
                writeln!(formatter, "  {name}: {problem}")?;
                writeln!(formatter, "    Example: {name}={example}")
            }
            Self::Line(number) => {
                writeln!(formatter, "  .env, line {number}: expected NAME=value")?;
                writeln!(
                    formatter,
                    "    Example: ALLOWED_GUILDS='1234, 5678' # quoted for its space"
                )
            }
            Self::File(error) => {
                writeln!(formatter, "  .env: can't be read: {error}")?;
                writeln!(formatter, "    Example: a text file with lines such as USER_QUOTA=5/1d")
            }
        }
    }
}
