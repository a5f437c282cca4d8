//! The bot's binary as a child process that can be killed.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    os::unix::process::ExitStatusExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus},
    time::{Duration, Instant},
};

use tokio::time::sleep;

use crate::fixture::Fixture;

/// The signal with which a process ends itself at a named step (`man 7 signal`).
const ABORT: i32 = 6;

/// The bot's binary, its settings and its log.
pub(crate) struct Program {
    /// A link of its own, so that a build during a long run changes nothing.
    binary: PathBuf,
    settings: BTreeMap<&'static str, String>,
    pub(crate) log: PathBuf,
}

/// The bot while it runs. Dropping it kills it.
pub(crate) struct Running(Child);

/// A write by name and a side of it: `submitting.before`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Step(pub(crate) String);

impl Step {
    /// Every side of every write.
    pub(crate) fn all() -> Vec<Self> {
        const WRITES: [&str; 12] = [
            "admission",
            "announced",
            "submitting",
            "running",
            "completed",
            "failed",
            "abandoned",
            "cancelled",
            "posting",
            "delivered",
            "undeliverable",
            "files",
        ];
        let sides = |write| ["before", "after"].map(|side| Self(format!("{write}.{side}")));
        WRITES.into_iter().flat_map(sides).collect()
    }

    /// The write's name.
    pub(crate) fn write(&self) -> &str {
        self.0.split_once('.').map_or("", |(write, _)| write)
    }
}

impl Program {
    pub(crate) fn new(folder: &Path, settings: BTreeMap<&'static str, String>) -> Self {
        let binary = folder.join("whisul-bot");
        fs::hard_link(env!("CARGO_BIN_EXE_whisul-bot"), &binary).unwrap();
        Self { binary, settings, log: folder.join("log.jsonl") }
    }

    /// Starts the bot. With a step and a number, the bot aborts when it reaches the step for that time.
    pub(crate) fn start(&self, death: Option<(&Step, u32)>) -> Running {
        let log = File::options().create(true).append(true).open(&self.log).unwrap();
        let mut command = Command::new(&self.binary);
        command.current_dir(self.log.parent().unwrap()).env_clear().envs(&self.settings);
        if let Some((step, times)) = death {
            command.env("WHISUL_BOT_CRASH_AT", format!("{}:{times}", step.0));
        }
        Running(command.stdout(log.try_clone().unwrap()).stderr(log).spawn().unwrap())
    }

    /// What the bot has logged in all its runs.
    pub(crate) fn log(&self) -> Vec<serde_json::Value> {
        let text = fs::read(&self.log).unwrap_or_default();
        let lines = text.split(|byte| *byte == b'\n');
        lines.filter_map(|line| serde_json::from_slice(line).ok()).collect()
    }
}

impl Running {
    /// The process id.
    pub(crate) fn id(&self) -> u32 {
        self.0.id()
    }

    /// Waits until people can use it.
    pub(crate) async fn until_ready(self, fixture: &Fixture) -> Self {
        fixture.discord.until_ready().await;
        self
    }

    /// How it has ended, if it has: at the named step, or with an unexpected status.
    pub(crate) fn ended(&mut self) -> Option<Result<(), ExitStatus>> {
        let status = self.0.try_wait().unwrap()?;
        Some(if status.signal() == Some(ABORT) { Ok(()) } else { Err(status) })
    }

    /// Kills it at once.
    pub(crate) fn kill(mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }

    /// Whether it handles SIGTERM by now: on a busy machine, a process that has just been started dies
    /// of it (`man 5 proc_pid_status`).
    fn listens(&self) -> bool {
        const TERMINATE: u64 = 1 << 14;
        let status = fs::read_to_string(format!("/proc/{}/status", self.id())).unwrap_or_default();
        let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:"));
        let caught = caught.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
        // Elsewhere than on Linux nobody tells.
        caught.is_none_or(|caught| caught & TERMINATE != 0)
    }

    /// Asks it to stop, and waits until it has.
    pub(crate) async fn stop(mut self) -> ExitStatus {
        let asked = Instant::now();
        while !self.listens() && asked.elapsed() < Duration::from_secs(20) {
            sleep(Duration::from_millis(5)).await;
        }
        let terminate = format!("kill -TERM {}", self.id());
        assert!(Command::new("sh").args(["-c", &terminate]).status().unwrap().success());
        loop {
            if let Some(status) = self.0.try_wait().unwrap() {
                return status;
            }
            assert!(asked.elapsed() < Duration::from_secs(20), "the bot does not stop");
            sleep(Duration::from_millis(5)).await;
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        _ = self.0.kill();
        _ = self.0.wait();
    }
}
