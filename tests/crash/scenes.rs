//! Deaths and mishaps at chosen moments, and what is made of them.

use std::time::{Duration, Instant};

use sandbox::{DiscordRules, Fault, Invocation, Seat};
use serde_json::json;
use sqlx::{Connection as _, Executor as _, SqliteConnection, sqlite::SqliteConnectOptions};
use tokio::time::sleep;

use crate::{
    books::{Books, Told},
    faults::{self, ANSWER, LIST},
    program::{Program, Running, Step},
    town::Town,
};

/// Longer than anything here takes.
const DEADLINE: Duration = Duration::from_secs(40);

/// A town, the bot that is to work there, and one person who asks for one song.
struct Scene {
    town: Town,
    program: Program,
}

impl Scene {
    /// A scene in which Discord knows the commands.
    async fn new(name: &str, rules: DiscordRules) -> Self {
        let town = Town::found(name, rules).await;
        let program = Program::new(&town.folder, town.settings());
        program.start(None).until_ready(&town).await.kill();
        let scene = Self { town, program };
        scene.until_away().await;
        scene
    }

    /// Waits until Discord has noticed that the bot is gone.
    async fn until_away(&self) {
        let discord = &self.town.discord;
        until("the bot's absence", async || discord.sessions().connected == 0).await;
    }

    async fn start(&self) -> Running {
        self.program.start(None).until_ready(&self.town).await
    }

    /// Starts a bot that dies at a step, lets somebody ask for a song, and waits for the death.
    async fn die_at(&self, step: &str, seat: &Seat) -> Invocation {
        let step = Step(step.to_owned());
        let mut bot = self.program.start(Some((&step, 1))).until_ready(&self.town).await;
        let asked = ask(seat).await;
        until(&format!("death at {step:?}"), async || bot.ended().is_some()).await;
        self.until_away().await;
        asked
    }

    async fn books(&self) -> Books {
        Books::open(&self.town.database()).await
    }

    /// Waits until the bot has nothing left to do; then the song's state and delivery.
    async fn end_of(&self, asked: &Invocation) -> (String, String) {
        until("the end of the job", async || self.books().await.end_of(asked.id).is_some()).await;
        self.books().await.end_of(asked.id).unwrap()
    }

    /// The messages of the bot that answer nothing.
    fn posted(&self) -> usize {
        let messages = self.town.discord.messages();
        messages.iter().filter(|message| message.interaction.is_none()).count()
    }
}

impl Drop for Scene {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.town.leave();
        }
    }
}

async fn ask(seat: &Seat) -> Invocation {
    seat.command("song", &[("prompt", json!("a song that is made"))]).await.unwrap()
}

fn told(asked: &Invocation) -> Option<Told> {
    asked.message().as_ref().map(Told::by)
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
async fn an_answer_that_arrives_late_is_an_answer() {
    let scene = Scene::new("late", DiscordRules::default()).await;
    let _bot = scene.start().await;
    let callbacks = || Fault::on(ANSWER.0, ANSWER.1);
    scene.town.discord.faults().add(callbacks().late(Duration::from_millis(1500)).times(1));
    scene.town.discord.faults().add(callbacks().cut_before());
    let asked = ask(scene.town.member()).await;
    assert_eq!(scene.end_of(&asked).await, end("completed", "delivered"));
    assert_eq!(told(&asked), Some(Told::Song));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_stands_outlives_a_refusal_of_the_next_try() {
    let scene = Scene::new("refusal", DiscordRules::default()).await;
    let _bot = scene.start().await;
    scene.town.discord.faults().add(Fault::on(ANSWER.0, ANSWER.1).cut_after().times(1));
    faults::refuse_an_answer(scene.town.discord.faults());
    let asked = ask(scene.town.member()).await;
    assert_eq!(scene.end_of(&asked).await, end("completed", "delivered"));
    assert_eq!(told(&asked), Some(Told::Song));
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_was_told_that_there_is_no_job_gets_none_after_a_crash() {
    let scene = Scene::new("refused", DiscordRules::default()).await;
    let step = Step("abandoned.before".to_owned());
    let mut bot = scene.program.start(Some((&step, 1))).until_ready(&scene.town).await;
    let options = SqliteConnectOptions::new().filename(scene.town.database());
    let mut other = SqliteConnection::connect_with(&options).await.unwrap();
    other.execute("BEGIN IMMEDIATE").await.unwrap();
    let asked = ask(scene.town.member()).await;
    assert_eq!(Told::by(&asked.answer().await.unwrap()), Told::Refusal);
    other.close().await.unwrap();
    until("death", async || bot.ended().is_some()).await;
    scene.until_away().await;
    let _bot = scene.start().await;
    assert_eq!(scene.end_of(&asked).await, end("abandoned", "pending"));
    assert_eq!(told(&asked), Some(Told::Refusal));
    assert_eq!(scene.town.whisul.jobs().len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_is_found_when_its_token_is_void() {
    let token_lifetime = Duration::from_secs(1);
    let rules = DiscordRules { token_lifetime, ..DiscordRules::default() };
    let scene = Scene::new("void", rules).await;
    let asked = scene.die_at("announced.before", scene.town.member()).await;
    let answer = asked.answer().await.unwrap();
    until("the token's end", async || answer.created.elapsed() > token_lifetime).await;
    let _bot = scene.start().await;
    assert_eq!(scene.end_of(&asked).await, end("completed", "delivered"));
    assert_eq!(told(&asked), Some(Told::Song));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_deleted_while_the_bot_is_away_takes_the_song_back() {
    let scene = Scene::new("deleted", DiscordRules::default()).await;
    let asked = scene.die_at("announced.after", scene.town.member()).await;
    assert!(scene.town.member().delete(asked.answer().await.unwrap().id));
    let _bot = scene.start().await;
    assert_eq!(scene.end_of(&asked).await, end("cancelled", "undeliverable"));
    assert_eq!(scene.town.whisul.jobs().len(), 0);
}

/// A Discord whose nonces are forgotten by the next start, and where answers can't be edited for
/// long, so that outcomes are posted.
fn forgetful() -> DiscordRules {
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
    for (name, place) in [("post", Town::member as fn(&Town) -> &Seat), ("dm", Town::visitor)] {
        let scene = Scene::new(name, forgetful()).await;
        let asked = scene.die_at("delivered.before", place(&scene.town)).await;
        assert_eq!(scene.posted(), 1);
        let _bot = scene.start().await;
        assert_eq!(scene.end_of(&asked).await, end("completed", "delivered"));
        assert_eq!(scene.posted(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outcome_that_stands_already_is_not_posted_as_well() {
    // Its outcome is there long before.
    let old_message_after = Duration::from_secs(4);
    let rules = DiscordRules { old_message_after, old_message_edits: 0, ..forgetful() };
    let scene = Scene::new("stands", rules).await;
    let asked = scene.die_at("delivered.before", scene.town.member()).await;
    assert_eq!(told(&asked), Some(Told::Song));
    let answer = asked.answer().await.unwrap();
    until("the message's age", async || answer.created.elapsed() > old_message_after).await;
    let _bot = scene.start().await;
    assert_eq!(scene.end_of(&asked).await, end("completed", "delivered"));
    assert_eq!(scene.posted(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nobody_can_tell_whether_an_outcome_was_posted_it_is_not_posted_again() {
    let scene = Scene::new("hidden", forgetful()).await;
    let asked = scene.die_at("delivered.before", scene.town.member()).await;
    scene.town.discord.faults().add(Fault::on(LIST.0, LIST.1).status(200).body("[]"));
    let _bot = scene.start().await;
    assert_eq!(scene.end_of(&asked).await, end("completed", "undeliverable"));
    assert_eq!(scene.posted(), 1);
}
