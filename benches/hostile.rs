//! How long others wait while a hundred hostile prompts are searched for two hundred blocked words.
//!
//! `cargo bench --bench hostile`

#![expect(clippy::expect_used, reason = "a measurement stops at the first surprise")]

mod bot;

use std::{
    process::Command,
    time::{Duration, Instant},
};

use bot::{Bot, PROGRAM};
use sandbox::{
    ChannelClient, DiscordRules, DiscordSandbox, Plan, RateLimits, WhisulRules, WhisulSandbox,
};
use serde_json::{Value, json};

const WORDS: usize = 200;
const PROMPTS: usize = 100;
/// The permission *Manage Server*.
const MANAGE_GUILD: u64 = 1 << 5;
/// Each character may be one of many letters, and begin or end a word.
const HOSTILE: [&str; 4] = ["a *4@", "*b* a. ", "abcdefgh*j ", "\u{1D4B6}\u{1D4B7}*!"];

/// As long as those.
const HARMLESS: [&str; 4] = ["a song ", "rainy. ", "lighthouse ", "so calm"];

#[tokio::main]
async fn main() {
    let rules = DiscordRules { rate_limits: RateLimits::none(), ..DiscordRules::default() };
    let discord = DiscordSandbox::start(rules).await.expect("a free port");
    let whisul = WhisulSandbox::start(WhisulRules::default()).await.expect("a free port");
    whisul.plan("", Plan::song().takes(Duration::ZERO));
    let server = discord.add_server("Music lovers");
    let channel = server.add_channel("songs");
    let [ann, bob, moderator] = ["Ann", "Bob", "Mo"].map(|name| discord.add_person(name));
    for person in [&ann, &bob, &moderator] {
        server.join(person);
    }
    let moderators = server.add_role("Moderators");
    moderators.grant(MANAGE_GUILD);
    server.give_role(&moderator, &moderators);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let bot = Bot::start(
        Command::new(PROGRAM),
        &folder,
        &discord,
        &whisul,
        &[("WHISUL_RATE_LIMIT", "1000/1s")],
    );
    discord.until_ready().await;
    for number in 0..WORDS {
        answered(&moderator.at(&channel), "admin words add", &[("word", json!(word(number)))])
            .await;
    }

    let (ann, bob) = (ann.at(&channel), bob.at(&channel));
    println!("others alone                   {}", waits(&bob).await.describe());
    for (kind, texts) in [("harmless", &HARMLESS), ("hostile", &HOSTILE)] {
        let started = Instant::now();
        let mut asked = Vec::with_capacity(PROMPTS);
        for text in texts.iter().cycle().take(PROMPTS) {
            let prompt = json!(text.repeat(90));
            asked.push(ann.command("song", &[("prompt", prompt)]).await.expect("a known command"));
        }
        let meanwhile = waits(&bob).await;
        for prompt in asked {
            prompt.answer().await.expect("a response");
        }
        let took = started.elapsed().as_millis();
        println!("beside {PROMPTS} {kind} prompts   {}; {took} ms in all", meanwhile.describe());
    }
    println!("it takes                       {}", bot.resource_usage());
}

/// How long a read and a write of the database by somebody else take to be answered, at most.
struct Waits {
    read: Duration,
    write: Duration,
}

impl Waits {
    fn describe(&self) -> String {
        let [read, write] = [self.read, self.write].map(|wait| wait.as_millis());
        format!("read {read} ms, write {write} ms at most")
    }
}

async fn waits(client: &ChannelClient) -> Waits {
    let mut longest = Waits { read: Duration::ZERO, write: Duration::ZERO };
    for _ in 0..20 {
        longest.read = longest.read.max(answered(client, "quota", &[]).await);
        longest.write = longest.write.max(answered(client, "notify off", &[]).await);
    }
    longest
}

async fn answered(client: &ChannelClient, command: &str, options: &[(&str, Value)]) -> Duration {
    let start = Instant::now();
    let asked = client.command(command, options).await.expect("a known command");
    asked.answer().await.expect("a response").created.duration_since(start)
}

/// Words with much in common, such as `abacabacx`.
fn word(number: usize) -> String {
    let mut rest = number;
    let mut half = String::new();
    for _ in 0..4 {
        half.push(['a', 'b', 'c', 'd', 'e', 'f'].get(rest % 6).copied().expect("one of six"));
        rest /= 6;
    }
    format!("{half}{half}x")
}
