//! Power loss: what others were told is on disk, whichever part of what was not synced a disk has
//! kept.
//!
//! The real program runs while `record.c` records what it writes, syncs and sends. From that record
//! follow the states in which a power cut could have left the disk, at each sync and in between. Each
//! is opened, and compared with what others had been told by then.
//!
//! `STATES=20 cargo test --test power_loss -- --nocapture` tries more states of each moment and prints
//! the figures; `SEED=…` repeats the choices of an earlier run.
#![cfg(target_os = "linux")]
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

mod choice;
mod disk;
#[path = "../crash/fixture.rs"]
#[expect(dead_code, reason = "the crash test needs more of it")]
mod fixture;
mod life;
#[path = "../crash/program.rs"]
#[expect(dead_code, reason = "the crash test needs more of it")]
mod program;
mod recording;
mod replay;
mod requests;
mod rows;
mod told;

use std::{collections::BTreeMap, sync::Arc, time::Instant};

use disk::Disk;
use fastrand::Rng;
use life::Life;
use replay::{Replay, Verdict};

/// The states of each moment that are tried, if there are more.
const STATES: usize = 6;

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().expect(name))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_others_were_told_survives_a_power_cut() {
    let seed = number("SEED").unwrap_or_else(|| fastrand::u64(..));
    let states = number("STATES").map_or(STATES, |states| states.try_into().unwrap());
    println!("SEED={seed} STATES={states}");
    let begun = Instant::now();
    let mut life = Life::new().await;
    let blank = Disk::load(&life.recorder.folder);
    life.live().await;
    let events = life.recorder.events();
    let context = life.context().await;
    println!("recorded {} events in {:.1?}", events.len(), begun.elapsed());
    let told = context.told(&requests::requests(&events));
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    for told in &told {
        *kinds.entry(told.fact.kind()).or_default() += 1;
    }
    println!("{kinds:?}");
    assert_eq!(kinds.len(), 8, "everything that can be told was told");
    let mut writes: BTreeMap<(String, bool), (usize, usize)> = BTreeMap::new();
    for event in &events {
        match event {
            recording::Event::Write { name, offset, .. } => {
                writes.entry((name.clone(), *offset == 0)).or_default().0 += 1
            }
            recording::Event::Synced { target: recording::Target::File { name, .. }, .. } => {
                writes.entry((name.clone(), false)).or_default().1 += 1
            }
            recording::Event::Synced { target: recording::Target::Folder(name), .. } => {
                writes.entry((name.clone(), true)).or_default().1 += 1
            }
            _ => {}
        }
    }
    println!("{writes:?}");
    let mut seen = blank.clone();
    for event in &events {
        seen.apply(event);
    }
    let (seen, real) = (seen.seen(), disk::found_in(&life.recorder.folder));
    println!(
        "{:?} {:?}",
        seen.iter().map(|(k, v)| (k, v.len())).collect::<Vec<_>>(),
        real.iter().map(|(k, v)| (k, v.len())).collect::<Vec<_>>()
    );
    assert!(seen == real);
    let replay = Replay {
        begin: blank,
        events,
        database: "data/jobs.db",
        told: Arc::new(told),
        end: Arc::new(context.rows),
    };
    let verdict = replay.judge(states, &mut Rng::with_seed(seed)).await;
    let Verdict { moments, states, starts, losses, .. } = verdict;
    println!(
        "{states} states of {moments} moments, {starts} started on, {losses} lost something, {:.1?}",
        begun.elapsed()
    );
    assert!(verdict.lost.is_empty(), "SEED={seed}\n{}", verdict.lost.join("\n"));
    life.clean_up();
}
