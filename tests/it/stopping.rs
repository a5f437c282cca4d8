//! How the bot ends when it is asked to, and how the program tells.

use std::{
    collections::BTreeMap,
    fs,
    io::Read,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use sandbox::{DiscordRules, Fault, Plan, WhisulRules};
use whisul_bot::delivery::sentences;

use crate::world::{World, done, is_done, title};

/// Longer than any step here takes, on any machine.
const DEADLINE: Duration = Duration::from_secs(20);

/// SIGTERM's bit in the masks of `/proc/PID/status` (`man 5 proc_pid_status`).
const TERMINATE: u64 = 1 << 14;

/// The program, in a folder of its own.
struct Program {
    process: Child,
    folder: PathBuf,
}

impl Program {
    fn start(name: &str, settings: &BTreeMap<String, String>) -> Self {
        let name = format!("stopping-{}-{name}", std::process::id());
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::create_dir(&folder).unwrap();
        let process = Command::new(env!("CARGO_BIN_EXE_whisul-bot"))
            .current_dir(&folder)
            .env_clear()
            .envs(settings)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        Self { process, folder }
    }

    fn signal(&self, name: &str) {
        let kill = format!("kill -{name} {}", self.process.id());
        assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
    }

    /// Waits until signals are handled rather than fatal.
    fn until_it_listens(&self) {
        within_deadline(|| {
            let status = fs::read_to_string(format!("/proc/{}/status", self.process.id())).unwrap();
            let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:")).unwrap();
            let caught = u64::from_str_radix(caught.trim(), 16).unwrap();
            (caught & TERMINATE != 0).then_some(())
        });
    }

    /// Waits for its end: the exit code, and what it wrote.
    fn end(&mut self) -> (Option<i32>, String) {
        let status = within_deadline(|| self.process.try_wait().unwrap());
        let mut log = String::new();
        self.process.stderr.take().unwrap().read_to_string(&mut log).unwrap();
        (status.code(), log)
    }
}

impl Drop for Program {
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

/// A world without a bot, in which songs take until they are told to end.
async fn without_bot(settings: &[(&str, &str)]) -> World {
    let world = World::asleep(settings, DiscordRules::default(), WhisulRules::default()).await;
    world.whisul.plan("", Plan::song().until_told());
    world
}

#[test]
fn a_stop_that_was_asked_for_is_a_success_even_without_discord() {
    for signal in ["TERM", "INT"] {
        let nowhere = "http://127.0.0.1:9";
        let settings = [
            ("DISCORD_TOKEN", "token"),
            ("WHISUL_API_KEY", "key"),
            ("DISCORD_API_URL", nowhere),
            ("WHISUL_API_URL", nowhere),
        ];
        let settings = settings.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let mut program = Program::start(signal, &settings.into());
        program.until_it_listens();
        program.signal(signal);
        assert_eq!(program.end().0, Some(0), "{signal}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_discord_refuses_is_a_failure_that_tells_what_to_do() {
    let world = without_bot(&[]).await;
    let token = world.discord.token();
    world.discord.change_token("another.token.altogether");
    let (code, log) = Program::start("refused", world.settings()).end();
    assert_eq!(code, Some(1), "{log}");
    assert!(log.contains("Discord does not accept DISCORD_TOKEN"), "{log}");
    assert!(!log.contains(&token) && !log.contains(&world.whisul.key()), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_song_under_way_does_not_hold_up_the_stop_and_goes_on_at_the_next_start() {
    let mut world = without_bot(&[]).await;
    let mut program = Program::start("song", world.settings());
    world.discord.until_ready().await;
    let asked = world.song(&world.ann, "an old waltz").await;
    asked.until("a song under way", |message| title(message) == "🎼 Composing").await;
    let waiting = Instant::now();
    program.signal("TERM");
    let (code, log) = program.end();
    assert_eq!(code, Some(0), "{log}");
    assert!(waiting.elapsed() < Duration::from_secs(3), "{log}");
    assert!(!log.contains("waltz"), "no prompt reaches the log: {log}");
    world.whisul.finish("an old waltz");
    world.wake_bot().await;
    done(&asked).await;
    assert_eq!(world.whisul.jobs().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_grace_period_ends_even_a_whisul_that_hangs() {
    let world = without_bot(&[("SHUTDOWN_GRACE", "300ms")]).await;
    world.whisul.faults().add(Fault::on("POST", "/api/generate").hang());
    let mut program = Program::start("hanging", world.settings());
    world.discord.until_ready().await;
    world.song(&world.ann, "a song").await;
    let sent = || (world.whisul.requests().count("POST", "/api/generate") > 0).then_some(());
    sandbox::until("the submission", &world.whisul.changed(), sent).await;
    let waiting = Instant::now();
    program.signal("TERM");
    let (code, log) = program.end();
    assert_eq!(code, Some(0), "{log}");
    assert!(waiting.elapsed() < Duration::from_secs(2), "{log}");
    assert!(log.contains("not everything came to its end in time"), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_signal_ends_it_at_once() {
    let world = without_bot(&[("SHUTDOWN_GRACE", "1h")]).await;
    world.whisul.faults().add(Fault::on("POST", "/api/generate").hang());
    let mut program = Program::start("twice", world.settings());
    world.discord.until_ready().await;
    world.song(&world.ann, "a song").await;
    let sent = || (world.whisul.requests().count("POST", "/api/generate") > 0).then_some(());
    sandbox::until("the submission", &world.whisul.changed(), sent).await;
    program.signal("TERM");
    // Signals of one kind are one while they wait to be handled; two kinds are two.
    program.signal("INT");
    assert_eq!(program.end().0, Some(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn while_it_stops_nothing_is_taken_on_and_whoever_was_first_is_answered() {
    let mut world = World::new().await;
    world.whisul.plan("", Plan::song().takes(Duration::ZERO));
    let answer = "/api/v10/interactions/*/*/callback";
    let slow = Fault::on("POST", answer).times(1).delay(Duration::from_secs(1));
    world.discord.faults().add(slow);
    let asked = world.song(&world.ann, "a song").await;
    let on_its_way = || (world.discord.requests().count("POST", answer) > 0).then_some(());
    world.discord.until("an answer on its way", on_its_way).await;
    world.ask_to_stop();
    let refusal = loop {
        let bobs = world.song(&world.bob, "another").await.answer().await.unwrap();
        if bobs.ephemeral() {
            break bobs.content;
        }
    };
    assert_eq!(refusal, sentences::STOPPING);
    world.bots_end().await.unwrap();
    let first = asked.message().expect("an answer before the end");
    assert!(!is_done(&first));
    world.wake_bot().await;
    assert_eq!(done(&asked).await.id, first.id);
}
