//! How the bot ends when it is asked to, and how the program tells.

use std::time::{Duration, Instant};

use sandbox::{DiscordRules, Fault, Plan, WhisulRules};
use whisul_bot::messages::text;

use crate::{
    program::Program,
    storage_trouble::connect,
    world::{DEADLINE, World, done, is_done, title},
};

const GENERATE: &str = "/api/generate";

/// A world without a bot, in which songs take until they are told to end.
async fn without_bot(settings: &[(&str, &str)]) -> World {
    let world = World::asleep(settings, DiscordRules::default(), WhisulRules::default()).await;
    world.whisul.plan("", Plan::song().until_told());
    world
}

/// Waits until the bot has sent a prompt to Whisul.
async fn until_submitted(world: &World) {
    let sent = || (world.whisul.requests().count("POST", GENERATE) > 0).then_some(());
    sandbox::until("the submission", &world.whisul.changed(), sent).await;
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn a_stop_that_was_asked_for_is_a_success_even_without_discord() {
    let world = without_bot(&[]).await;
    world.discord.stop().await.unwrap();
    for signal in ["TERM", "INT"] {
        let program = Program::logged(&world);
        program.until_it_listens();
        program.signal(signal);
        assert_eq!(program.end(&world).0, Some(0), "{signal}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_song_under_way_does_not_hold_up_the_stop_and_goes_on_at_the_next_start() {
    let mut world = without_bot(&[]).await;
    let program = Program::logged(&world);
    world.discord.until_ready().await;
    let asked = world.song(&world.ann, "an old waltz").await;
    asked.until("a song under way", |message| title(message) == "🎼 Composing").await;
    program.signal("TERM");
    let (code, log) = program.end(&world);
    assert_eq!(code, Some(0), "{log}");
    assert!(!log.contains("not everything ended in time"), "{log}");
    assert!(!log.contains("waltz"), "no prompt reaches the log: {log}");
    world.whisul.finish("an old waltz");
    world.wake_bot().await;
    done(&asked).await;
    assert_eq!(world.whisul.jobs().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_grace_period_ends_even_a_whisul_that_hangs() {
    let world = without_bot(&[("SHUTDOWN_GRACE", "300ms")]).await;
    world.whisul.faults().add(Fault::on("POST", GENERATE).hang());
    let program = Program::logged(&world);
    world.discord.until_ready().await;
    world.song(&world.ann, "a song").await;
    until_submitted(&world).await;
    let waiting = Instant::now();
    program.signal("TERM");
    let (code, log) = program.end(&world);
    assert_eq!(code, Some(0), "{log}");
    // Ten seconds would be the default.
    assert!(waiting.elapsed() < Duration::from_secs(8), "{log}");
    assert!(log.contains("not everything ended in time"), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn discord_is_taken_leave_of_however_long_whisul_takes() {
    let mut world = without_bot(&[]).await;
    let slow = Fault::on("POST", GENERATE).times(1).delay(Duration::from_secs(3));
    world.whisul.faults().add(slow);
    world.wake_bot().await;
    let asked = world.song(&world.ann, "a song").await;
    until_submitted(&world).await;
    world.ask_to_stop();
    let gone = || (world.discord.sessions().connected == 0).then_some(());
    world.discord.until("the connection to close", gone).await;
    assert_eq!(world.whisul.accepted("a song"), 0, "the prompt is still on its way");
    world.bots_end().await.unwrap();
    world.whisul.finish("a song");
    world.wake_bot().await;
    done(&asked).await;
    assert_eq!(world.submissions("a song"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_waits_until_what_whisul_answered_can_be_written_down() {
    let mut world = without_bot(&[]).await;
    let slow = Fault::on("POST", GENERATE).times(1).delay(Duration::from_secs(1));
    world.whisul.faults().add(slow);
    world.wake_bot().await;
    let asked = world.song(&world.ann, "a song").await;
    until_submitted(&world).await;
    // Nothing can be written about the song, and each try is counted: what came before a failure
    // stands (<https://www.sqlite.org/lang_createtrigger.html>, RAISE).
    let mut other = connect(&world.folder().join("jobs.db")).await;
    let refuse = "CREATE TABLE tries (try INTEGER); \
        CREATE TRIGGER refuse BEFORE UPDATE ON jobs BEGIN \
            INSERT INTO tries VALUES (1); SELECT RAISE(FAIL, 'not now'); END";
    sqlx::raw_sql(refuse).execute(&mut other).await.unwrap();
    world.ask_to_stop();
    let tried = async {
        let tries = "SELECT COUNT(*) FROM tries";
        while sqlx::query_scalar::<_, i64>(tries).fetch_one(&mut other).await.unwrap() < 1 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(DEADLINE, tried).await.expect("a try in vain");
    sqlx::raw_sql("DROP TRIGGER refuse").execute(&mut other).await.unwrap();
    world.bots_end().await.unwrap();
    assert_eq!(world.whisul.accepted("a song"), 1);
    world.whisul.finish("a song");
    world.wake_bot().await;
    done(&asked).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_in_line_is_not_submitted_while_the_bot_stops() {
    let slowly = ("WHISUL_RATE_LIMIT", "1/4s");
    let mut world = without_bot(&[("MAX_RUNNING", "1"), slowly]).await;
    world.wake_bot().await;
    world.song(&world.bob, "the first song").await;
    world.whisul.until_accepted("the first song").await;
    let asked = world.song(&world.ann, "the next song").await;
    asked.answer().await.unwrap();
    // Ann's turn comes, and edits before and after the wait for Whisul's rate limit are to show
    // whether her message still stands. During the last one the bot is asked to stop, and Whisul
    // takes its time.
    let slow = Fault::on("PATCH", "/api/v10/webhooks/**").delay(Duration::from_secs(2));
    let slow = world.discord.faults().add(slow);
    let hang = world.whisul.faults().add(Fault::on("POST", GENERATE).hang());
    let edits = || {
        let edits = world.discord.requests().matching("PATCH", "/api/v10/webhooks/**");
        edits.iter().filter(|edit| edit.json().to_string().contains("the next song")).count()
    };
    let before = edits();
    world.whisul.finish("the first song");
    world.discord.until("the last edit", || (edits() >= before + 2).then_some(())).await;
    world.stop_bot().await;
    world.discord.faults().remove(slow);
    world.whisul.faults().remove(hang);
    world.wake_bot().await;
    world.whisul.until_accepted("the next song").await;
    world.whisul.finish("the next song");
    done(&asked).await;
    assert_eq!(world.submissions("the next song"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_signal_ends_it_at_once() {
    let world = without_bot(&[("SHUTDOWN_GRACE", "1h")]).await;
    world.whisul.faults().add(Fault::on("POST", GENERATE).hang());
    let program = Program::logged(&world);
    world.discord.until_ready().await;
    world.song(&world.ann, "a song").await;
    until_submitted(&world).await;
    program.signal("TERM");
    // Signals of one kind are one while they wait to be handled; two kinds are two.
    program.signal("INT");
    assert_eq!(program.end(&world).0, Some(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn while_it_stops_nothing_is_taken_on_and_whoever_was_first_is_answered() {
    let mut world = World::new().await;
    world.whisul.plan("", Plan::song().takes(Duration::ZERO));
    let answer = "/api/v10/interactions/*/*/callback";
    let slow = Fault::on("POST", answer).times(1).delay(Duration::from_millis(1500));
    world.discord.faults().add(slow);
    let asked = world.song(&world.ann, "a song").await;
    let on_its_way = || (world.discord.requests().count("POST", answer) > 0).then_some(());
    world.discord.until("an answer on its way", on_its_way).await;
    world.ask_to_stop();
    let refusal = loop {
        let bobs = world.song(&world.bob, "another").await.answer().await.unwrap();
        if bobs.ephemeral() {
            break bobs.content;
        }
    };
    assert_eq!(refusal, text::STOPPING);
    world.bots_end().await.unwrap();
    let first = asked.message().expect("an answer before the end");
    assert!(!is_done(&first));
    world.wake_bot().await;
    assert_eq!(done(&asked).await.id, first.id);
}
