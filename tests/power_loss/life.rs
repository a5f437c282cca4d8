//! The life of a bot under a load: started, stopped, crashed, and started again.

use std::{
    collections::BTreeMap,
    path::PathBuf,
    time::{Duration, Instant},
};

use sandbox::{ChannelClient, DiscordRules, Invocation, RateLimits};
use serde_json::json;
use sqlx::{Connection as _, SqliteConnection, sqlite::SqliteConnectOptions};
use tokio::time::sleep;

use crate::{
    fixture::Fixture,
    program::{Program, Running, Step},
    recording::Recorder,
    rows::Rows,
    scene::DATABASE,
    told::Context,
};

/// The songs that a person may ask for.
const QUOTA: usize = 17;
/// How long the bot may take for the songs of one run.
const PATIENCE: Duration = Duration::from_mins(1);
/// What makes a prompt nearly as long as it may be, so that rows take many pages.
const FILLER: usize = 900;

/// See the module.
pub(crate) struct Life {
    fixture: Fixture,
    pub(crate) recorder: Recorder,
    program: Program,
    /// With the prompts.
    asked: Vec<(String, u64, Invocation)>,
    forgetting: BTreeMap<u64, u64>,
}

impl Life {
    pub(crate) async fn new(name: &str) -> Self {
        let rules = DiscordRules {
            session_start_limit: usize::MAX,
            rate_limits: RateLimits::none(),
            // Messages soon take no edits and tokens soon expire, so that outcomes are posted, too.
            token_lifetime: Duration::from_secs(3),
            old_message_after: Duration::from_secs(1),
            old_message_edits: 0,
            ..DiscordRules::default()
        };
        let fixture = Fixture::start(name, rules).await;
        let recorder = Recorder::new(&fixture.folder);
        let mut settings = fixture.settings();
        let database = recorder.folder.join(DATABASE);
        settings.insert("DATABASE_URL", format!("sqlite://{}", database.display()));
        settings.insert("USER_QUOTA", format!("{QUOTA}/1d"));
        settings.extend(recorder.variables());
        let program = Program::new(&fixture.folder, settings);
        let (asked, forgetting) = (Vec::new(), BTreeMap::new());
        Self { fixture, recorder, program, asked, forgetting }
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.recorder.folder.join(DATABASE)
    }

    async fn start(&self) -> Running {
        self.start_until(None).await
    }

    /// Starts the bot once Discord has noticed that an earlier one is gone. With a step, it crashes when
    /// it reaches that for the given time.
    async fn start_until(&self, crash: Option<(&Step, u32)>) -> Running {
        let discord = &self.fixture.discord;
        until("the bot's absence", async || discord.sessions().connected == 0).await;
        self.program.start(crash).until_ready(&self.fixture).await
    }

    /// Lives through all of it.
    pub(crate) async fn live(&mut self) {
        // A first start, and a stop in between songs.
        let bot = self.start().await;
        self.ask(10).await;
        self.moderate(20).await;
        self.until_settled().await;
        assert!(bot.stop().await.success(), "the bot stops");
        // It crashes amid a load, which leaves a log with what was not synced.
        let step = Step("running.before".to_owned());
        let mut bot = self.start_until(Some((&step, 4))).await;
        self.ask(6).await;
        until("the crash", async || bot.ended().is_some()).await;
        // It goes on, until people have used up their quotas.
        let bot = self.start().await;
        self.ask(14).await;
        self.moderate(40).await;
        self.until_settled().await;
        self.forget().await;
        self.until_settled().await;
        assert!(bot.stop().await.success(), "the bot stops");
    }

    /// Everybody asks for so many songs, all at once. Some are cancelled, some deleted.
    async fn ask(&mut self, songs: usize) {
        for _ in 0..songs {
            for client in &self.fixture.clients {
                let number = self.asked.len();
                let fate = match number % 10 {
                    3 => "that fails",
                    6 => "that vanishes",
                    8 => "that takes its time",
                    _ => "that is made",
                };
                let prompt = format!("song {number:06} {fate} {}", "la ".repeat(FILLER / 3));
                let asked = client.command("song", &[("prompt", json!(prompt.trim()))]).await;
                let asked = asked.expect("Discord takes the command");
                if number.is_multiple_of(7) {
                    tokio::spawn(cancel(client.clone(), asked.clone()));
                } else if number.is_multiple_of(12) {
                    tokio::spawn(delete(client.clone(), asked.clone()));
                }
                self.asked.push((prompt.trim().to_owned(), client.person_id(), asked));
            }
        }
    }

    /// The owner blocks and unblocks somebody.
    async fn moderate(&self, times: usize) {
        let (owner, channel) =
            (self.fixture.discord.owner().id(), self.fixture.member().channel_id());
        let owner = self.fixture.discord.channel_client(owner, channel);
        let stranger = json!(self.fixture.discord.add_person("Fay").id().to_string());
        let options = [("person", stranger), ("reason", json!("spam"))];
        for _ in 0..times {
            for command in ["admin block", "admin unblock"] {
                let asked = owner.command(command, &options).await.expect("a command");
                asked.answer().await.expect("a response");
            }
        }
    }

    /// Somebody has their songs forgotten.
    async fn forget(&mut self) {
        let client = self.fixture.member();
        let asked = client.command("my-data forget", &[]).await.expect("a command");
        let question = asked.answer().await.expect("a question");
        let button = question.button("Forget my songs").expect("a button").custom_id.unwrap();
        let click = client.click(question.id, &button).await.expect("a click");
        click.answer().await.expect("a response");
        self.forgetting.insert(click.id, client.person_id());
    }

    /// Waits until nothing is left to do.
    async fn until_settled(&self) {
        let answered = self.asked.iter().map(|(.., asked)| asked.answer());
        futures_util::future::join_all(answered).await;
        until("the end of all jobs", async || self.unsettled().await == 0).await;
    }

    async fn unsettled(&self) -> i64 {
        let options = SqliteConnectOptions::new().filename(self.database()).read_only(true);
        let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
        let count = sqlx::query_scalar("SELECT COUNT(*) FROM jobs WHERE settled = 0");
        let count = count.fetch_one(&mut connection).await.unwrap();
        connection.close().await.unwrap();
        count
    }

    /// What is needed to understand what the bot has sent.
    pub(crate) async fn context(&self) -> Context {
        let prompts: BTreeMap<String, u64> =
            self.asked.iter().map(|(prompt, _, asked)| (prompt.clone(), asked.id)).collect();
        let jobs = self.fixture.whisul.jobs();
        let whisul_jobs = jobs.iter().map(|job| (job.id.clone(), prompts[&job.prompt])).collect();
        Context {
            rows: Rows::read(&self.database()).await.unwrap(),
            asked: self.asked.iter().map(|(_, person, asked)| (asked.id, *person)).collect(),
            prompts,
            whisul_jobs,
            forgetting: self.forgetting.clone(),
            quota: QUOTA,
        }
    }

    /// Deletes the files.
    pub(crate) fn clean_up(&self) {
        self.fixture.clean_up();
    }
}

/// Clicks *Cancel* once it is there.
async fn cancel(client: ChannelClient, asked: Invocation) {
    let Ok(answer) = asked.answer().await else { return };
    if let Some(button) = answer.button("Cancel").and_then(|button| button.custom_id) {
        _ = client.click(answer.id, &button).await;
    }
}

/// Deletes the message once it is there.
async fn delete(client: ChannelClient, asked: Invocation) {
    if let Ok(answer) = asked.answer().await {
        client.delete(answer.id);
    }
}

/// Waits for a condition.
async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let begun = Instant::now();
    while !holds().await {
        assert!(begun.elapsed() < PATIENCE, "waited in vain for {what}");
        sleep(Duration::from_millis(10)).await;
    }
}

/// A bot that was started for the first time, and stopped once people could use it.
pub(crate) async fn first_start() -> (Fixture, Recorder) {
    let life = Life::new("first-start").await;
    assert!(life.start().await.stop().await.success(), "the bot stops");
    (life.fixture, life.recorder)
}
