//! Crashes and faults at chosen moments, and how the bot recovers.

use std::time::{Duration, Instant};

use sandbox::{ChannelClient, DiscordRules, Fault, Invocation};
use serde_json::json;
use sqlx::{Connection as _, Executor as _, SqliteConnection, sqlite::SqliteConnectOptions};
use tokio::time::sleep;

use crate::{
    audit::{Audit, ShownState},
    faults::{self, ANSWER, LIST},
    fixture::Fixture,
    program::{Program, Running, Step},
};

/// Longer than anything here takes.
const DEADLINE: Duration = Duration::from_secs(40);

/// A fixture, a bot, and one person who asks for one song.
struct Scene {
    fixture: Fixture,
    program: Program,
}

impl Scene {
    /// A scene in which Discord knows the commands.
    async fn new(name: &str, rules: DiscordRules) -> Self {
        let fixture = Fixture::start(name, rules).await;
        let program = Program::new(&fixture.folder, fixture.settings());
        program.start(None).until_ready(&fixture).await.kill();
        let scene = Self { fixture, program };
        scene.until_away().await;
        scene
    }

    /// Waits until the bot's gateway connection is gone.
    async fn until_away(&self) {
        let discord = &self.fixture.discord;
        until("the bot's absence", async || discord.sessions().connected == 0).await;
    }

    async fn start(&self) -> Running {
        self.program.start(None).until_ready(&self.fixture).await
    }

    /// Starts a bot that crashes at a step, lets somebody ask for a song, and waits for the crash.
    async fn crash_at(&self, step: &str, client: &ChannelClient) -> Invocation {
        let step = Step(step.to_owned());
        let mut bot = self.program.start(Some((&step, 1))).until_ready(&self.fixture).await;
        let asked = ask(client).await;
        until(&format!("crash at {step:?}"), async || bot.ended().is_some()).await;
        self.until_away().await;
        asked
    }

    async fn audit(&self) -> Audit {
        Audit::load(&self.fixture.database()).await
    }

    /// Waits until the job is settled. Returns its state and delivery.
    async fn end_of(&self, asked: &Invocation) -> (String, String) {
        until("the end of the job", async || self.audit().await.end_of(asked.id).is_some()).await;
        self.audit().await.end_of(asked.id).unwrap()
    }

    /// The number of messages that are no response to an interaction.
    fn posted(&self) -> usize {
        let messages = self.fixture.discord.messages();
        messages.iter().filter(|message| message.interaction.is_none()).count()
    }
}

impl Drop for Scene {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.fixture.clean_up();
        }
    }
}

async fn ask(client: &ChannelClient) -> Invocation {
    client.command("song", &[("prompt", json!("a song that is made"))]).await.unwrap()
}

fn told(asked: &Invocation) -> Option<ShownState> {
    asked.message().as_ref().map(ShownState::of)
}

/// Waits for a condition.
async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let begun = Instant::now();
    while !holds().await {
        assert!(begun.elapsed() < DEADLINE, "waited in vain for {what}");
        sleep(Duration::from_millis(10)).await;
    }
}

fn end(state: &str, delivery: &str) -> (String, String) {
    (state.to_owned(), delivery.to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_response_that_arrives_late_counts() {
    let scene = Scene::new("late", DiscordRules::default()).await;
    let _bot = scene.start().await;
    let callbacks = || Fault::on(ANSWER.0, ANSWER.1);
    scene.fixture.discord.faults().add(callbacks().late(Duration::from_millis(1500)).times(1));
    scene.fixture.discord.faults().add(callbacks().cut_before());
    let asked = ask(scene.fixture.member()).await;
    assert_eq!(scene.end_of(&asked).await, end("completed", "delivered"));
    assert_eq!(told(&asked), Some(ShownState::Song));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_response_that_exists_survives_a_rejected_retry() {
    let scene = Scene::new("refusal", DiscordRules::default()).await;
    let _bot = scene.start().await;
    scene.fixture.discord.faults().add(Fault::on(ANSWER.0, ANSWER.1).cut_after().times(1));
    faults::refuse_an_answer(scene.fixture.discord.faults());
    let asked = ask(scene.fixture.member()).await;
    assert_eq!(scene.end_of(&asked).await, end("completed", "delivered"));
    assert_eq!(told(&asked), Some(ShownState::Song));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_abandoned_job_stays_abandoned_after_a_crash() {
    let scene = Scene::new("refused", DiscordRules::default()).await;
    let step = Step("abandoned.before".to_owned());
    let mut bot = scene.program.start(Some((&step, 1))).until_ready(&scene.fixture).await;
    let options = SqliteConnectOptions::new().filename(scene.fixture.database());
    let mut other = SqliteConnection::connect_with(&options).await.unwrap();
    other.execute("BEGIN IMMEDIATE").await.unwrap();
    let asked = ask(scene.fixture.member()).await;
    assert_eq!(ShownState::of(&asked.answer().await.unwrap()), ShownState::LimitExceeded);
    other.close().await.unwrap();
    until("crash", async || bot.ended().is_some()).await;
    scene.until_away().await;
    let _bot = scene.start().await;
    assert_eq!(scene.end_of(&asked).await, end("abandoned", "pending"));
    assert_eq!(told(&asked), Some(ShownState::LimitExceeded));
    assert_eq!(scene.fixture.whisul.jobs().len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_response_is_found_after_its_token_has_expired() {
    let token_lifetime = Duration::from_secs(1);
    let rules = DiscordRules { token_lifetime, ..DiscordRules::default() };
    let scene = Scene::new("void", rules).await;
    let asked = scene.crash_at("announced.before", scene.fixture.member()).await;
    let answer = asked.answer().await.unwrap();
    until("the token's end", async || answer.created.elapsed() > token_lifetime).await;
    let _bot = scene.start().await;
    assert_eq!(scene.end_of(&asked).await, end("completed", "delivered"));
    assert_eq!(told(&asked), Some(ShownState::Song));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_deleted_while_the_bot_is_down_cancels_the_song() {
    let scene = Scene::new("deleted", DiscordRules::default()).await;
    let asked = scene.crash_at("announced.after", scene.fixture.member()).await;
    assert!(scene.fixture.member().delete(asked.answer().await.unwrap().id));
    let _bot = scene.start().await;
    assert_eq!(scene.end_of(&asked).await, end("cancelled", "undeliverable"));
    assert_eq!(scene.fixture.whisul.jobs().len(), 0);
}

/// A Discord that forgets nonces before the next start and soon refuses edits, so that outcomes are
/// posted.
fn forgetful_rules() -> DiscordRules {
    DiscordRules {
        token_lifetime: Duration::from_millis(100),
        nonce_memory: Duration::ZERO,
        old_message_after: Duration::ZERO,
        old_message_edits: 0,
        ..DiscordRules::default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outcome_that_was_posted_before_a_crash_is_not_posted_again() {
    for (name, place) in
        [("post", Fixture::member as fn(&Fixture) -> &ChannelClient), ("dm", Fixture::visitor)]
    {
        let scene = Scene::new(name, forgetful_rules()).await;
        let asked = scene.crash_at("delivered.before", place(&scene.fixture)).await;
        assert_eq!(scene.posted(), 1);
        let _bot = scene.start().await;
        assert_eq!(scene.end_of(&asked).await, end("completed", "delivered"));
        assert_eq!(scene.posted(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outcome_that_an_edit_has_shown_is_not_posted_as_well() {
    // The outcome is shown long before that.
    let old_message_after = Duration::from_secs(4);
    let rules = DiscordRules { old_message_after, old_message_edits: 0, ..forgetful_rules() };
    let scene = Scene::new("stands", rules).await;
    let asked = scene.crash_at("delivered.before", scene.fixture.member()).await;
    assert_eq!(told(&asked), Some(ShownState::Song));
    let answer = asked.answer().await.unwrap();
    until("the message's age", async || answer.created.elapsed() > old_message_after).await;
    let _bot = scene.start().await;
    assert_eq!(scene.end_of(&asked).await, end("completed", "delivered"));
    assert_eq!(scene.posted(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outcome_whose_post_cannot_be_checked_is_not_posted_again() {
    let scene = Scene::new("hidden", forgetful_rules()).await;
    let asked = scene.crash_at("delivered.before", scene.fixture.member()).await;
    scene.fixture.discord.faults().add(Fault::on(LIST.0, LIST.1).status(200).body("[]"));
    let _bot = scene.start().await;
    assert_eq!(scene.end_of(&asked).await, end("completed", "undeliverable"));
    assert_eq!(scene.posted(), 1);
}
