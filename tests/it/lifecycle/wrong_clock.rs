//! The machine's clock is wrong, or is set while songs are made. Discord's is right throughout.

use std::{
    sync::Mutex,
    time::{Duration, SystemTime},
};

use sandbox::{Fault, Invocation, Message, Plan, until};
use whisul_bot::MachineClock;

use crate::fixture::{Fixture, description, done, is_done, song_at};

const YEAR: Duration = Duration::from_hours(24 * 365);

fn a_year_ahead() -> SystemTime {
    SystemTime::now() + YEAR
}

fn a_year_behind() -> SystemTime {
    SystemTime::now() - YEAR
}

/// A fixture without the bot, where long songs are done when they are told to be. Two songs are made
/// at a time, and each person has three a day.
async fn patient_world() -> Fixture {
    let mut fixture = Fixture::with(&[("MAX_RUNNING", "2"), ("USER_QUOTA", "3/1d")]).await;
    fixture.stop_bot().await;
    fixture.whisul.plan("long", Plan::song().until_told());
    fixture
}

/// The requests for songs, with their answers.
struct Asked {
    /// Ann's three songs: the second is a long one, and the third waits in the queue.
    anns: Vec<(Invocation, Message)>,
    /// Bob's song, a long one too, where nothing but its interaction's token reaches.
    bobs: (Invocation, Message),
}

impl Asked {
    async fn songs(fixture: &Fixture) -> Self {
        let elsewhere = fixture.discord.add_server_without_bot("Elsewhere");
        let far = elsewhere.add_channel("general");
        elsewhere.join(&fixture.bob);
        fixture.bob.install_app();
        let mut anns = Vec::new();
        for prompt in ["a quick song", "a long song at home", "a song in line"] {
            let asked = fixture.song(&fixture.ann, prompt).await;
            let first = asked.answer().await.unwrap();
            anns.push((asked, first));
        }
        let bobs = song_at(&fixture.bob.at(&far), "a long song from afar").await;
        let first = bobs.answer().await.unwrap();
        for prompt in ["at home", "from afar"] {
            fixture.whisul.until_accepted(prompt).await;
        }
        Self { anns, bobs: (bobs, first) }
    }

    /// Ann's songs come, each in the message that answered first, and none was sent twice.
    async fn come(&self, fixture: &Fixture) {
        for (asked, first) in &self.anns {
            assert_eq!(done(asked).await.id, first.id);
        }
        fixture.whisul.until_finished("a long song from afar").await;
        assert_eq!(fixture.whisul.jobs().len(), 4);
        quota_is_exact(fixture).await;
    }
}

/// Ann's three songs are charged: she gets no fourth.
async fn quota_is_exact(fixture: &Fixture) {
    let refusal = fixture.one_more(&fixture.ann).await.unwrap_err();
    assert!(refusal.contains("You have used up your 3 songs a day"), "{refusal}");
}

/// Waits until Whisul was asked a few times more for the long song.
async fn polled_on(fixture: &Fixture) {
    let polls = || {
        let jobs = fixture.whisul.jobs().into_iter();
        jobs.filter(|job| job.prompt == "a long song at home").map(|job| job.polls).sum::<usize>()
    };
    let before = polls();
    until("more polls", &fixture.whisul.changed(), || (polls() > before + 3).then_some(())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_jumps_ends_no_song_and_adds_no_quota() {
    static CLOCK: Mutex<MachineClock> = Mutex::new(SystemTime::now);
    for jump in [a_year_ahead, a_year_behind] {
        let mut fixture = patient_world().await;
        fixture.set_clock(|| CLOCK.lock().unwrap()());
        fixture.start_and_wait_until_ready().await;
        let asked = Asked::songs(&fixture).await;

        *CLOCK.lock().unwrap() = jump;
        polled_on(&fixture).await;
        quota_is_exact(&fixture).await;
        fixture.whisul.finish("long");
        asked.come(&fixture).await;
        // The jump has not made anybody believe that its token is void.
        assert_eq!(done(&asked.bobs.0).await.id, asked.bobs.1.id);
        assert_eq!(fixture.bob.dm().messages().len(), 0);
        *CLOCK.lock().unwrap() = SystemTime::now;
    }
}

/// A start by a wrong clock, with songs of an earlier run left over: one to be delivered, one at
/// Whisul, and those in line. Until they are done, nobody says a word from which the bot could tell
/// the time.
async fn started_by(clock: MachineClock) {
    let mut fixture = patient_world().await;
    fixture.start_and_wait_until_ready().await;
    let refused = Fault::on("PATCH", "/api/v10/webhooks/**").status(500);
    let fault = fixture.discord.faults().add(refused);
    let asked = Asked::songs(&fixture).await;
    fixture.stop_bot().await;
    fixture.discord.faults().remove(fault);

    fixture.set_clock(clock);
    fixture.start_and_wait_until_ready().await;
    polled_on(&fixture).await;
    fixture.whisul.finish("long");
    asked.come(&fixture).await;
    // A bot that takes the token for expired sends the song to Bob by DM.
    let bobs_song = || {
        let here = asked.bobs.0.message().filter(is_done);
        here.or_else(|| fixture.bob.dm().messages().into_iter().find(is_done))
    };
    let song = fixture.discord.until("Bob's song", bobs_song).await;
    assert!(song.text().contains("from afar"));
}

#[tokio::test(flavor = "multi_thread")]
async fn songs_survive_a_start_with_a_clock_that_is_a_year_fast() {
    started_by(a_year_ahead).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn songs_survive_a_start_with_a_clock_that_is_a_year_slow() {
    started_by(a_year_behind).await;
}

fn ten_seconds_before_the_last_words() -> SystemTime {
    SystemTime::now() + Duration::from_secs(13 * 60 + 50)
}

/// Ann waits for a long song where nothing but its interaction's token reaches, and the bot has
/// come back when that is nearly void.
async fn nearly_out_of_reach(settings: &[(&str, &str)]) -> (Fixture, Invocation) {
    let mut fixture = Fixture::with(settings).await;
    fixture.whisul.plan("long", Plan::song().until_told());
    let elsewhere = fixture.discord.add_server_without_bot("Elsewhere");
    elsewhere.join(&fixture.ann);
    fixture.ann.install_app();
    let far = elsewhere.add_channel("general");
    let asked = song_at(&fixture.ann.at(&far), "a long song").await;
    fixture.whisul.until_polled("long", 1).await;
    fixture.stop_bot().await;
    fixture.set_clock(ten_seconds_before_the_last_words);
    fixture.start_and_wait_until_ready().await;
    (fixture, asked)
}

async fn last_words(asked: &Invocation) {
    let said = |message: &Message| description(message).contains("as a direct message");
    asked.until("the way in which the song will come", said).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_time_out_is_shown_in_time_however_rare_edits_are() {
    let (_world, asked) = nearly_out_of_reach(&[("EDIT_INTERVAL", "1h")]).await;
    last_words(&asked).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delayed_interaction_does_not_turn_back_the_clock() {
    let (fixture, asked) = nearly_out_of_reach(&[]).await;
    // By the bot's clock, Bob has asked a quarter of an hour ago, and it is too late to answer him.
    let void = r#"{"code": 10062, "message": "Unknown interaction"}"#;
    let answer = "/api/v10/interactions/*/*/callback";
    fixture.discord.faults().add(Fault::on("POST", answer).status(404).body(void));
    fixture.song(&fixture.bob, "an old wish").await;
    last_words(&asked).await;
}
