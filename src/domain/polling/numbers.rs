//! Counts and seconds.

/// A number of steps, rounded down.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "numbers below zero and above the largest become the nearest that there is"
)]
pub(super) fn whole(number: f64) -> usize {
    number as usize
}

/// A count, which is exact.
#[expect(clippy::cast_precision_loss, reason = "nothing is counted beyond 2^52")]
pub(super) fn count(number: usize) -> f64 {
    number as f64
}
