//! The command line: `.env`, settings, exit codes.

use std::{
    error::Error,
    fmt::Display,
    io::{Write, stderr, stdout},
    path::Path,
    process::ExitCode,
};

use tokio::runtime::Runtime;
use whisul_bot::{
    config::{Settings, help},
    ops::{signals, telemetry},
};

/// The exit code for arguments or settings that can't be used.
const MISUSED: u8 = 2;

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args_os().skip(1).collect();
    let arguments: Vec<_> = arguments.iter().map(|argument| argument.to_string_lossy()).collect();
    match arguments.iter().map(AsRef::as_ref).collect::<Vec<_>>().as_slice() {
        [] => start(),
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

fn start() -> ExitCode {
    let settings = match Settings::load(Path::new(".env")) {
        Ok(settings) => settings,
        Err(faults) => return say(stderr(), faults, MISUSED),
    };
    telemetry::start(settings.log_format, &settings.log_filter);
    let outcome = serve(settings).inspect_err(|error| tracing::error!(error, "ended"));
    if outcome.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn serve(settings: Settings) -> Result<(), Box<dyn Error>> {
    let runtime = Runtime::new()?;
    let outcome = runtime.block_on(async {
        let stop = signals::stop_request()?;
        whisul_bot::run(settings, stop.cancelled()).await?;
        if stop.is_cancelled() { Ok(()) } else { Err("nobody asked for it".into()) }
    });
    // All that matters is done: a host name's look-up that hangs must not hold up the end.
    runtime.shutdown_background();
    outcome
}
