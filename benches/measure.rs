//! Memory, threads, files and response times of the real program against the sandbox.
//!
//! `cargo bench --bench measure` builds it as it is released and prints the figures.

#![expect(clippy::expect_used, reason = "a measurement stops at the first surprise")]

mod bot;

use std::{
    fs,
    time::{Duration, Instant},
};

use bot::{Bot, PROGRAM};
use sandbox::{DiscordRules, DiscordSandbox, Plan, WhisulRules, WhisulSandbox};
use serde_json::json;

/// How many commands are timed.
const COMMANDS: usize = 500;
/// How long the bot idles before its memory is measured.
const IDLE: Duration = Duration::from_secs(3);

#[tokio::main]
async fn main() {
    let discord = DiscordSandbox::start(DiscordRules::default()).await.expect("a free port");
    let whisul = WhisulSandbox::start(WhisulRules::default()).await.expect("a free port");
    whisul.plan("", Plan::song().takes(Duration::ZERO));
    let (server, person) = (discord.add_server("Music lovers"), discord.add_person("Ann"));
    let (channel, folder) =
        (server.add_channel("songs"), tempfile::tempdir().expect("a temporary folder"));
    server.join(&person);

    let started = Instant::now();
    let bot = Bot::start(&folder, &discord, &whisul, &[("WHISUL_RATE_LIMIT", "1000/1s")]);
    discord.until_ready().await;
    let ready = started.elapsed();
    tokio::time::sleep(IDLE).await;
    let idle = bot.resource_usage();

    let mut times = Vec::with_capacity(COMMANDS);
    for number in 0..COMMANDS {
        let sent = Instant::now();
        let prompt = json!(format!("song number {number}"));
        let asked = person.at(&channel).command("song", &[("prompt", prompt)]).await;
        let answer = asked.expect("a known command").answer().await.expect("a response");
        times.push(answer.created.duration_since(sent));
    }
    times.sort_unstable();
    let at = |percent: usize| times.get((times.len() - 1) * percent / 100).copied();
    let size = fs::metadata(PROGRAM).map_or(0, |file| file.len());

    println!("program            {} kB", size / 1000);
    println!("start to READY     {} ms", ready.as_millis());
    println!("when idle          {idle}");
    println!("after {COMMANDS} songs    {}", bot.resource_usage());
    println!("event to answer    median {:?}, 99th percentile {:?}", at(50), at(99));
}
