//! A start with ten thousand jobs left over: how long it takes, whether new commands are answered
//! meanwhile, and what it asks of Discord and Whisul.
//!
//! `cargo bench --bench recovery`

#![expect(clippy::expect_used, reason = "a measurement stops at the first surprise")]

mod bot;

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use bot::Bot;
use sandbox::{
    ChannelClient, DiscordRules, DiscordSandbox, Plan, RateLimits, Requests, WhisulRules,
    WhisulSandbox,
};
use serde_json::json;

const JOBS: usize = 10_000;
const PEOPLE: usize = 200;
/// For how long requests are counted after the start. The first edits come after half a minute; to
/// see all of them takes several.
const WATCHED: Duration = Duration::from_secs(75);
/// Whisul never finishes a song here, so that everyone keeps waiting.
const SETTINGS: &[(&str, &str)] = &[("MAX_RUNNING", "1")];

#[tokio::main]
async fn main() {
    let rules = DiscordRules { rate_limits: RateLimits::none(), ..DiscordRules::default() };
    let discord = DiscordSandbox::start(rules).await.expect("a free port");
    let whisul = WhisulSandbox::start(WhisulRules::default()).await.expect("a free port");
    whisul.plan("", Plan::song().until_told());
    let server = discord.add_server("Music lovers");
    let channel = server.add_channel("songs");
    let people = (0..PEOPLE).map(|number| discord.add_person(&format!("Person {number}")));
    let clients: Vec<ChannelClient> =
        people.inspect(|person| server.join(person)).map(|person| person.at(&channel)).collect();
    let folder = tempfile::tempdir().expect("a temporary folder");

    let bot = Bot::start(&folder, &discord, &whisul, SETTINGS);
    discord.until_ready().await;
    for number in 0..JOBS {
        let client = clients.get(number % PEOPLE).expect("one of them");
        ask(client, number).await;
    }
    drop(bot);
    let identified = discord.sessions().identified;
    discord.requests().clear();
    whisul.requests().clear();

    let started = Instant::now();
    let bot = Bot::start(&folder, &discord, &whisul, SETTINGS);
    discord
        .until("the bot's return", || (discord.sessions().identified > identified).then_some(()))
        .await;
    let ready = started.elapsed();
    ask(clients.first().expect("one of them"), JOBS).await;
    let answered = started.elapsed();
    tokio::time::sleep(WATCHED).await;

    println!("start to READY with {JOBS} jobs   {} ms", ready.as_millis());
    println!("until a new command is answered   {} ms", answered.as_millis());
    println!("it takes                          {}", bot.resource_usage());
    println!("requests to Discord   {}", busiest_second(discord.requests(), started));
    println!("requests to Whisul    {}", busiest_second(whisul.requests(), started));
}

async fn ask(client: &ChannelClient, number: usize) {
    let prompt = json!(format!("song number {number}"));
    let asked = client.command("song", &[("prompt", prompt)]).await.expect("a known command");
    asked.answer().await.expect("a response");
}

fn busiest_second(requests: &Requests, since: Instant) -> String {
    let mut seconds = BTreeMap::<u64, usize>::new();
    let all = requests.list();
    for request in &all {
        *seconds.entry(request.at.duration_since(since).as_secs()).or_default() += 1;
    }
    let most = seconds.values().max().copied().unwrap_or_default();
    format!("{} in all, {most} in the busiest second", all.len())
}
