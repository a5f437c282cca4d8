//! A hunt for songs that a crash loses, pays for twice, or tells of twice.
//!
//! The real binary runs on the sandbox while people ask for songs and things go wrong. It is killed
//! again and again: at random instants, and on either side of every write by name. In the end
//! everything is well again, the bot finishes what it has, and the books are checked.
//!
//! `KILLS=600 cargo test --test crash -- --nocapture` hunts for longer and prints the figures.
//! `SEED=…` repeats the random choices of an earlier hunt; what they meet still depends on the
//! machine.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod books;
mod faults;
mod hunt;
mod load;
mod program;
mod scenes;
mod town;

use hunt::Hunt;

/// Enough for each side of each write once, and some random instants.
const KILLS: usize = 36;

#[tokio::test(flavor = "multi_thread")]
async fn no_crash_loses_a_song_or_pays_for_it_twice() {
    let number = |name: &str| std::env::var(name).ok().map(|text| text.parse().expect(name));
    let seed = number("SEED").unwrap_or_else(|| fastrand::u64(..));
    let kills = number("KILLS").map_or(KILLS, |kills| kills.try_into().expect("KILLS"));
    println!("SEED={seed} KILLS={kills}");
    let mut hunt = Hunt::begin(seed).await;
    hunt.kill(kills).await;
    hunt.heal().await;
    let violations = hunt.check().await;
    assert!(violations.is_empty(), "SEED={seed}\n{}", violations.join("\n"));
}
