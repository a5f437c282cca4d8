//! How the bot ends when it is asked to, and how the program tells.

use std::time::{Duration, Instant};

use sandbox::{DiscordRules, Fault, Plan, WhisulRules};
use whisul_bot::messages::text;

use crate::{
    fixture::program::{Program, until_logged},
    fixture::{Fixture, done, is_done, title},
    storage::write_failures::connect,
};

const GENERATE: &str = "/api/generate";

/// A fixture without a bot, whose songs run until the test finishes them.
async fn without_bot(settings: &[(&str, &str)]) -> Fixture {
    let fixture =
        Fixture::without_bot(settings, DiscordRules::default(), WhisulRules::default()).await;
    fixture.whisul.plan("", Plan::song().until_told());
    fixture
}

/// Waits until the bot has sent a prompt to Whisul.
async fn until_submitted(fixture: &Fixture) {
    let sent = || (fixture.whisul.requests().count("POST", GENERATE) > 0).then_some(());
    sandbox::until("the submission", &fixture.whisul.changed(), sent).await;
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn a_requested_stop_succeeds_even_without_discord() {
    let fixture = without_bot(&[]).await;
    fixture.discord.stop().await.unwrap();
    for signal in ["TERM", "INT"] {
        let program = Program::logged(&fixture);
        program.until_it_listens();
        program.signal(signal);
        assert_eq!(program.end(&fixture).0, Some(0), "{signal}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_song_does_not_delay_the_stop_and_continues_at_the_next_start() {
    let mut fixture = without_bot(&[]).await;
    let program = Program::logged(&fixture);
    fixture.discord.until_ready().await;
    let asked = fixture.song(&fixture.ann, "an old waltz").await;
    asked.until("a song under way", |message| title(message) == "🎼 Composing").await;
    program.signal("TERM");
    let (code, log) = program.end(&fixture);
    assert_eq!(code, Some(0), "{log}");
    assert!(!log.contains("not everything ended in time"), "{log}");
    assert!(!log.contains("waltz"), "no prompt reaches the log: {log}");
    fixture.whisul.finish("an old waltz");
    fixture.start_and_wait_until_ready().await;
    done(&asked).await;
    assert_eq!(fixture.whisul.jobs().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_grace_period_ends_even_a_whisul_that_hangs() {
    let fixture = without_bot(&[("SHUTDOWN_GRACE", "300ms")]).await;
    fixture.whisul.faults().add(Fault::on("POST", GENERATE).hang());
    let program = Program::logged(&fixture);
    fixture.discord.until_ready().await;
    fixture.song(&fixture.ann, "a song").await;
    until_submitted(&fixture).await;
    let waiting = Instant::now();
    program.signal("TERM");
    let (code, log) = program.end(&fixture);
    assert_eq!(code, Some(0), "{log}");
    // Ten seconds would be the default.
    assert!(waiting.elapsed() < Duration::from_secs(8), "{log}");
    assert!(log.contains("not everything ended in time"), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_gateway_is_closed_before_the_grace_period_of_whisul_ends() {
    let mut fixture = without_bot(&[]).await;
    let slow = Fault::on("POST", GENERATE).times(1).delay(Duration::from_secs(3));
    fixture.whisul.faults().add(slow);
    fixture.start_and_wait_until_ready().await;
    let asked = fixture.song(&fixture.ann, "a song").await;
    until_submitted(&fixture).await;
    fixture.ask_to_stop();
    let gone = || (fixture.discord.sessions().connected == 0).then_some(());
    fixture.discord.until("the connection to close", gone).await;
    assert_eq!(fixture.whisul.accepted("a song"), 0, "the prompt is still on its way");
    fixture.bot_exit().await.unwrap();
    fixture.whisul.finish("a song");
    fixture.start_and_wait_until_ready().await;
    done(&asked).await;
    assert_eq!(fixture.submissions("a song"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_waits_until_what_whisul_answered_can_be_written_down() {
    let mut fixture = without_bot(&[]).await;
    let slow = Fault::on("POST", GENERATE).times(1).delay(Duration::from_secs(1));
    fixture.whisul.faults().add(slow);
    let program = Program::logged(&fixture);
    fixture.discord.until_ready().await;
    let asked = fixture.song(&fixture.ann, "a song").await;
    until_submitted(&fixture).await;
    let mut other = connect(&fixture.folder().join("jobs.db")).await;
    let refuse = "CREATE TRIGGER refuse BEFORE UPDATE ON jobs \
        BEGIN SELECT RAISE(ABORT, 'not now'); END";
    sqlx::raw_sql(refuse).execute(&mut other).await.unwrap();
    program.signal("TERM");
    until_logged(&fixture, "writing the job's state failed");
    sqlx::raw_sql("DROP TRIGGER refuse").execute(&mut other).await.unwrap();
    assert_eq!(program.end(&fixture).0, Some(0));
    assert_eq!(fixture.whisul.accepted("a song"), 1);
    fixture.whisul.finish("a song");
    fixture.start_and_wait_until_ready().await;
    done(&asked).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn waiting_songs_are_not_submitted_while_the_bot_stops() {
    let slowly = ("WHISUL_RATE_LIMIT", "1/4s");
    let mut fixture = without_bot(&[("MAX_RUNNING", "1"), slowly]).await;
    fixture.start_and_wait_until_ready().await;
    fixture.song(&fixture.bob, "the first song").await;
    fixture.whisul.until_accepted("the first song").await;
    let asked = fixture.song(&fixture.ann, "the next song").await;
    asked.answer().await.unwrap();
    // Ann's turn comes, and edits before and after the wait for Whisul's rate limit are to show
    // whether her message still stands. During the last one the bot is asked to stop, and Whisul
    // takes its time.
    let slow = Fault::on("PATCH", "/api/v10/webhooks/**").delay(Duration::from_secs(2));
    let slow = fixture.discord.faults().add(slow);
    let hang = fixture.whisul.faults().add(Fault::on("POST", GENERATE).hang());
    let edits = || {
        let edits = fixture.discord.requests().matching("PATCH", "/api/v10/webhooks/**");
        edits.iter().filter(|edit| edit.json().to_string().contains("the next song")).count()
    };
    let before = edits();
    fixture.whisul.finish("the first song");
    fixture.discord.until("the last edit", || (edits() >= before + 2).then_some(())).await;
    fixture.stop_bot().await;
    fixture.discord.faults().remove(slow);
    fixture.whisul.faults().remove(hang);
    fixture.start_and_wait_until_ready().await;
    fixture.whisul.until_accepted("the next song").await;
    fixture.whisul.finish("the next song");
    done(&asked).await;
    assert_eq!(fixture.submissions("the next song"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_signal_ends_it_at_once() {
    let fixture = without_bot(&[("SHUTDOWN_GRACE", "1h")]).await;
    fixture.whisul.faults().add(Fault::on("POST", GENERATE).hang());
    let program = Program::logged(&fixture);
    fixture.discord.until_ready().await;
    fixture.song(&fixture.ann, "a song").await;
    until_submitted(&fixture).await;
    program.signal("TERM");
    // Signals of one kind are one while they wait to be handled; two kinds are two.
    program.signal("INT");
    assert_eq!(program.end(&fixture).0, Some(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopping_bot_accepts_no_song_and_answers_earlier_requests() {
    let mut fixture = Fixture::new().await;
    fixture.whisul.plan("", Plan::song().takes(Duration::ZERO));
    let answer = "/api/v10/interactions/*/*/callback";
    let slow = Fault::on("POST", answer).times(1).delay(Duration::from_millis(1500));
    fixture.discord.faults().add(slow);
    let asked = fixture.song(&fixture.ann, "a song").await;
    let on_its_way = || (fixture.discord.requests().count("POST", answer) > 0).then_some(());
    fixture.discord.until("a response on its way", on_its_way).await;
    fixture.ask_to_stop();
    let refusal = loop {
        let bobs = fixture.song(&fixture.bob, "another").await.answer().await.unwrap();
        if bobs.ephemeral() {
            break bobs.content;
        }
    };
    assert_eq!(refusal, text::STOPPING);
    fixture.bot_exit().await.unwrap();
    let first = asked.message().expect("a response before the end");
    assert!(!is_done(&first));
    fixture.start_and_wait_until_ready().await;
    assert_eq!(done(&asked).await.id, first.id);
}
