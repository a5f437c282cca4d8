//! Power loss: what others were told is on disk, whichever part of what was not synced a disk has
//! kept.
//!
//! The real program runs while `record.c` records what it writes, syncs and sends. From that record
//! follow the states in which a power cut could have left the disk, at each sync and in between. Each
//! is opened, and compared with what others had been told by then.
//!
//! `STATES=40 cargo test --test power_loss -- --nocapture` tries more states of each moment and prints
//! the figures; `SEED=…` repeats the choices of an earlier run.
#![cfg(target_os = "linux")]
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    reason = "a test stops at the first surprise"
)]

mod choice;
mod commands;
mod disk;
mod file;
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
mod restores;
mod rows;
mod scene;
mod songs;
mod told;

use fastrand::Rng;

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().expect(name))
}

/// How many states of each moment are tried, if there are more.
fn states(usually: usize) -> usize {
    number("STATES").map_or(usually, |states| states.try_into().unwrap())
}

/// Random numbers whose seed is printed.
fn random() -> Rng {
    let seed = number("SEED").unwrap_or_else(|| fastrand::u64(..));
    println!("SEED={seed}");
    Rng::with_seed(seed)
}
