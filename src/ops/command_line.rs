//! The command line: the commands, their help, and usage errors that show no secret.

use std::{ffi::OsString, path::PathBuf};

use clap::{
    Parser, Subcommand,
    builder::{PathBufValueParser, TypedValueParser},
    error::{ContextKind, ContextValue, Error},
};

use crate::config::{Setting, TABLE, help};

const PROGRAM: &str = env!("CARGO_PKG_NAME");

/// Fits into a terminal's width, unlike the package's description.
const ABOUT: &str = "A Discord bot that turns a prompt into a song with the Whisul music API";

/// The longest argument that an error repeats: a secret that slipped in is longer.
const SHOWN_MAX: usize = 20;

#[derive(Debug, Parser)]
#[command(about = ABOUT, after_help = help::settings(), disable_help_subcommand = true, version)]
struct CommandLine {
    #[command(subcommand)]
    command: Option<Command>,
}

/// What the program is to do.
#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
#[command(disable_help_subcommand = true)]
pub enum Command {
    /// Run the bot until Ctrl-C or SIGTERM; so does no command at all
    #[command(aliases = ["start", "serve"])]
    Run,
    /// Copy the database into a file
    #[command(after_help = "\
The bot may run meanwhile. Only the owner of the copy can read it.
Of the settings, only DATABASE_URL is needed.")]
    Backup {
        /// The copy, which must not exist yet; - for standard output
        #[arg(value_parser = file_or_stdio())]
        file: FileOrStdio,
    },
    /// Put a copy in the place of the database
    #[command(after_help = "\
The copy is checked first. The bot must not be running. The database that was
there is kept beside it under a name that is printed.
Of the settings, only DATABASE_URL is needed.")]
    Restore {
        /// The copy; - for standard input
        #[arg(value_parser = file_or_stdio())]
        file: FileOrStdio,
    },
    /// Update the database to this version, as a start of the bot does
    #[command(after_help = "\
The bot must not be running, except with --check. The database as it was is
kept beside the updated one, under a name that is printed.
The exit code of --check is 0 if no update is due, 3 if one is, and 1 if the
database can't be read or was written by a newer version of the bot.
Of the settings, only DATABASE_URL is needed.")]
    Migrate {
        /// Only say whether an update is due; nothing is written
        #[arg(long)]
        check: bool,
    },
    /// Check what the bot depends on, with a remedy for each problem
    #[command(after_help = "\
The bot may run meanwhile. No song is spent, and nothing is changed.
The exit code is 1 if something does not work, and 0 otherwise.")]
    Doctor {
        /// Print one JSON object, for programs
        #[arg(long, conflicts_with = "report")]
        json: bool,
        /// Print a block for a bug report, without secrets, ids and names
        #[arg(long)]
        report: bool,
    },
    /// Ask the running bot whether it is well
    #[command(after_help = "\
The exit code is 0 if it is, and 1 otherwise.
Of the settings, only HTTP_ADDR is needed.")]
    Healthcheck,
    /// Print the links with which the bot is added to servers
    Invite,
    /// Explain a command or a setting, or everything
    Help {
        /// A command, or a setting such as `USER_QUOTA`
        name: Option<String>,
    },
    /// Print the version
    Version,
}

/// Where a copy of the database is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileOrStdio {
    /// In a file.
    File(PathBuf),
    /// On standard input or output: `-`.
    Stdio,
}

fn file_or_stdio() -> impl TypedValueParser<Value = FileOrStdio> {
    PathBufValueParser::new().map(|path| match path.to_str() {
        Some("-") => FileOrStdio::Stdio,
        _ => FileOrStdio::File(path),
    })
}

impl Command {
    /// Reads the arguments after the program's name.
    ///
    /// # Errors
    /// What is to be printed instead: a usage error, or what `--help` or `--version` ask for.
    pub fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Self, Error> {
        let arguments = [PROGRAM.into()].into_iter().chain(arguments);
        let parsed = CommandLine::try_parse_from(arguments).map_err(without_secrets)?;
        Ok(parsed.command.unwrap_or(Self::Run))
    }
}

/// What `help` prints about a setting.
///
/// # Errors
/// If that is no setting, what `--help` prints about a command or everything, or a usage error.
pub fn help_of(name: Option<String>) -> Result<String, Error> {
    let is_meant = |setting: &&Setting| {
        name.as_ref().is_some_and(|name| name.eq_ignore_ascii_case(setting.name))
    };
    if let Some(setting) = TABLE.iter().find(is_meant) {
        return Ok(help::of(setting));
    }
    let arguments = name.into_iter().map(Into::into).chain(["--help".into()]);
    Command::parse(arguments).map(|_| String::new())
}

/// Hides an argument that may hold a secret: the value of a setting, and anything long.
fn without_secrets(mut error: Error) -> Error {
    for kind in [ContextKind::InvalidSubcommand, ContextKind::InvalidArg] {
        let Some(ContextValue::String(text)) = error.get(kind) else { continue };
        let (name, value) = text.split_once('=').map_or((&**text, None), |(n, v)| (n, Some(v)));
        let is_long = name.chars().count() > SHOWN_MAX;
        if !is_long && value.is_none() {
            continue;
        }
        let shown = if is_long { "...".to_owned() } else { format!("{name}=...") };
        error.insert(kind, ContextValue::String(shown));
        let tip = "settings come from the environment and the file .env".into();
        error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![tip]));
    }
    error
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parse(words: &[&str]) -> Result<Command, Error> {
        Command::parse(words.iter().map(OsString::from))
    }

    fn file(name: &str) -> FileOrStdio {
        FileOrStdio::File(name.into())
    }

    #[test]
    fn every_command_is_understood() {
        for (words, command) in [
            (&[][..], Command::Run),
            (&["run"], Command::Run),
            (&["start"], Command::Run),
            (&["backup", "a b.db"], Command::Backup { file: file("a b.db") }),
            (&["backup", "-"], Command::Backup { file: FileOrStdio::Stdio }),
            (&["backup", "./-"], Command::Backup { file: file("./-") }),
            (&["restore", "a.db"], Command::Restore { file: file("a.db") }),
            (&["restore", "-"], Command::Restore { file: FileOrStdio::Stdio }),
            (&["migrate"], Command::Migrate { check: false }),
            (&["migrate", "--check"], Command::Migrate { check: true }),
            (&["doctor"], Command::Doctor { json: false, report: false }),
            (&["doctor", "--report"], Command::Doctor { json: false, report: true }),
            (&["invite"], Command::Invite),
            (&["healthcheck"], Command::Healthcheck),
        ] {
            assert_eq!(parse(words).unwrap(), command, "{words:?}");
        }
    }

    #[test]
    fn no_error_repeats_what_may_be_a_secret() {
        for words in [
            &["DISCORD_TOKEN=s3cr3t"][..],
            &["--discord-token=s3cr3t"],
            &["--discord-token", "s3cr3t.s3cr3t.s3cr3t.s3cr3t"],
            &["s3cr3t.s3cr3t.s3cr3t.s3cr3t"],
            &["--s3cr3t.s3cr3t.s3cr3t.s3cr3t"],
            &["help", "s3cr3t.s3cr3t.s3cr3t.s3cr3t"],
            &["backup", "a", "s3cr3t.s3cr3t.s3cr3t.s3cr3t"],
            &["backup", "--s3cr3t.s3cr3t.s3cr3t.s3cr3t"],
            &["backup", "a", "DISCORD_TOKEN=s3cr3t"],
        ] {
            let error = match parse(words) {
                Ok(Command::Help { name }) => help_of(name).unwrap_err(),
                parsed => parsed.unwrap_err(),
            };
            assert!(!error.to_string().contains("s3cr3t"), "{error}");
        }
    }

    proptest! {
        #[test]
        fn any_words_are_understood_or_refused(words in prop::collection::vec("\\PC*|-[a-z-]*|backup|help", 0..4)) {
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            if let Err(error) = parse(&words) {
                prop_assert!(!error.to_string().is_empty());
            }
        }
    }
}
