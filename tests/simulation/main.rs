//! A seeded simulation of a job's life: the rules of `domain` under random events, delays, faults
//! and crashes, in which everything is forgotten that was not yet written. Whatever others can see
//! is held against what the bot promises, at every step.
//!
//! Each world follows from its seed alone. `LIVES=1000000 cargo test --release --test simulation`
//! lives through more of them; `SEED=… cargo test --test simulation -- --nocapture` tells the story
//! of one.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod agenda;
mod asking;
mod bot;
mod chance;
mod discord;
mod disk;
mod people;
mod promises;
mod singing;
mod weather;
mod whisul;
mod world;

use std::{
    collections::BTreeMap,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    thread,
    time::Instant,
};

use world::{End, Sights, live};

/// How many jobs are lived through unless `LIVES` says otherwise: a few seconds' worth.
const LIVES: u64 = 50_000;

/// What has to be seen among so many lives, lest a promise is kept only because nothing happens.
const SIGHTS: [&str; 22] = [
    "killed",
    "refused by a limit",
    "asked twice by one interaction",
    "written down too late, or not surely",
    "completed",
    "withdrawn",
    "cancelled",
    "too late",
    "rejected",
    "refused",
    "not generated",
    "vanished",
    "given up",
    "of unknown fate",
    "delivered by token",
    "delivered through the channel",
    "delivered in a new message",
    "delivered in a new message, tried again",
    "delivered in a new message, found again",
    "a person deleted the message",
    "no way was left",
    "the bot may not look",
];

#[test]
fn no_promise_is_broken_whatever_happens() {
    if let Some(seed) = number("SEED") {
        let end = world_of(seed, true);
        println!("{}", end.story.join("\n"));
        assert_eq!(end.broken, None, "seed {seed}");
        return;
    }
    let lives = number("LIVES").unwrap_or(LIVES);
    let began = Instant::now();
    let (total, next, failed) = (AtomicU64::new(0), AtomicU64::new(0), AtomicBool::new(false));
    let search = || {
        let (mut happenings, mut sights) = (0, Sights::new());
        while total.load(Ordering::Relaxed) < lives && !failed.load(Ordering::Relaxed) {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            let end = world_of(seed, false);
            total.fetch_add(end.lives, Ordering::Relaxed);
            happenings += end.happenings;
            for (sight, times) in end.sights {
                *sights.entry(sight).or_default() += times;
            }
            if end.broken.is_some() {
                failed.store(true, Ordering::Relaxed);
                return (happenings, sights, Some(seed));
            }
        }
        (happenings, sights, None)
    };
    let threads = thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let found: Vec<_> = thread::scope(|scope| {
        let searches: Vec<_> = (0..threads).map(|_| scope.spawn(search)).collect();
        searches.into_iter().map(|search| search.join().unwrap()).collect()
    });
    let mut sights: Sights = BTreeMap::new();
    let mut happenings = 0;
    for (more, seen, seed) in found {
        if let Some(seed) = seed {
            let end = world_of(seed, true);
            let story = end.story.join("\n");
            panic!(
                "{story}\n\n{}\nSEED={seed} cargo test --test simulation tells this again",
                end.broken.unwrap_or_default()
            );
        }
        happenings += more;
        for (sight, times) in seen {
            *sights.entry(sight).or_default() += times;
        }
    }
    let (lives_lived, took) = (total.into_inner(), began.elapsed().as_secs_f64());
    println!("{lives_lived} lives, {happenings} happenings in {took:.1} s: {sights:#?}");
    if lives >= LIVES {
        for sight in SIGHTS {
            assert!(sights.contains_key(sight), "nothing was ever {sight}");
        }
    }
}

/// The world of a seed. Whatever stops it is a broken promise, too.
fn world_of(seed: u64, telling: bool) -> End {
    catch_unwind(AssertUnwindSafe(|| live(seed, telling))).unwrap_or_else(|_| End {
        lives: 0,
        happenings: 0,
        sights: Sights::new(),
        broken: Some("it stops for no reason".to_owned()),
        story: Vec::new(),
    })
}

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok().map(|text| text.parse().expect("a number"))
}
