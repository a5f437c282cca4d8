//! Behaviours.
fn main() {}
