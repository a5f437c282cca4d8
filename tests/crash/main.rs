//! Kills the bot again and again, and looks for songs that are lost, paid for twice or announced twice.
//!
//! The real binary runs on the sandbox while people ask for songs and requests fail. It is killed
//! at random instants and on either side of every write by name. In the end all faults are cleared,
//! the bot settles its jobs, and the audit compares what everybody saw.
//!
//! `KILLS=600 cargo test --test crash -- --nocapture` hunts for longer and prints the figures.
//! `SEED=…` repeats the random choices of an earlier run; what they meet still depends on the
//! machine.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod audit;
mod crash_run;
mod faults;
mod fixture;
mod load;
mod program;
mod scenes;

use crash_run::CrashRun;

/// Enough for each side of each write once, and some random instants.
const KILLS: usize = 36;

#[tokio::test(flavor = "multi_thread")]
async fn no_crash_loses_a_song_or_pays_for_it_twice() {
    let number = |name: &str| std::env::var(name).ok().map(|text| text.parse().expect(name));
    let seed = number("SEED").unwrap_or_else(|| fastrand::u64(..));
    let kills = number("KILLS").map_or(KILLS, |kills| kills.try_into().expect("KILLS"));
    println!("SEED={seed} KILLS={kills}");
    let mut run = CrashRun::begin(seed).await;
    run.kill(kills).await;
    run.recover().await;
    let violations = run.check().await;
    assert!(violations.is_empty(), "SEED={seed}\n{}", violations.join("\n"));
}
