//! The bot itself makes a mistake: a song's task panics. Here it does so when it looks at the clock,
//! to understand an answer of Whisul's.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::SystemTime,
};

use sandbox::{DiscordRules, Plan, WhisulRules};
use whisul_bot::MachineClock;

use crate::world::{World, description, done, failed};

/// A world with one song at a time, and one for each person, on a machine with this clock.
async fn world(clock: MachineClock) -> World {
    let settings = [("MAX_RUNNING", "1"), ("USER_CONCURRENCY", "1"), ("USER_QUOTA", "1/1d")];
    let mut world = World::asleep(&settings, DiscordRules::default(), WhisulRules::default()).await;
    world.whisul.plan("", Plan::song().until_told());
    world.set_clock(clock);
    world.wake_bot().await;
    world
}

/// The time, unless there is to be a mistake.
fn time_or(mistake: &AtomicBool) -> SystemTime {
    assert!(!mistake.swap(false, Ordering::SeqCst), "a mistake on purpose");
    SystemTime::now()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_song_whose_task_panics_is_followed_on() {
    static MISTAKE: AtomicBool = AtomicBool::new(false);
    let world = world(|| time_or(&MISTAKE)).await;
    let asked = world.song(&world.ann, "a song").await;
    world.whisul.until_polled("a song", 1).await;
    MISTAKE.store(true, Ordering::SeqCst);
    let polls = world.whisul.until_polled("a song", 1).await.polls;
    world.whisul.until_polled("a song", polls + 2).await;
    assert!(!MISTAKE.load(Ordering::SeqCst));
    world.whisul.finish("a song");
    done(&asked).await;
    assert_eq!(world.submissions("a song"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_submission_that_panics_is_settled_and_holds_up_nobody() {
    static MISTAKE: AtomicBool = AtomicBool::new(false);
    let world = world(|| time_or(&MISTAKE)).await;
    MISTAKE.store(true, Ordering::SeqCst);
    let asked = world.song(&world.ann, "a song").await;
    let told = failed(&asked).await;
    assert!(description(&told).contains("nobody knows whether it took the prompt"));
    assert_eq!(world.submissions("a song"), 1);
    let next = world.song_once_free(&world.ann, "another song").await;
    world.whisul.until_accepted("another song").await;
    world.whisul.finish("another song");
    done(&next).await;
}
