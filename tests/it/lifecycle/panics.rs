//! The bot itself makes a mistake: a song's task panics. Here it does so when it looks at the clock,
//! to understand a response of Whisul's.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::SystemTime,
};

use sandbox::{DiscordRules, Plan, WhisulRules};
use whisul_bot::MachineClock;

use crate::{
    fixture::program::{Program, program},
    fixture::{Fixture, description, done, failed},
};

/// A fixture with one song at a time, and one for each person, on a machine with this clock.
async fn fixture(clock: MachineClock) -> Fixture {
    let settings = [("MAX_RUNNING", "1"), ("USER_CONCURRENCY", "1"), ("USER_QUOTA", "1/1d")];
    let mut fixture =
        Fixture::without_bot(&settings, DiscordRules::default(), WhisulRules::default()).await;
    fixture.whisul.plan("", Plan::song().until_told());
    fixture.set_clock(clock);
    fixture.start_and_wait_until_ready().await;
    fixture
}

/// The time, unless there is to be a mistake.
fn time_or(mistake: &AtomicBool) -> SystemTime {
    assert!(!mistake.swap(false, Ordering::SeqCst), "a mistake on purpose");
    SystemTime::now()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_song_whose_task_panics_continues() {
    static MISTAKE: AtomicBool = AtomicBool::new(false);
    let fixture = fixture(|| time_or(&MISTAKE)).await;
    let asked = fixture.song(&fixture.ann, "a song").await;
    fixture.whisul.until_polled("a song", 1).await;
    MISTAKE.store(true, Ordering::SeqCst);
    let polls = fixture.whisul.until_polled("a song", 1).await.polls;
    fixture.whisul.until_polled("a song", polls + 2).await;
    assert!(!MISTAKE.load(Ordering::SeqCst));
    fixture.whisul.finish("a song");
    done(&asked).await;
    assert_eq!(fixture.submissions("a song"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_submission_that_panics_is_settled_and_delays_nobody_else() {
    static MISTAKE: AtomicBool = AtomicBool::new(false);
    let fixture = fixture(|| time_or(&MISTAKE)).await;
    MISTAKE.store(true, Ordering::SeqCst);
    let asked = fixture.song(&fixture.ann, "a song").await;
    let told = failed(&asked).await;
    assert!(description(&told).contains("I can't tell whether it arrived"));
    assert_eq!(fixture.submissions("a song"), 1);
    let next = fixture.song_once_allowed(&fixture.ann, "another song").await;
    fixture.whisul.until_accepted("another song").await;
    fixture.whisul.finish("another song");
    done(&next).await;
}

/// The first request panics at this step of its life, in the real program, which may make one song
/// at a time. Returns what became of it, once the next person has had a song.
async fn a_request_that_panics(step: &str) -> (Fixture, sandbox::Invocation, Program) {
    let settings = [("MAX_RUNNING", "1"), ("USER_CONCURRENCY", "1"), ("USER_QUOTA", "1/1d")];
    let fixture =
        Fixture::without_bot(&settings, DiscordRules::default(), WhisulRules::default()).await;
    fixture.whisul.plan("", Plan::song().takes(std::time::Duration::ZERO));
    let mut command = program(&fixture, &[]);
    let program = Program::start(&fixture, command.env("WHISUL_BOT_PANIC_AT", step)).await;
    let asked = fixture.song(&fixture.ann, "a song of bad luck").await;
    // Whatever it is: hers is the first request, and the next one comes later.
    _ = asked.answer().await;
    done(&fixture.song(&fixture.bob, "a song of somebody else").await).await;
    (fixture, asked, program)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_panics_before_its_first_response_costs_nothing() {
    let (fixture, _asked, _program) = a_request_that_panics("answer.before:1").await;
    done(&fixture.song_once_allowed(&fixture.ann, "another song").await).await;
    assert_eq!(fixture.submissions("bad luck"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_panics_after_its_first_response_still_makes_a_song() {
    let (fixture, asked, _program) = a_request_that_panics("answer.after:1").await;
    done(&asked).await;
    assert_eq!(fixture.submissions("bad luck"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_admission_that_panics_costs_nothing() {
    for step in ["admission.before:1", "admission.after:1"] {
        let (fixture, _asked, _program) = a_request_that_panics(step).await;
        done(&fixture.song_once_allowed(&fixture.ann, "another song").await).await;
        assert_eq!(fixture.submissions("bad luck"), 0, "{step}");
    }
}
