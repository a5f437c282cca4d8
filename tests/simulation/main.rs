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
mod hands;
mod people;
mod promises;
mod singing;
mod turns;
mod weather;
mod whisul;
mod wires;
mod world;
mod writing;

use std::{
    num::NonZero,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    thread,
    time::Instant,
};

use world::{End, Sights, live};

/// How many jobs are lived through unless `LIVES` says otherwise: a few seconds' worth.
const LIVES: u64 = 100_000;

/// What has to be seen among so many lives, lest a promise is kept only because nothing happens.
const SIGHTS: [&str; 40] = [
    "killed",
    "found accepted",
    "found announced",
    "found submitting",
    "found running",
    "found completed",
    "found failed",
    "found cancelled",
    "found while it was posted",
    "found with follow-ups left",
    "told that it starts at once",
    "refused by a limit",
    "asked twice by one interaction",
    "cancelled by another hand",
    "cancelled too late",
    "written down too late, or not surely",
    "completed",
    "abandoned",
    "cancelled",
    "too late",
    "rejected",
    "refused",
    "not generated",
    "vanished",
    "given up",
    "given up without a word",
    "ended by the owner",
    "turned away",
    "charged for what failed",
    "of unknown fate",
    "delivered by token",
    "delivered through the channel",
    "delivered in a new message",
    "delivered in a new message, tried again",
    "delivered in a new message, found again",
    "told that a song is ready",
    "files attached, or let go",
    "a person deleted the message",
    "no way was left",
    "the bot may not look",
];

#[test]
fn no_promise_is_broken_whatever_happens() {
    if let Some(seed) = number("SEED") {
        let end = world_of(seed, true);
        println!("{}", end.story.join("\n"));
        assert_eq!(end.broken, None, "SEED={seed}");
        return;
    }
    let lives = number("LIVES").unwrap_or(LIVES);
    let began = Instant::now();
    let sum = search(lives);
    if let Some(seed) = sum.broken_by {
        let End { story, broken, .. } = world_of(seed, true);
        let broken = broken.unwrap_or_default();
        panic!("{}\n{broken}\nSEED={seed} tells this again", story.join("\n"));
    }
    let seconds = began.elapsed().as_secs_f64();
    println!("{} lives, {} happenings in {seconds:.1} s", sum.lives, sum.happenings);
    println!("{:#?}", sum.sights);
    if lives >= LIVES {
        for sight in SIGHTS {
            assert!(sum.sights.contains_key(sight), "not seen: {sight}");
        }
    }
}

/// What came of many worlds together.
#[derive(Default)]
struct Sum {
    lives: u64,
    happenings: u64,
    sights: Sights,
    broken_by: Option<u64>,
}

impl Sum {
    fn add(&mut self, more: Self) {
        self.lives += more.lives;
        self.happenings += more.happenings;
        for (sight, times) in more.sights {
            *self.sights.entry(sight).or_default() += times;
        }
        self.broken_by = self.broken_by.or(more.broken_by);
    }
}

/// Lives through so many lives in the worlds of the seeds from 0 on, or until a promise is broken.
fn search(lives: u64) -> Sum {
    let (total, next_seed, broken) = (AtomicU64::new(0), AtomicU64::new(0), AtomicBool::new(false));
    let some_of_them = || {
        let mut sum = Sum::default();
        while total.load(Ordering::Relaxed) < lives && !broken.load(Ordering::Relaxed) {
            let seed = next_seed.fetch_add(1, Ordering::Relaxed);
            let End { lives, happenings, sights, broken: how, .. } = world_of(seed, false);
            total.fetch_add(lives, Ordering::Relaxed);
            broken.fetch_or(how.is_some(), Ordering::Relaxed);
            sum.add(Sum { lives, happenings, sights, broken_by: how.map(|_| seed) });
        }
        sum
    };
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(some_of_them)).collect();
        threads.into_iter().fold(Sum::default(), |mut sum, thread| {
            sum.add(thread.join().unwrap());
            sum
        })
    })
}

/// The world of a seed. Whatever stops it is a broken promise, too.
fn world_of(seed: u64, telling: bool) -> End {
    catch_unwind(AssertUnwindSafe(|| live(seed, telling))).unwrap_or_else(|_| End {
        lives: 0,
        happenings: 0,
        sights: Sights::new(),
        broken: Some("nothing panics: something did".to_owned()),
        story: Vec::new(),
    })
}

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok().map(|text| text.parse().expect("a number"))
}
