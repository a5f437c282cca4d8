//! A seeded simulation of the real worker: `Jobs` with its queue, its circuit breaker, its delivery and
//! its real database, and the real clients of Discord and Whisul, under random events, delays, faults
//! and crashes. Whatever others can see is held against what the bot promises, at every step.
//!
//! `LIVES=100000 cargo test --release --test simulation -- --nocapture` lives through more jobs.
//! `ALL=1` goes on after a broken promise. `SEED=…` tells the story of one world. Where a promise is broken, the test prints what of the
//! world's plan that takes: `PLAN='…'` plays it again, even after plans are drawn otherwise.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod coverage;
mod discord;
mod discord_api;
mod discord_channels;
mod draw;
mod draw_faults;
mod events;
mod network;
mod people;
mod plan;
mod probes;
mod process;
mod promises;
mod rows;
mod search;
mod shrink;
mod storage;
mod sweep;
mod turns;
mod whisul;
mod world;

use std::{env::var, time::Instant};

use plan::Plan;
use process::End;
use search::{Found, search, world_of};
use shrink::shrunk;
use storage::Database;

/// How many jobs are lived through unless `LIVES` says otherwise: some seconds' worth without
/// optimization.
const LIVES: u64 = 1000;

#[test]
fn no_promise_is_broken_whatever_happens() {
    let given = var("PLAN").ok().map(|plan| serde_json::from_str(&plan).unwrap());
    let seed = var("SEED").ok().map(|seed| seed.parse().unwrap());
    if let Some(plan) = given.or(seed.map(draw::plan)) {
        return tell(&plan);
    }
    let lives = var("LIVES").map_or(LIVES, |lives| lives.parse().unwrap());
    let began = Instant::now();
    let found = search(lives, var("ALL").is_ok());
    let seconds = began.elapsed().as_secs_f64();
    let Found { worlds, calls, .. } = found;
    println!("{} lives in {worlds} worlds, {calls} calls in {seconds:.1} s", found.lives);
    if let Some(seed) = found.broken_by {
        println!("SEED={seed}");
        let (plan, database) = (draw::plan(seed), Database::new());
        let broken = world_of(plan.clone(), &database.storage, false).broken.unwrap_or_default();
        println!("the whole plan broke this: {broken}");
        tell(&shrunk(&plan, &broken, &database.storage));
        panic!("SEED={seed} broke a promise, but its shrunk plan did not");
    }
    coverage::check(&found.coverage, lives);
}

/// Plays a plan and tells its story.
fn tell(plan: &Plan) {
    let database = Database::new();
    let End { trace, broken, .. } = world_of(plan.clone(), &database.storage, true);
    println!("{}", trace.join("\n"));
    println!("PLAN='{}'", serde_json::to_string(plan).unwrap());
    assert_eq!(broken, None);
}

#[test]
fn the_same_seed_gives_the_same_trace() {
    let database = Database::new();
    for seed in 0..30 {
        let [one, other] = [(); 2].map(|()| {
            let End { trace, .. } = world_of(draw::plan(seed), &database.storage, true);
            trace
        });
        assert!(one.len() > 20, "SEED={seed}");
        let differs = one.iter().zip(&other).position(|(one, other)| one != other);
        let differs = differs.map(|line| (&one[line], &other[line]));
        assert_eq!(differs, None, "SEED={seed}");
        assert_eq!(one.len(), other.len(), "SEED={seed}");
    }
}

#[test]
fn a_printed_plan_is_the_plan() {
    for seed in 0..100 {
        let plan = draw::plan(seed);
        let printed = serde_json::to_string(&plan).unwrap();
        assert_eq!(serde_json::from_str::<Plan>(&printed).unwrap(), plan);
    }
}
