//! The words after the program's name.

use std::{ffi::OsString, path::PathBuf};

use crate::config::{TABLE, distance, help};

/// What the program is to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Run the bot.
    Run,
    /// Copy the database.
    Backup(FileOrStdio),
    /// Put a copy in the database's place.
    Restore(FileOrStdio),
    /// Explain this command or setting, or everything.
    Help(Option<&'static str>),
    /// Print the version.
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

/// Why the words mean nothing, with what was probably meant.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UsageError {
    /// The first word is no command.
    #[error("{word} is no command or option{}", suggestion(.meant.as_deref()))]
    Unknown {
        /// The word, as it may be shown.
        word: String,
        /// What was probably meant.
        meant: Option<String>,
    },
    /// Somebody wants to start the bot.
    #[error("{0} is no command: the bot runs when whisul-bot is called without any word after it")]
    Run(String),
    /// A setting on the command line.
    #[error("{0} is no command or option: settings come from the environment and the file .env")]
    Setting(String),
    /// A command for a file has none.
    #[error("{0} needs a file after it, or - for {1}")]
    NoFile(&'static str, &'static str),
    /// An option that the command doesn't have.
    #[error("{0} has no option {1}; for a file of that name, write ./ before it")]
    Option(&'static str, String),
    /// More words than the command takes.
    #[error("{0} takes nothing more after {1}; a name with spaces needs quotation marks")]
    TooMany(&'static str, &'static str),
}

/// The longest word that is repeated: a secret that slipped in is longer.
const SHOWN_MAX: usize = 20;

const BACKUP: &str = "backup";
const RESTORE: &str = "restore";
const HELP: &str = "help";
const VERSION: &str = "version";

impl Command {
    /// Reads the words after the program's name.
    ///
    /// # Errors
    /// When they mean nothing.
    pub fn parse(arguments: &[OsString]) -> Result<Self, UsageError> {
        let Some((first, rest)) = arguments.split_first() else { return Ok(Self::Run) };
        match first.to_str().unwrap_or_default() {
            BACKUP if asks_for_help(rest) => Ok(Self::Help(Some(BACKUP))),
            RESTORE if asks_for_help(rest) => Ok(Self::Help(Some(RESTORE))),
            BACKUP => Ok(Self::Backup(file(BACKUP, "standard output", rest)?)),
            RESTORE => Ok(Self::Restore(file(RESTORE, "standard input", rest)?)),
            HELP | "--help" | "-h" => topic(rest).map(Self::Help),
            VERSION | "--version" | "-V" => Ok(Self::Version),
            _ => Err(unknown(first)),
        }
    }
}

fn asks_for_help(words: &[OsString]) -> bool {
    words.iter().any(|word| word == "--help" || word == "-h")
}

/// What is to be explained, a command or a setting: the first word after `help`, unless that is an option.
fn topic(rest: &[OsString]) -> Result<Option<&'static str>, UsageError> {
    let Some(word) = rest.first() else { return Ok(None) };
    let text = word.to_str().unwrap_or_default();
    let setting = || TABLE.iter().find(|setting| setting.name.eq_ignore_ascii_case(text));
    match [BACKUP, RESTORE, HELP, VERSION].into_iter().find(|name| *name == text) {
        Some(topic @ (BACKUP | RESTORE)) => Ok(Some(topic)),
        Some(_) => Ok(None),
        None if let Some(setting) = setting() => Ok(Some(setting.name)),
        None if text.starts_with('-') => Ok(None),
        None => Err(unknown(word)),
    }
}

/// The one word after a command for a file.
fn file(
    command: &'static str,
    stdio: &'static str,
    rest: &[OsString],
) -> Result<FileOrStdio, UsageError> {
    match rest {
        [] => Err(UsageError::NoFile(command, stdio)),
        [file] if file.is_empty() => Err(UsageError::NoFile(command, stdio)),
        [file] if file == "-" => Ok(FileOrStdio::Stdio),
        [option, ..] if option.as_encoded_bytes().first() == Some(&b'-') && option != "-" => {
            Err(UsageError::Option(command, shown(option)))
        }
        [file] => Ok(FileOrStdio::File(file.into())),
        [first, ..] => {
            Err(UsageError::TooMany(command, if first == "-" { "the -" } else { "its file" }))
        }
    }
}

fn unknown(word: &OsString) -> UsageError {
    let text = word.to_string_lossy();
    let bare = text.trim_start_matches('-').to_ascii_lowercase();
    if text.contains('=') {
        let name = text.split('=').next().unwrap_or_default();
        return UsageError::Setting(shown(&OsString::from(name)));
    }
    if matches!(bare.as_str(), "run" | "start" | "serve") {
        return UsageError::Run(shown(word));
    }
    let is_option = text.starts_with('-');
    let is_near = |name: &&&str| {
        // One letter is enough for an option: -v, -H.
        let is_beginning = name.starts_with(&bare) && bare.len() >= if is_option { 1 } else { 2 };
        is_beginning || distance(&bare, name) <= 2.min(bare.len() / 2)
    };
    let meant = [BACKUP, RESTORE, HELP, VERSION].iter().find(is_near);
    let meant = meant.map(|name| {
        let dashes = if is_option && matches!(*name, HELP | VERSION) { "--" } else { "" };
        format!("{dashes}{name}")
    });
    UsageError::Unknown { word: shown(word), meant }
}

/// A word in an error.
fn shown(word: &OsString) -> String {
    let text = word.to_string_lossy();
    if text.chars().count() <= SHOWN_MAX {
        format!("'{}'", text.escape_debug())
    } else {
        "a word that long".to_owned()
    }
}

fn suggestion(meant: Option<&str>) -> String {
    meant.map_or_else(String::new, |meant| format!("; did you mean {meant}?"))
}

/// What the program says when its words mean nothing.
impl UsageError {
    /// The error, and how to call the program.
    pub fn full(&self) -> String {
        format!("{self}\n\n{}", help::USAGE)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parse(words: &[&str]) -> Result<Command, UsageError> {
        Command::parse(&words.iter().map(OsString::from).collect::<Vec<_>>())
    }

    fn file(name: &str) -> FileOrStdio {
        FileOrStdio::File(name.into())
    }

    #[test]
    fn every_command_is_understood() {
        for (words, command) in [
            (&[][..], Command::Run),
            (&["backup", "a b.db"], Command::Backup(file("a b.db"))),
            (&["backup", "-"], Command::Backup(FileOrStdio::Stdio)),
            (&["backup", "./-"], Command::Backup(file("./-"))),
            (&["restore", "a.db"], Command::Restore(file("a.db"))),
            (&["restore", "-"], Command::Restore(FileOrStdio::Stdio)),
            (&["help"], Command::Help(None)),
            (&["--help"], Command::Help(None)),
            (&["-h"], Command::Help(None)),
            (&["help", "help"], Command::Help(None)),
            (&["--help", "--version"], Command::Help(None)),
            (&["help", "backup"], Command::Help(Some(BACKUP))),
            (&["--help", "restore"], Command::Help(Some(RESTORE))),
            (&["help", "USER_QUOTA"], Command::Help(Some("USER_QUOTA"))),
            (&["--help", "user_quota"], Command::Help(Some("USER_QUOTA"))),
            (&["backup", "--help"], Command::Help(Some(BACKUP))),
            (&["restore", "a.db", "-h"], Command::Help(Some(RESTORE))),
            (&["--version"], Command::Version),
            (&["-V"], Command::Version),
            (&["version"], Command::Version),
        ] {
            assert_eq!(parse(words), Ok(command), "{words:?}");
        }
    }

    #[test]
    fn what_is_wrong_is_told_with_what_was_meant() {
        for (words, told) in [
            (&["bakcup", "a.db"][..], "'bakcup' is no command or option; did you mean backup?"),
            (&["Backup", "a.db"], "'Backup' is no command or option; did you mean backup?"),
            (&["--backup", "a.db"], "'--backup' is no command or option; did you mean backup?"),
            (&["rest"], "'rest' is no command or option; did you mean restore?"),
            (&["-v"], "'-v' is no command or option; did you mean --version?"),
            (&["-help"], "'-help' is no command or option; did you mean --help?"),
            (&["help", "bckup"], "'bckup' is no command or option; did you mean backup?"),
            (&["--verbose"], "'--verbose' is no command or option"),
            (&["x"], "'x' is no command or option"),
            (&[""], "'' is no command or option"),
            (&["run"], "'run' is no command: the bot runs when whisul-bot is called without"),
            (&["DISCORD_TOKEN=s3cr3t"], "'DISCORD_TOKEN' is no command or option: settings come"),
            (&["s3cr3t.s3cr3t.s3cr3t.s3cr3t"], "a word that long is no command or option"),
            (&["backup"], "backup needs a file after it, or - for standard output"),
            (&["restore", ""], "restore needs a file after it, or - for standard input"),
            (&["backup", "--force"], "backup has no option '--force'; for a file of that name, "),
            (&["backup", "a", "b"], "backup takes nothing more after its file; a name with spaces"),
            (&["restore", "-", "b"], "restore takes nothing more after the -; "),
        ] {
            let error = parse(words).unwrap_err().to_string();
            assert!(error.starts_with(told), "{words:?}: {error}");
            assert!(!error.contains("s3cr3t"), "{error}");
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
