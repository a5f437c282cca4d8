//! The command line: `.env`, settings, exit codes.

use std::{
    fmt::Display,
    io::{Write, stderr, stdout},
    path::Path,
    process::ExitCode,
};

use whisul_bot::{
    RunError,
    config::{ConfigErrors, Settings, database_url, http_addr},
    ops::{
        Command, Form, backup, doctor, healthcheck, help_of, invite, migrate, restore, telemetry,
    },
    run_until_signal,
};

const VERSION: &str = concat!(env!("CARGO_PKG_NAME"), " ", env!("CARGO_PKG_VERSION"));

/// The exit codes for what failed, for arguments or settings that can't be used, and for a database
/// that needs an update.
const FAILED: u8 = 1;
const MISUSED: u8 = 2;
const UPDATE_DUE: u8 = 3;

fn main() -> ExitCode {
    let env_file = Path::new(".env");
    match Command::parse(std::env::args_os().skip(1)) {
        Ok(Command::Run) => given(Settings::load(env_file), start),
        Ok(Command::Backup { file }) => given(database_url(env_file), |url| {
            done(backup(&url, &file).map(|()| None::<String>), "No backup was made")
        }),
        Ok(Command::Restore { file }) => given(database_url(env_file), |url| {
            done(restore(&url, &file).map(Some), "Nothing was restored")
        }),
        Ok(Command::Migrate { check }) => given(database_url(env_file), |url| update(&url, check)),
        Ok(Command::Doctor { json, report }) => diagnose(env_file, Form::of(json, report)),
        Ok(Command::Healthcheck) => {
            given(http_addr(env_file), |address| done(healthcheck(address).map(Some), "Not well"))
        }
        Ok(Command::Invite) => given(Settings::load(env_file), |settings| {
            done(invite(&settings).map(Some), "There are no links")
        }),
        Ok(Command::Help { name }) => {
            help_of(name).map_or_else(|error| print(&error), |text| say(stdout(), text, 0))
        }
        Ok(Command::Version) => say(stdout(), VERSION, 0),
        Err(error) => print(&error),
    }
}

/// Prints a usage error, or what `--help` and `--version` ask for.
fn print(error: &clap::Error) -> ExitCode {
    _ = error.print();
    if error.use_stderr() { MISUSED.into() } else { ExitCode::SUCCESS }
}

/// Where nobody reads the text, the exit code still tells.
fn say(mut to: impl Write, text: impl Display, code: u8) -> ExitCode {
    _ = writeln!(to, "{text}");
    ExitCode::from(code)
}

/// Goes on with the settings, or tells what is wrong with them.
fn given<S>(settings: Result<S, ConfigErrors>, work: impl FnOnce(S) -> ExitCode) -> ExitCode {
    settings.map_or_else(|errors| say(stderr(), errors, MISUSED), work)
}

/// Prints what `doctor` found.
fn diagnose(env_file: &Path, form: Form) -> ExitCode {
    let diagnosis = doctor(env_file);
    say(stdout(), diagnosis.printed(form), if diagnosis.has_failures() { FAILED } else { 0 })
}

/// Updates the database, or tells whether it needs that.
fn update(database_url: &str, only_check: bool) -> ExitCode {
    match migrate(database_url, only_check) {
        Ok(found) => say(stdout(), &found, if found.is_due() { UPDATE_DUE } else { 0 }),
        Err(why) => say(stderr(), format_args!("The database was not updated: {why}"), FAILED),
    }
}

fn start(settings: Settings) -> ExitCode {
    telemetry::start(settings.log_format, &settings.log_filter);
    let failed = |error: RunError| if error.is_misconfiguration() { MISUSED } else { FAILED };
    run_until_signal(settings).map_or_else(|error| failed(error).into(), |()| ExitCode::SUCCESS)
}

/// Tells what a command has done, if that is worth a word, or why it failed.
fn done(outcome: Result<Option<impl Display>, String>, failure: &str) -> ExitCode {
    match outcome {
        Ok(None) => ExitCode::SUCCESS,
        Ok(Some(news)) => say(stdout(), news, 0),
        Err(why) => say(stderr(), format_args!("{failure}: {why}"), FAILED),
    }
}
