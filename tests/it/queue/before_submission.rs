//! A song's turn has come, and a fault occurs just before its submission.

use std::time::Duration;

use sandbox::{Fault, Invocation, Message, Plan};
use sqlx::{Connection, SqliteConnection};

use crate::{
    fixture::{Fixture, description, done},
    storage::write_failures::connect,
};

const EDITS: &str = "/api/v10/webhooks/**";

/// Ann's song is next, and another connection locks the database so that no write succeeds.
struct Held {
    fixture: Fixture,
    /// Bob's song, which is being made meanwhile.
    bobs: Invocation,
    anns: Invocation,
    database: SqliteConnection,
}

async fn a_few_polls(fixture: &Fixture) {
    let polls = fixture.whisul.until_polled("a long song", 1).await.polls;
    fixture.whisul.until_polled("a long song", polls + 3).await;
}

impl Held {
    async fn new() -> Self {
        let fixture = Fixture::with(&[("MAX_RUNNING", "2")]).await;
        fixture.whisul.plan("", Plan::song().until_told());
        let bobs = fixture.song(&fixture.bob, "a long song").await;
        fixture.song(&fixture.bob, "a short song").await;
        fixture.whisul.until_polled("a long song", 1).await;
        fixture.whisul.until_polled("a short song", 1).await;
        let anns = fixture.song(&fixture.ann, "the next song").await;
        anns.answer().await.unwrap();
        a_few_polls(&fixture).await;
        let mut database = connect(&fixture.folder().join("jobs.db")).await;

        // Before the submission, the bot checks whether the message still exists, unless it has
        // seen that a moment ago.
        let looks = || {
            let mut edits = fixture.discord.requests().matching("PATCH", EDITS);
            edits.retain(|edit| edit.json().to_string().contains("the next song"));
            edits
        };
        let slow = Fault::on("PATCH", EDITS).delay(Duration::from_secs(2));
        let slow = fixture.discord.faults().add(slow);
        let before = looks().len();
        fixture.whisul.finish("a short song");
        fixture.discord.until("the last look", || (looks().len() > before).then_some(())).await;
        sqlx::raw_sql("BEGIN IMMEDIATE").execute(&mut database).await.unwrap();
        fixture.discord.faults().remove(slow);
        let seen = || looks().iter().all(|look| look.status.is_some()).then_some(());
        fixture.discord.until("what it sees", seen).await;
        // By then, the bot waits for the database.
        a_few_polls(&fixture).await;
        Self { fixture, bobs, anns, database }
    }

    /// The database is free again.
    async fn let_go(&mut self) {
        sqlx::raw_sql("ROLLBACK").execute(&mut self.database).await.unwrap();
    }

    /// Ann's song is made after all, and was sent once.
    async fn comes(self) {
        self.fixture.whisul.until_accepted("the next song").await;
        self.fixture.whisul.finish("the next song");
        done(&self.anns).await;
        assert_eq!(self.fixture.submissions("the next song"), 1);
        self.database.close().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outage_holds_back_the_next_prompt() {
    let mut held = Held::new().await;
    let outage = held.fixture.whisul.faults().add(Fault::on("*", "/api/**").status(502));
    let away = |message: &Message| description(message).contains("Whisul can't be reached");
    held.bobs.until("the news that Whisul is away", away).await;
    held.let_go().await;
    held.anns.until("the same news", away).await;
    assert_eq!(held.fixture.submissions("the next song"), 0);
    held.fixture.whisul.faults().remove(outage);
    held.comes().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_holds_back_the_next_prompt() {
    let mut held = Held::new().await;
    held.fixture.ask_to_stop();
    let gone = || (held.fixture.discord.sessions().connected == 0).then_some(());
    held.fixture.discord.until("the connection to close", gone).await;
    held.let_go().await;
    held.fixture.bot_exit().await.unwrap();
    assert_eq!(held.fixture.submissions("the next song"), 0);
    held.fixture.start_and_wait_until_ready().await;
    held.comes().await;
}
