//! `whisul-bot backup`: copies the database, whether the bot runs or not. `whisul-bot restore`: puts
//! a copy in its place. Both are to be called outside of a tokio runtime.

use std::{
    error::Error,
    fmt::Display,
    io::{self, IsTerminal as _, Write as _},
    time::SystemTime,
};

use tokio::runtime::Builder;

use super::FileOrStdio;
use crate::{
    domain::with_causes,
    store::{self, Restored},
};

const TERMINAL_OUTPUT: &str = "standard output is a terminal, and a database is no text; write \
    > FILE after the command, or name a file in place of the - (with Docker, -T keeps it from \
    making a terminal)";
const TERMINAL_INPUT: &str = "standard input is a terminal; write < FILE after the command, or name \
    a file in place of the - (with Docker, -T keeps it from making a terminal)";

/// Copies the database at this URL into a new file, or to standard output.
///
/// # Errors
/// When there is no copy: with the reason and its causes.
pub fn backup(database_url: &str, to: &FileOrStdio) -> Result<(), String> {
    copy(database_url, to)?;
    store::mark_backup(database_url);
    Ok(())
}

fn copy(database_url: &str, to: &FileOrStdio) -> Result<(), String> {
    match to {
        FileOrStdio::File(file) => wait_for(store::backup(database_url, file)),
        FileOrStdio::Stdio if io::stdout().is_terminal() => Err(TERMINAL_OUTPUT.to_owned()),
        FileOrStdio::Stdio => {
            let mut copy = wait_for(store::snapshot(database_url))?;
            let mut output = io::stdout().lock();
            let written = io::copy(&mut copy, &mut output).and_then(|_| output.flush());
            written.map_err(|error| format!("standard output took only a part of it: {error}"))
        }
    }
}

/// Puts a copy, from a file or from standard input, in the place of the database at this URL. Says
/// what is where now.
///
/// # Errors
/// When the database is as it was: with the reason and its causes.
pub fn restore(database_url: &str, from: &FileOrStdio) -> Result<impl Display, String> {
    let (file, mut input) = match from {
        FileOrStdio::File(file) => (Some(file.as_path()), None),
        FileOrStdio::Stdio if io::stdin().is_terminal() => return Err(TERMINAL_INPUT.to_owned()),
        FileOrStdio::Stdio => (None, Some(io::stdin().lock())),
    };
    let mut nothing = io::empty();
    let stream: &mut dyn io::Read = input.as_mut().map_or(&mut nothing, |input| input);
    let restored = store::restore(database_url, file, stream, SystemTime::now());
    let Restored { database, kept } = wait_for(restored)?;
    let kept =
        kept.map(|kept| format!(" The database that was there is kept as {}.", kept.display()));
    Ok(format!("{} is restored.{}", database.display(), kept.unwrap_or_default()))
}

/// Runs a command of the program to its end.
pub(super) fn wait_for<T, E: Error>(work: impl Future<Output = Result<T, E>>) -> Result<T, String> {
    let runtime = Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| with_causes(&error))?;
    runtime.block_on(work).map_err(|error| with_causes(&error))
}
