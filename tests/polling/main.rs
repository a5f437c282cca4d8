//! How soon a song's end is noticed and with how many polls, compared with polls at fixed times.
//!
//! `cargo test --test polling -- --nocapture` prints the tables of `docs/polling.md`.
#![expect(
    clippy::cast_precision_loss,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]

mod budget;
#[path = "../estimates/chance.rs"]
mod chance;
mod songs;
mod worlds;

/// Prints a table, which the page about polls shows.
fn is_documented(table: &str) {
    println!("{table}");
    let page = include_str!("../../docs/polling.md");
    assert!(page.contains(table), "docs/polling.md shows another table than:\n{table}");
}
