//! Worlds in which songs take their time.

use std::{f64::consts::TAU, time::Duration};

use crate::chance::Chance;

/// A way in which Whisul may behave: how long the n-th song takes.
pub(crate) struct World {
    pub(crate) name: &'static str,
    /// Whether all songs are alike, so that past ones tell about later ones.
    pub(crate) is_steady: bool,
    seconds: fn(&mut Chance, f64) -> f64,
}

impl World {
    pub(crate) fn song(&self, chance: &mut Chance, number: u32) -> Duration {
        Duration::from_secs_f64((self.seconds)(chance, number.into()))
    }
}

const fn steady(name: &'static str, seconds: fn(&mut Chance, f64) -> f64) -> World {
    World { name, is_steady: true, seconds }
}

const fn changing(name: &'static str, seconds: fn(&mut Chance, f64) -> f64) -> World {
    World { name, is_steady: false, seconds }
}

pub(crate) const WORLDS: [World; 10] = [
    steady("all within a few seconds", |chance, _| chance.around(100.0, 0.05)),
    steady("log-normal, two of three within ± 50 %", |chance, _| chance.around(100.0, 0.4)),
    steady("log-normal with a long tail (σ = 1)", |chance, _| chance.around(100.0, 1.0)),
    steady("Pareto, without a mean error (α = 1.5)", |chance, _| {
        40.0 / (1.0 - chance.share()).powf(1.0 / 1.5)
    }),
    steady("20 s, or 5 minutes in three of ten", |chance, _| {
        if chance.share() < 0.7 { chance.around(20.0, 0.2) } else { chance.around(300.0, 0.2) }
    }),
    steady("6 s, or 60 s in one of eight", |chance, _| {
        if chance.share() < 0.875 { chance.around(6.0, 0.2) } else { chance.around(60.0, 0.3) }
    }),
    changing("three times slower, bit by bit, over 300 songs", |chance, number| {
        60.0 * (1.0 + 2.0 * number / 300.0) * chance.around(1.0, 0.4)
    }),
    changing("three times faster, bit by bit, over 300 songs", |chance, number| {
        180.0 * (1.0 - number / 450.0) * chance.around(1.0, 0.4)
    }),
    changing("three times slower at once, and back, every 100 songs", |chance, number| {
        let slow = (number / 100.0).rem_euclid(2.0) >= 1.0;
        chance.around(if slow { 180.0 } else { 60.0 }, 0.4)
    }),
    changing("slower by day than by night (± 40 %), 200 songs a day", |chance, number| {
        90.0 * (0.35 * (TAU * number / 200.0).sin()).exp() * chance.around(1.0, 0.4)
    }),
];

/// How many of so many, in whole percent.
#[derive(Clone, Copy, Default)]
pub(crate) struct Tally {
    kept: u32,
    all: u32,
}

impl Tally {
    pub(crate) fn count(&mut self, kept: bool) {
        self.kept += u32::from(kept);
        self.all += 1;
    }

    pub(crate) fn and(self, other: Self) -> Self {
        Self { kept: self.kept + other.kept, all: self.all + other.all }
    }

    pub(crate) fn percent(self) -> f64 {
        100.0 * f64::from(self.kept) / f64::from(self.all)
    }
}
