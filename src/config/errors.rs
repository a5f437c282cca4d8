//! What is wrong with the settings.

use std::{fmt, io};

use thiserror::Error;

use super::{
    env_file::LineProblem,
    table::{self, Setting},
};
use crate::domain::QuotaError;

/// Everything that is wrong with the settings: at least one error.
///
/// Tells names, places and examples, and the values that are no secrets.
#[derive(Debug, Error)]
pub struct ConfigErrors {
    pub(super) all: Vec<ConfigError>,
    /// What may be the cause of several.
    pub(super) note: Option<String>,
}

impl From<Vec<ConfigError>> for ConfigErrors {
    fn from(all: Vec<ConfigError>) -> Self {
        Self { all, note: None }
    }
}

/// One thing that is wrong.
#[derive(Debug)]
pub(super) enum ConfigError {
    /// A setting can't be used.
    Setting(Setting, Problem, Found),
    /// Something is wrong with this line of the `.env` file, counted from 1, in which this setting
    /// was probably meant.
    Line(usize, Option<Setting>, LineProblem),
    /// The `.env` file is there but can't be read.
    File(io::Error),
}

impl ConfigError {
    /// The setting that an invalid line was meant for.
    pub(super) fn line_of(&self) -> Option<Setting> {
        match self {
            Self::Line(_, setting, _) => *setting,
            Self::Setting(..) | Self::File(_) => None,
        }
    }
}

/// A bad entry of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct BadEntry {
    /// Which, counted from 1.
    pub(super) number: usize,
    pub(super) wrong: Wrong,
    /// The entry, unless it may be a secret.
    pub(super) text: Option<String>,
}

/// What is wrong with an entry of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wrong {
    Form,
    TooShort,
    Twice,
}

/// The most bad entries of one list that are told.
const ENTRIES: usize = 10;

/// What a setting is set to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Found {
    /// The value, where it may be shown.
    pub(super) text: Option<String>,
    /// Where: `.env, line 3`, or `the environment`.
    pub(super) place: Option<String>,
}

/// What is wrong with a setting's value.
#[derive(Debug, Error)]
pub(super) enum Problem {
    #[error("required, but not set")]
    Required,
    #[error("required, but not set; .env, line {0} has a name that is like it")]
    RequiredElsewhere(usize),
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
    #[error("this is still the example: put your own in its place")]
    Example,
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
    #[error("expected http:// and the proxy's host and port")]
    Proxy,
    #[error(
        "{0} proxies are not supported: expected http:// and the host and port of an HTTP proxy, or \
         NO_PROXY=* to use none"
    )]
    ProxyKind(&'static str),
    #[error("expected an IP address and a port, or off")]
    HttpAddress,
    #[error("expected a whole number from 1 to 4294967295")]
    Count,
    #[error("expected a whole number and s, m, h, d or w, longer than 0s")]
    Duration,
    #[error("{kept} is too short, since {longer}: set {least} or more, or shorten that window")]
    Retention {
        /// What it is set to,
        kept: String,
        /// the settings that look further back,
        longer: String,
        /// and what would do.
        least: String,
    },
    #[error("expected {0}")]
    Interval(String),
    #[error(transparent)]
    Quota(#[from] QuotaError),
    #[error("expected COUNT/WINDOW, both above 0")]
    Rate,
    #[error("expected {0}; {list}", list = told(.1))]
    Entries(&'static str, Vec<BadEntry>),
    #[error("expected {0}")]
    Choice(&'static str),
    #[error("expected a URL")]
    Url,
    #[error("expected https; http is only for a server on this machine (127.0.0.1, localhost)")]
    Insecure,
    #[error("expected 24 to 64 bytes in base64, with or without whsec_ before them")]
    WebhookSecret,
    #[error("expected a URL without user name, password, query or fragment")]
    UrlParts,
}

impl Problem {
    /// The same with nothing but what may be shown of each entry.
    pub(super) fn shown(self, show: impl Fn(&str) -> Option<String>) -> Self {
        let Self::Entries(expected, mut entries) = self else { return self };
        for entry in &mut entries {
            entry.text = entry.text.take().and_then(|text| show(&text));
        }
        Self::Entries(expected, entries)
    }
}

/// Where a secret comes from.
fn where_to_get(name: &str) -> &'static str {
    if name == table::DISCORD_TOKEN.name {
        "Get it with Reset Token on the Bot page of https://discord.com/developers/applications"
    } else if name == table::ALERT_WEBHOOK_SECRET.name {
        "Make one with: openssl rand -base64 32"
    } else {
        "Get it from your account at Whisul"
    }
}

/// Bad entries in words.
fn told(entries: &[BadEntry]) -> String {
    let more = entries.len().saturating_sub(ENTRIES);
    let mut told: Vec<_> = entries.iter().take(ENTRIES).map(ToString::to_string).collect();
    if more > 0 {
        told.push(format!("and {more} more"));
    }
    told.join(", ")
}

impl fmt::Display for BadEntry {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { number, wrong, text } = self;
        match (wrong, text.as_deref()) {
            (Wrong::Twice, _) => write!(formatter, "entry {number} has the id of another one"),
            (Wrong::TooShort, text) => {
                let text = text.map(|text| format!(" is '{text}'")).unwrap_or_default();
                write!(formatter, "entry {number}{text}, but an id has 17 digits or more")
            }
            (Wrong::Form, Some("")) => write!(formatter, "entry {number} is empty"),
            (Wrong::Form, Some(text)) => write!(formatter, "entry {number} is '{text}'"),
            (Wrong::Form, None) => write!(formatter, "entry {number} is something else"),
        }
    }
}

impl fmt::Display for ConfigErrors {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.all.len();
        let errors = if count == 1 { "error" } else { "errors" };
        writeln!(formatter, "The settings have {count} {errors}:")?;
        self.all.iter().try_for_each(|error| write!(formatter, "\n{error}"))?;
        if let Some(note) = &self.note {
            writeln!(formatter, "\n{note}")?;
        }
        let names = self.all.iter().filter_map(|error| match error {
            ConfigError::Setting(setting, ..) => Some(setting.name),
            ConfigError::Line(..) | ConfigError::File(_) => None,
        });
        match names.collect::<Vec<_>>()[..] {
            [name] => write!(formatter, "\nwhisul-bot help {name} explains this setting."),
            _ => write!(formatter, "\nwhisul-bot help explains every setting."),
        }
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Setting(Setting { name, example, .. }, problem, Found { text, place }) => {
                writeln!(formatter, "  {name}: {problem}")?;
                if let Problem::Required | Problem::Example = problem {
                    writeln!(formatter, "    {}", where_to_get(name))?;
                }
                // Of a list, the bad entries are shown.
                let text = text.as_ref().filter(|_| !matches!(problem, Problem::Entries(..)));
                match (place, text) {
                    (Some(place), Some(text)) => {
                        writeln!(formatter, "    Found in {place}: {text}")?;
                    }
                    (Some(place), None) => writeln!(formatter, "    Found in {place}")?,
                    (None, _) => {}
                }
                writeln!(formatter, "    Example: {name}={example}")
            }
            Self::Line(number, setting, problem) => {
                writeln!(formatter, "  .env, line {number}: {problem}")?;
                let (name, example) = setting
                    .map_or(("ALLOWED_GUILDS", "1234,5678"), |meant| (meant.name, meant.example));
                match problem {
                    LineProblem::Unknown { .. } | LineProblem::Twice(..) => {
                        writeln!(formatter, "    Example: {name}={example}")
                    }
                    _ => writeln!(
                        formatter,
                        "    Example: {name}='{example}' # in single quotes nothing has a special \
                         meaning"
                    ),
                }
            }
            Self::File(error) => {
                writeln!(formatter, "  .env: can't be read: {error}")?;
                writeln!(formatter, "    Example: a text file with lines such as USER_QUOTA=5/1d")
            }
        }
    }
}
