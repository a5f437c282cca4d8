//! A soak: the released program works for many people, song after song, while outages come and go.
//! Durations are shortened some fifty-fold, so that half an hour represents a day.
//!
//! `MINUTES=30 cargo bench --bench soak` prints the figures, and fails where the bot grows, loses a
//! song, pays for one twice, or keeps an error to itself. `SEED=…` repeats the choices of an
//! earlier soak.

#![expect(clippy::unwrap_used, reason = "a measurement stops at the first surprise")]

#[path = "../../tests/crash/audit.rs"]
#[expect(dead_code, reason = "the crash test needs more of it")]
mod audit;
mod fault_schedule;
#[path = "../../tests/crash/faults.rs"]
mod faults;
#[path = "../../tests/crash/fixture.rs"]
#[expect(dead_code, reason = "the crash test needs more of it")]
mod fixture;
#[path = "../../tests/crash/load.rs"]
mod load;
mod log_check;
#[path = "../../tests/crash/program.rs"]
#[expect(dead_code, reason = "the crash test needs more of it")]
mod program;
#[path = "../bot/resource_usage.rs"]
mod resource_usage;
mod soak;
mod usage_record;

use std::{process::ExitCode, time::Duration};

use soak::Soak;

#[tokio::main]
async fn main() -> ExitCode {
    let number = |name: &str| std::env::var(name).ok().map(|text| text.parse().unwrap());
    let seed = number("SEED").unwrap_or_else(|| fastrand::u64(..));
    let minutes = number("MINUTES").unwrap_or(1);
    println!("SEED={seed} MINUTES={minutes}");
    let mut soak = Soak::begin(seed).await;
    soak.run_for(Duration::from_mins(minutes)).await;
    soak.drain().await;
    let complaints = soak.check().await;
    for complaint in &complaints {
        println!("WRONG: {complaint}");
    }
    println!("{:7} complaints", complaints.len());
    if complaints.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
