//! What is wrong with the settings.

use std::{fmt, io};

use thiserror::Error;

use super::{env_file::LineProblem, table::Setting};
use crate::domain::QuotaError;

/// Everything that is wrong with the settings: at least one fault.
///
/// Tells names, lines and examples, and short values of settings that hold no secret.
#[derive(Debug, Error)]
pub struct Faults(pub(super) Vec<Fault>);

/// One thing that is wrong.
#[derive(Debug)]
pub(super) enum Fault {
    /// A setting can't be used.
    Setting(Setting, Problem, Found),
    /// Something is wrong with this line of the `.env` file, counted from 1.
    Line(usize, LineProblem),
    /// The `.env` file is there but can't be read.
    File(io::Error),
}

/// What a setting is set to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Found {
    /// The value, where it may be shown.
    pub(super) text: Option<String>,
    /// Where: `.env, line 3`, or `environment`.
    pub(super) place: Option<String>,
}

/// What is wrong with a setting's value.
#[derive(Debug, Error)]
pub(super) enum Problem {
    #[error("required, but not set")]
    Required,
    #[error("contains white space: copy it again, without what stands around it")]
    SecretSpace,
    #[error("contains quotation marks, which are no part of it")]
    SecretQuotes,
    #[error("contains characters that no token or key has: copy it again")]
    SecretCharacter,
    #[error("begins with {0}: leave that out, the bot adds it by itself")]
    Scheme(&'static str),
    #[error(
        "this is a number, such as the application's id; the token is longer, and is shown once \
         after Reset Token on the Bot page of the developer portal"
    )]
    ApplicationId,
    #[error(
        "this looks like the application's public key; the token is shown once after Reset Token \
         on the Bot page of the developer portal"
    )]
    PublicKey,
    #[error(
        "this looks like the OAuth2 client secret; the token is shown once after Reset Token on \
         the Bot page of the developer portal, and has two dots"
    )]
    ClientSecret,
    #[error("this is an address, not a token or key")]
    SecretUrl,
    #[error("this looks like a Discord token, which belongs into DISCORD_TOKEN")]
    DiscordToken,
    #[error("expected sqlite:// and the path of a file")]
    Database,
    #[error("expected sqlite:// before the path of the file")]
    DatabaseScheme,
    #[error("the jobs are kept in an SQLite file; other databases can't be used")]
    DatabaseKind,
    #[error("leave out the ? and what follows it: the bot sets SQLite's options by itself")]
    DatabaseParameters,
    #[error("a database in memory would forget all jobs at the next stop; name a file")]
    DatabaseInMemory,
    #[error("expected the path of a file, not of a folder")]
    DatabaseFolder,
    #[error("~ and $ are not replaced: write the path in full")]
    DatabaseVariable,
    #[error(
        "expected http:// and the proxy's host and port; SOCKS and HTTPS to the proxy itself are \
         not supported"
    )]
    Proxy,
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

impl Fault {
    /// Whether nothing of the `.env` file is known because of it.
    pub(super) fn hides_settings(&self) -> bool {
        matches!(self, Self::File(_) | Self::Line(_, LineProblem::Encoding))
    }
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
            Self::Setting(Setting { name, example, .. }, problem, Found { text, place }) => {
                write!(formatter, "  {name}: {problem}")?;
                if let Some(text) = text {
                    write!(formatter, ", not '{text}'")?;
                }
                if let Some(place) = place {
                    write!(formatter, " ({place})")?;
                }
                writeln!(formatter, "\n    Example: {name}={example}")
            }
            Self::Line(number, problem) => {
                writeln!(formatter, "  .env, line {number}: {problem}")?;
                writeln!(
                    formatter,
                    "    Example: ALLOWED_GUILDS='1234, 5678' # in single quotes nothing has a \
                     special meaning"
                )
            }
            Self::File(error) => {
                writeln!(formatter, "  .env: can't be read: {error}")?;
                writeln!(formatter, "    Example: a text file with lines such as USER_QUOTA=5/1d")
            }
        }
    }
}
