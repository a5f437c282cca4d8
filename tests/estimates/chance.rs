//! Chance that is the same each time.

use std::f64::consts::TAU;

/// Numbers that look like chance and are the same each time (`SplitMix64`).
pub(crate) struct Chance(pub(crate) u64);

impl Chance {
    /// From 0 up to 1.
    pub(crate) fn share(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        let bits = u32::try_from((mixed ^ (mixed >> 31)) >> 32).unwrap();
        f64::from(bits) / (f64::from(u32::MAX) + 1.0)
    }

    /// A log-normal number.
    pub(crate) fn around(&mut self, median: f64, spread: f64) -> f64 {
        let (radius, angle) = (1.0 - self.share(), self.share());
        median * (spread * (-2.0 * radius.ln()).sqrt() * (TAU * angle).cos()).exp()
    }
}
