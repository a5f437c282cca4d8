//! How the program ends when it is asked to.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    thread,
    time::{Duration, Instant},
};

/// Longer than any step here takes, on any machine.
const DEADLINE: Duration = Duration::from_secs(30);

/// SIGTERM's bit in the masks of `/proc/PID/status` (`man 5 proc_pid_status`).
const TERMINATE: u64 = 1 << 14;

/// The program, waiting in a folder of its own for a Discord that nobody runs.
struct Bot {
    process: Child,
    folder: PathBuf,
}

impl Bot {
    fn start(name: &str) -> Self {
        let name = format!("stopping-{}-{name}", std::process::id());
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::create_dir(&folder).unwrap();
        let process = Command::new(env!("CARGO_BIN_EXE_whisul-bot"))
            .current_dir(&folder)
            .env_clear()
            .env("DISCORD_TOKEN", "token")
            .env("WHISUL_API_KEY", "key")
            .env("DISCORD_API_URL", "http://127.0.0.1:9")
            .env("WHISUL_API_URL", "http://127.0.0.1:9")
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        Self { process, folder }
    }

    fn signal(&self, name: &str) {
        let kill = format!("kill -{name} {}", self.process.id());
        assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
    }

    /// Whether signals are handled from now on, rather than fatal.
    fn listens(&self) -> bool {
        let status = fs::read_to_string(format!("/proc/{}/status", self.process.id())).unwrap();
        let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:")).unwrap();
        u64::from_str_radix(caught.trim(), 16).unwrap() & TERMINATE != 0
    }

    fn end(&mut self) -> ExitStatus {
        within_deadline(|| self.process.try_wait().unwrap())
    }
}

impl Drop for Bot {
    fn drop(&mut self) {
        _ = self.process.kill();
        _ = self.process.wait();
        _ = fs::remove_dir_all(&self.folder);
    }
}

fn within_deadline<T>(mut condition: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(value) = condition() {
            return value;
        }
        assert!(start.elapsed() < DEADLINE, "waited in vain");
        thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_stop_that_was_asked_for_is_a_success_even_without_discord() {
    for signal in ["TERM", "INT"] {
        let mut bot = Bot::start(signal);
        within_deadline(|| bot.listens().then_some(()));
        bot.signal(signal);
        assert_eq!(bot.end().code(), Some(0), "{signal}");
    }
}
