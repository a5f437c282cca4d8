//! The bot as a program of its own: this very program, started once more with another argument.

use std::{
    collections::BTreeMap,
    env,
    io::{self, Read as _, stdin},
    process::{Command, ExitCode},
    thread,
};

use tokio::{runtime::Runtime, sync::oneshot};
use whisul_bot::{config::Settings, ops::telemetry};

/// The argument that makes this program the bot.
pub(crate) const ARGUMENT: &str = "--be-the-bot";

/// How to start the bot with these settings, whatever the environment says.
pub(crate) fn command(settings: BTreeMap<&str, String>) -> io::Result<Command> {
    let mut command = Command::new(env::current_exe()?);
    command.arg(ARGUMENT).env_clear().envs(settings);
    Ok(command)
}

/// Runs the bot, with the settings of the environment, until standard input ends: that is when the
/// demo stops it or ends itself.
pub(crate) fn run() -> ExitCode {
    let settings = match Settings::read(|name| env::var(name).ok()) {
        Ok(settings) => settings,
        Err(faults) => {
            eprintln!("{faults}");
            return ExitCode::FAILURE;
        }
    };
    telemetry::start(settings.log_format, &settings.log_filter);
    let (ended, end) = oneshot::channel::<()>();
    thread::spawn(move || {
        _ = stdin().read_to_end(&mut Vec::new());
        drop(ended);
    });
    let run = async { whisul_bot::run(settings, async { _ = end.await }).await };
    match Runtime::new().map(|runtime| runtime.block_on(run)) {
        Ok(Ok(())) => ExitCode::SUCCESS,
        Ok(Err(error)) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
