//! Worlds in which songs take their time, or fail.

use crate::chance::Chance;

/// A song at Whisul.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Song {
    /// How many seconds after its beginning it ends.
    pub(crate) takes: f64,
    pub(crate) fails: bool,
}

/// A way in which Whisul may behave: what becomes of the n-th song.
pub(crate) struct World {
    pub(crate) name: &'static str,
    song: fn(&mut Chance, f64) -> f64,
    /// How many of all songs fail, at any time in their first 40 seconds.
    failures: f64,
    /// Whether some songs take many times as long as most.
    pub(crate) is_long_tailed: bool,
}

impl World {
    pub(crate) fn song(&self, chance: &mut Chance, number: u32) -> Song {
        if chance.share() < self.failures {
            return Song { takes: 40.0 * chance.share(), fails: true };
        }
        Song { takes: (self.song)(chance, number.into()), fails: false }
    }
}

const fn world(name: &'static str, song: fn(&mut Chance, f64) -> f64) -> World {
    World { name, song, failures: 0.0, is_long_tailed: false }
}

pub(crate) const WORLDS: [World; 8] = [
    world("40 to 100 s, all equally likely", |chance, _| 40.0 + 60.0 * chance.share()),
    world("91 to 144 s, as documented", |chance, _| 91.0 + 53.0 * chance.share()),
    world("about 90 s (log-normal, two of three within ± 20 %)", |chance, _| {
        chance.around(90.0, 0.2)
    }),
    world("about 90 s, all within a few seconds", |chance, _| chance.around(90.0, 0.02)),
    world("30 s or 150 s (± 5 %)", |chance, _| {
        let middle = if chance.share() < 0.5 { 30.0 } else { 150.0 };
        chance.around(middle, 0.05)
    }),
    World {
        name: "log-normal with a long tail (σ = 1)",
        song: |chance, _| chance.around(90.0, 1.0),
        failures: 0.0,
        is_long_tailed: true,
    },
    world("three times slower at once, and back, every 100 songs", |chance, number| {
        let slow = (number / 100.0).rem_euclid(2.0) >= 1.0;
        chance.around(if slow { 180.0 } else { 60.0 }, 0.2)
    }),
    World {
        name: "40 to 100 s, and one in twenty fails before",
        song: |chance, _| 40.0 + 60.0 * chance.share(),
        failures: 0.05,
        is_long_tailed: false,
    },
];
