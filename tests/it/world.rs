//! A Discord, a Whisul and a bot between them, with two people in a server.

use std::{
    collections::BTreeMap,
    path::Path,
    thread,
    time::{Duration, SystemTime},
};

use sandbox::{
    Channel, DiscordRules, DiscordSandbox, Invocation, Message, Person, RateLimits, Seat, Server,
    WhisulRules, WhisulSandbox,
};
use serde_json::json;
use tempfile::TempDir;
use tokio::{runtime::Builder, sync::oneshot, time::timeout};
use tokio_util::sync::CancellationToken;
use whisul_bot::{MachineClock, RunError, config::Settings};

use crate::times::told_too_early;

/// Longer than any single thing takes in these tests.
/// What the bot asks Whisul for to find out whether it is well.
pub(crate) const NOBODYS: &str = "/api/jobs/00000000-0000-0000-0000-000000000000";

pub(crate) const DEADLINE: Duration = Duration::from_secs(40);

/// How long Whisul takes for a song, where a test says nothing else.
pub(crate) const SONG: Duration = Duration::from_millis(200);

/// The whole world of a test.
pub(crate) struct World {
    pub(crate) discord: DiscordSandbox,
    pub(crate) whisul: WhisulSandbox,
    pub(crate) server: Server,
    pub(crate) channel: Channel,
    pub(crate) ann: Person,
    pub(crate) bob: Person,
    settings: BTreeMap<String, String>,
    clock: MachineClock,
    /// Whether the bot may not know what time it is.
    has_wrong_clock: bool,
    bot: Option<Bot>,
    other: Option<Bot>,
    folder: TempDir,
}

struct Bot {
    shutdown: CancellationToken,
    end: oneshot::Receiver<Result<(), RunError>>,
}

impl Bot {
    async fn end(&mut self) -> Result<(), RunError> {
        timeout(DEADLINE, &mut self.end).await.expect("the bot ends in time").expect("no panic")
    }
}

/// However a test ends, its bot does not go on.
impl Drop for Bot {
    fn drop(&mut self) {
        self.shutdown.cancel();
    }
}

impl World {
    /// A world in which the bot is ready, with quick durations and no quotas.
    pub(crate) async fn new() -> Self {
        Self::with(&[]).await
    }

    /// The same, with some settings set otherwise.
    pub(crate) async fn with(settings: &[(&str, &str)]) -> Self {
        let whisul = WhisulRules { song_takes: SONG, ..WhisulRules::default() };
        Self::awake(settings, DiscordRules::default(), whisul).await
    }

    /// The same with rules of choice.
    pub(crate) async fn awake(
        settings: &[(&str, &str)],
        discord: DiscordRules,
        whisul: WhisulRules,
    ) -> Self {
        let mut world = Self::asleep(settings, discord, whisul).await;
        world.wake_bot().await;
        world
    }

    /// The same without the bot, and with rules of choice.
    pub(crate) async fn asleep(
        settings: &[(&str, &str)],
        discord: DiscordRules,
        whisul: WhisulRules,
    ) -> Self {
        let discord = DiscordSandbox::start(discord).await.unwrap();
        let whisul = WhisulSandbox::start(whisul).await.unwrap();
        let server = discord.add_server("Music lovers");
        let channel = server.add_channel("songs");
        let (ann, bob) = (discord.add_person("Ann"), discord.add_person("Bob"));
        server.join(&ann);
        server.join(&bob);
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let database = format!("sqlite://{}", folder.path().join("jobs.db").display());
        let base = [
            ("DISCORD_TOKEN", discord.token()),
            ("WHISUL_API_KEY", whisul.key()),
            ("DISCORD_API_URL", discord.url()),
            ("WHISUL_API_URL", whisul.url()),
            ("DATABASE_URL", database),
            ("USER_QUOTA", "unlimited".to_owned()),
            ("USER_CONCURRENCY", "10".to_owned()),
            ("GLOBAL_QUOTA", "unlimited".to_owned()),
            ("POLL_INTERVAL", "50ms".to_owned()),
            ("EDIT_INTERVAL", "50ms".to_owned()),
            ("WHISUL_RATE_LIMIT", "100/1s".to_owned()),
            // Whoever is interested in files asks for them.
            ("ATTACH_AUDIO", "false".to_owned()),
            ("ATTACH_COVER", "false".to_owned()),
        ];
        let mut all: BTreeMap<String, String> =
            base.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        for (name, value) in settings {
            all.insert((*name).to_owned(), (*value).to_owned());
        }
        let clock = SystemTime::now;
        Self {
            discord,
            whisul,
            server,
            channel,
            ann,
            bob,
            settings: all,
            clock,
            has_wrong_clock: false,
            bot: None,
            other: None,
            folder,
        }
    }

    /// Sets something otherwise for the next start, such as what needs an id of this world.
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.settings.insert(name.to_owned(), value.to_owned());
    }

    /// Gives the bot's machine another clock for the next start.
    pub(crate) fn set_clock(&mut self, clock: MachineClock) {
        (self.clock, self.has_wrong_clock) = (clock, true);
    }

    /// The settings for the next start.
    pub(crate) fn settings(&self) -> &BTreeMap<String, String> {
        &self.settings
    }

    /// Starts the bot and waits until it is ready.
    pub(crate) async fn wake_bot(&mut self) {
        let before = self.discord.sessions().identified;
        let checks = self.checks_of_key();
        self.start_bot();
        self.until_ready_after(before).await;
        let checked = || (self.checks_of_key() > checks).then_some(());
        sandbox::until("the check of the key", &self.whisul.changed(), checked).await;
    }

    /// Waits until a bot is ready that came after so many others.
    pub(crate) async fn until_ready_after(&self, before: usize) {
        let identified = || (self.discord.sessions().identified > before).then_some(());
        self.discord.until("the bot's own session", identified).await;
        self.discord.until_ready().await;
    }

    /// How often Whisul has answered for a job that nobody has.
    fn checks_of_key(&self) -> usize {
        let asked = self.whisul.requests().matching("GET", NOBODYS);
        asked.iter().filter(|request| request.status.is_some()).count()
    }

    /// Starts the bot as the binary does, in this process.
    pub(crate) fn start_bot(&mut self) {
        self.bot = Some(self.bot_with(&self.settings));
    }

    /// Starts another process of the bot, with the same token and a database of its own, and waits
    /// until it is ready.
    pub(crate) async fn wake_other_bot(&mut self) {
        let before = self.discord.sessions().identified;
        let database = format!("sqlite://{}", self.folder.path().join("other.db").display());
        let mut settings = self.settings.clone();
        settings.insert("DATABASE_URL".to_owned(), database);
        self.other = Some(self.bot_with(&settings));
        self.until_ready_after(before).await;
    }

    fn bot_with(&self, settings: &BTreeMap<String, String>) -> Bot {
        let settings = Settings::read(|name| settings.get(name).cloned()).expect("good settings");
        let shutdown = CancellationToken::new();
        let asked_to_stop = shutdown.clone();
        let (clock, (ended, end)) = (self.clock, oneshot::channel());
        // A runtime of its own, as in the binary: nothing of the bot outlives it.
        thread::spawn(move || {
            let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build();
            let runtime = runtime.unwrap();
            let shutdown = asked_to_stop.cancelled();
            let outcome = runtime.block_on(whisul_bot::run_by_clock(settings, shutdown, clock));
            // Whatever a short grace has left goes with it, and with that the database's lock.
            drop(runtime);
            _ = ended.send(outcome);
        });
        Bot { shutdown, end }
    }

    /// Asks the bot to stop, as a signal does.
    pub(crate) fn ask_to_stop(&self) {
        self.bot.as_ref().expect("a running bot").shutdown.cancel();
    }

    /// Stops the bot as a signal does, and waits for its end.
    pub(crate) async fn stop_bot(&mut self) {
        self.ask_to_stop();
        self.bots_end().await.expect("a stop on request is no error");
    }

    /// Waits for the bot's end.
    pub(crate) async fn bots_end(&mut self) -> Result<(), RunError> {
        self.bot.take().expect("a running bot").end().await
    }

    /// A person uses `/song` in the server's channel.
    pub(crate) async fn song(&self, person: &Person, prompt: &str) -> Invocation {
        song_at(&person.at(&self.channel), prompt).await
    }

    /// The same, again and again until it is not refused: a refund may be on its way.
    pub(crate) async fn song_once_free(&self, person: &Person, prompt: &str) -> Invocation {
        let allowed = async {
            loop {
                let asked = self.song(person, prompt).await;
                if !asked.answer().await.expect("an answer at once").ephemeral() {
                    return asked;
                }
            }
        };
        timeout(DEADLINE, allowed).await.expect("a song is free in time")
    }

    /// A person asks for one more song: it is allowed, or refused with this sentence.
    pub(crate) async fn one_more(&self, person: &Person) -> Result<(), String> {
        let answer = self.song(person, "one more song").await.answer().await.expect("an answer");
        if answer.ephemeral() { Err(answer.text()) } else { Ok(()) }
    }

    /// How often the bot has sent Whisul a prompt that contains this, taken or not.
    pub(crate) fn submissions(&self, prompt_part: &str) -> usize {
        let sent = self.whisul.requests().matching("POST", "/api/generate");
        let prompts = sent.iter().map(|request| request.json()["prompt"].to_string());
        prompts.filter(|prompt| prompt.contains(prompt_part)).count()
    }

    /// The folder of the bot's database.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }
}

/// Whatever a test is about, Discord has nothing to find fault with, and no message says about the
/// future what may turn wrong before anybody can edit it.
impl Drop for World {
    fn drop(&mut self) {
        let violations = self.discord.violations();
        assert!(violations.is_empty() || thread::panicking(), "{violations:?}");
        let early = told_too_early(&self.discord);
        let unknown = self.has_wrong_clock || thread::panicking();
        assert!(early.is_empty() || unknown, "relative times in the future: {early:#?}");
    }
}

/// A world whose Discord limits nothing, so that all edits come through.
pub(crate) async fn world_of_many_edits(settings: &[(&str, &str)]) -> World {
    let discord = DiscordRules { rate_limits: RateLimits::none(), ..DiscordRules::default() };
    let whisul = WhisulRules { song_takes: SONG, ..WhisulRules::default() };
    World::awake(settings, discord, whisul).await
}

/// A person uses `/song` wherever they are.
pub(crate) async fn song_at(seat: &Seat, prompt: &str) -> Invocation {
    let options = [("prompt", json!(prompt))];
    seat.command("song", &options).await.expect("Discord takes the command")
}

/// Waits for the finished song.
#[track_caller]
pub(crate) fn done(asked: &Invocation) -> impl Future<Output = Message> {
    asked.until("a finished song", is_done)
}

/// Waits for the answer to somebody who gets no song: a sentence that only they see.
pub(crate) async fn refusal(asked: &Invocation) -> String {
    let answer = asked.answer().await.expect("an answer at once");
    assert!(answer.ephemeral() && answer.embeds.is_empty(), "{}", answer.text());
    answer.content
}

/// The title of a message's embed.
pub(crate) fn title(message: &Message) -> &str {
    message.embed().and_then(|embed| embed.title.as_deref()).unwrap_or_default()
}

/// The description of a message's embed.
pub(crate) fn description(message: &Message) -> &str {
    message.embed().and_then(|embed| embed.description.as_deref()).unwrap_or_default()
}

/// Whether a message shows a finished song.
pub(crate) fn is_done(message: &Message) -> bool {
    message.embed().is_some_and(|embed| {
        embed.footer.as_deref().is_some_and(|footer| footer.starts_with("Made in"))
    })
}

/// Waits for the news that there is no song, and returns the message that brings them.
#[track_caller]
pub(crate) fn failed(asked: &Invocation) -> impl Future<Output = Message> {
    asked.until("the news that there is no song", |message| title(message) == "No song this time")
}
