//! The real program in a world, as a process of its own.

use std::{
    fs::{self, File},
    path::PathBuf,
    process::{Child, Command, ExitStatus, Output, Stdio},
    thread,
    time::{Duration, Instant},
};

use tokio::task::block_in_place;

use crate::world::{DEADLINE, World};

/// The path of the program.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_whisul-bot");

/// SIGTERM's bit in the masks of `/proc/PID/status` (`man 5 proc_pid_status`).
#[cfg(target_os = "linux")]
const TERMINATE: u64 = 1 << 14;

/// The program at work. However a test ends, it does not go on.
pub(crate) struct Program(Child);

impl Program {
    /// Starts a command that is the program or becomes it, and waits until the bot is ready.
    pub(crate) async fn start(world: &World, command: &mut Command) -> Self {
        let before = world.discord.sessions().identified;
        let quiet = command.stdout(Stdio::null()).stderr(Stdio::null());
        let program = Self(quiet.spawn().unwrap());
        world.until_ready_after(before).await;
        program
    }

    /// Starts the program with a world's settings, and with its log in the bot's folder.
    pub(crate) fn logged(world: &World) -> Self {
        let log = File::create(log_of(world)).unwrap();
        let mut command = program(world, &[]);
        Self(command.stdout(log.try_clone().unwrap()).stderr(log).spawn().unwrap())
    }

    pub(crate) fn id(&self) -> u32 {
        self.0.id()
    }

    /// Waits until signals are handled rather than fatal.
    #[cfg(target_os = "linux")]
    pub(crate) fn until_it_listens(&self) {
        let status = format!("/proc/{}/status", self.id());
        within_deadline(|| {
            let status = fs::read_to_string(&status).unwrap();
            let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:")).unwrap();
            let caught = u64::from_str_radix(caught.trim(), 16).unwrap();
            (caught & TERMINATE != 0).then_some(())
        });
    }

    /// Sends it a signal, such as `TERM`.
    pub(crate) fn signal(&self, name: &str) {
        let kill = format!("kill -{name} {}", self.id());
        assert!(output(Command::new("sh").args(["-c", &kill])).status.success());
    }

    /// Waits for its end: the exit code, and what it has logged.
    pub(crate) fn end(mut self, world: &World) -> (Option<i32>, String) {
        let status = within_deadline(|| self.0.try_wait().unwrap());
        (status.code(), fs::read_to_string(log_of(world)).unwrap())
    }

    /// Ends it as `kill -9` does.
    pub(crate) fn kill(mut self) -> ExitStatus {
        self.0.kill().unwrap();
        self.0.wait().unwrap()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        _ = self.0.kill();
        _ = self.0.wait();
    }
}

fn log_of(world: &World) -> PathBuf {
    world.folder().join("log")
}

/// Waits until a world's program has logged this: all that it has logged so far.
pub(crate) fn until_logged(world: &World, text: &str) -> String {
    within_deadline(|| {
        let log = fs::read_to_string(log_of(world)).unwrap();
        log.contains(text).then_some(log)
    })
}

/// Waits for something that nobody announces.
fn within_deadline<T>(mut condition: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    block_in_place(|| {
        loop {
            if let Some(value) = condition() {
                return value;
            }
            assert!(start.elapsed() < DEADLINE, "waited in vain");
            thread::sleep(Duration::from_millis(5));
        }
    })
}

/// The program with a world's settings, and nothing else in its environment, to be run in the
/// bot's folder. `before` are words that come before it on the command line.
pub(crate) fn program(world: &World, before: &[&str]) -> Command {
    let mut words = before.iter().chain([&PROGRAM]);
    let mut command = Command::new(words.next().unwrap());
    command.args(words).current_dir(world.folder()).env_clear().envs(world.settings());
    command
}

/// Waits for the end of a command that ends by itself.
pub(crate) fn output(command: &mut Command) -> Output {
    block_in_place(|| command.output().unwrap())
}

/// What a command told of its failure, which must have this exit code.
pub(crate) fn complaint(command: &mut Command, code: i32) -> String {
    let output = output(command);
    assert_eq!(output.status.code(), Some(code), "{output:?}");
    assert_eq!(output.stdout, b"");
    String::from_utf8(output.stderr).unwrap()
}
