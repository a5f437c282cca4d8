//! The command line: `.env`, settings, exit codes.

use std::{
    error::Error,
    fmt::Display,
    io::{Write, stderr, stdout},
    path::Path,
    process::ExitCode,
};

use whisul_bot::{
    RunError,
    config::{Faults, Settings, database_url, help},
    ops::{backup, telemetry},
    run_until_signal,
};

/// The exit codes for what failed, and for arguments or settings that can't be used.
const FAILED: u8 = 1;
const MISUSED: u8 = 2;

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args_os().skip(1).collect();
    let arguments: Vec<_> =
        arguments.iter().map(|text| text.to_str().unwrap_or_default()).collect();
    let env_file = Path::new(".env");
    match arguments.as_slice() {
        [] => given(Settings::load(env_file), start),
        ["backup", file] if file.starts_with(|first| first != '-') => {
            given(database_url(env_file), |url| back_up(&url, Path::new(file)))
        }
        ["--help" | "-h"] => say(stdout(), help::full(), 0),
        ["--version" | "-V"] => say(stdout(), help::VERSION, 0),
        _ => say(stderr(), help::USAGE, MISUSED),
    }
}

/// Where nobody reads the text, the exit code still tells.
fn say(mut to: impl Write, text: impl Display, code: u8) -> ExitCode {
    _ = writeln!(to, "{text}");
    ExitCode::from(code)
}

/// Goes on with the settings, or tells what is wrong with them.
fn given<S>(settings: Result<S, Faults>, work: impl FnOnce(S) -> ExitCode) -> ExitCode {
    settings.map_or_else(|faults| say(stderr(), faults, MISUSED), work)
}

fn start(settings: Settings) -> ExitCode {
    telemetry::start(settings.log_format, &settings.log_filter);
    let log = |error: &RunError| tracing::error!(error = error as &dyn Error, "ended");
    let outcome = run_until_signal(settings).inspect_err(log);
    outcome.map_or(ExitCode::from(FAILED), |()| ExitCode::SUCCESS)
}

fn back_up(database_url: &str, file: &Path) -> ExitCode {
    let tell = |why| say(stderr(), format_args!("No backup was made: {why}"), FAILED);
    backup(database_url, file).map_or_else(tell, |()| ExitCode::SUCCESS)
}
