//! What the bot takes and how quickly it answers, measured on the real program against the sandbox.
//!
//! `cargo bench` builds it as it is released and prints the figures.

#![expect(clippy::expect_used, reason = "a measurement stops at the first surprise")]

use std::{
    env, fs,
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use sandbox::{DiscordRules, DiscordSandbox, Plan, WhisulRules, WhisulSandbox};
use serde_json::json;

/// How many commands are timed.
const COMMANDS: usize = 500;
/// How long the bot is left alone before its memory is read.
const IDLE: Duration = Duration::from_secs(3);

#[tokio::main]
async fn main() {
    let discord = DiscordSandbox::start(DiscordRules::default()).await.expect("a free port");
    let whisul = WhisulSandbox::start(WhisulRules::default()).await.expect("a free port");
    whisul.plan("", Plan::song().takes(Duration::ZERO));
    let channel = discord.add_server("Music lovers").add_channel("songs");
    let person = discord.add_person("Ann");

    let started = Instant::now();
    let bot = Bot::start(&discord, &whisul);
    discord.until_ready().await;
    let ready = started.elapsed();
    tokio::time::sleep(IDLE).await;
    let idle = bot.resident_memory();

    let mut times = Vec::with_capacity(COMMANDS);
    for number in 0..COMMANDS {
        let sent = Instant::now();
        let prompt = json!(format!("song number {number}"));
        let asked = person.at(&channel).command("song", &[("prompt", prompt)]).await;
        let answer = asked.expect("a known command").answer().await.expect("an answer");
        times.push(answer.created.duration_since(sent));
    }
    times.sort_unstable();
    let at = |percent: usize| times.get((times.len() - 1) * percent / 100).copied();

    println!("program            {:.1} MB", Bot::program_size() / 1e6);
    println!("start to READY     {} ms", ready.as_millis());
    println!("memory when idle   {idle} (resident)");
    println!("memory after {COMMANDS}   {} (resident)", bot.resident_memory());
    println!("event to answer    median {:?}, 99th percentile {:?}", at(50), at(99));
}

/// The program as a process of its own.
struct Bot {
    process: Child,
    folder: PathBuf,
}

impl Bot {
    const PROGRAM: &str = env!("CARGO_BIN_EXE_whisul-bot");

    fn start(discord: &DiscordSandbox, whisul: &WhisulSandbox) -> Self {
        let folder = env::temp_dir().join(format!("whisul-bot-bench-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a temporary folder");
        let process = Command::new(Self::PROGRAM)
            .current_dir(&folder)
            .env("DISCORD_TOKEN", discord.token())
            .env("DISCORD_API_URL", discord.url())
            .env("WHISUL_API_KEY", whisul.key())
            .env("WHISUL_API_URL", whisul.url())
            .env("USER_QUOTA", "unlimited")
            .env("USER_CONCURRENCY", "1000000")
            .env("GLOBAL_QUOTA", "unlimited")
            .env("WHISUL_RATE_LIMIT", "1000/1s")
            .env("RUST_LOG", "warn")
            .stdout(Stdio::null())
            .spawn()
            .expect("the program starts");
        Self { process, folder }
    }

    #[expect(clippy::cast_precision_loss, reason = "no program is that large")]
    fn program_size() -> f64 {
        fs::metadata(Self::PROGRAM).map_or(0.0, |file| file.len() as f64)
    }

    /// As Linux tells it (`man 5 proc_pid_status`).
    fn resident_memory(&self) -> String {
        let path = format!("/proc/{}/status", self.process.id());
        let status = fs::read_to_string(path).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        line.map_or_else(|| "unknown".to_owned(), |value| value.trim().to_owned())
    }
}

impl Drop for Bot {
    fn drop(&mut self) {
        _ = self.process.kill();
        _ = self.process.wait();
        _ = fs::remove_dir_all(&self.folder);
    }
}
