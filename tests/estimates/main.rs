//! How good estimates are: songs in many random worlds, and how often estimates come true.
//!
//! `cargo test --test estimates -- --nocapture` prints the tables of `docs/estimates.md`.
#![expect(
    clippy::cast_precision_loss,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]

mod chance;
mod queue;
mod songs;
mod worlds;

/// Prints a table, which the page about estimates shows.
fn is_documented(table: &str) {
    println!("{table}");
    let page = include_str!("../../docs/estimates.md");
    assert!(page.contains(table), "docs/estimates.md shows another table than:\n{table}");
}
