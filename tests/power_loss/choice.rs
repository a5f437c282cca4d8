//! Which of the changes that were not synced a disk has kept.

use fastrand::Rng;

/// With so many changes or fewer, every subset of them is tried.
const ALL_SUBSETS: usize = 3;

/// Says of each change, by its number, and of each of its sectors whether it was kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Choice {
    /// The bits of the changes.
    Subset(u64),
    AllBut(usize),
    Only(usize),
    /// The first ones, as if the disk had kept their order.
    First(usize),
    /// One of four, two of four or three of four, by chance: of the changes, or of their sectors.
    Random {
        seed: u64,
        of_four: u64,
        torn: bool,
    },
}

impl Choice {
    pub(crate) fn keeps(self, change: usize, sector: u64) -> bool {
        match self {
            Self::Subset(bits) => bits & (1 << change) != 0,
            Self::AllBut(other) => change != other,
            Self::Only(only) => change == only,
            Self::First(count) => change < count,
            Self::Random { seed, of_four, torn } => {
                let sector = if torn { sector + 1 } else { 0 };
                drawn(seed, change as u64, sector) % 4 < of_four
            }
        }
    }

    /// Whether a file is as long as after this change even if its bytes are lost.
    pub(crate) fn keeps_length(self, change: usize) -> bool {
        match self {
            Self::Random { seed, .. } => drawn(seed, change as u64, u64::MAX).is_multiple_of(2),
            _ => false,
        }
    }

    /// Choices from so many changes: all subsets of a few, otherwise none, all, and some more.
    pub(crate) fn some(changes: usize, most: usize, rng: &mut Rng) -> Vec<Self> {
        if changes <= ALL_SUBSETS {
            let mut all: Vec<_> = (0..1 << changes).map(Self::Subset).collect();
            if changes > 0 {
                all.push(Self::random(true, rng));
            }
            return all;
        }
        let mut some = vec![Self::First(0), Self::First(changes)];
        let any = 0..changes;
        while some.len() < most {
            let one = match rng.u32(0..6) {
                0 => Self::AllBut(rng.usize(any.clone())),
                1 => Self::Only(rng.usize(any.clone())),
                2 => Self::First(rng.usize(1..changes)),
                3 => Self::random(false, rng),
                _ => Self::random(true, rng),
            };
            if !some.contains(&one) {
                some.push(one);
            }
        }
        some
    }

    fn random(torn: bool, rng: &mut Rng) -> Self {
        Self::Random { seed: rng.u64(..), of_four: rng.u64(1..=3), torn }
    }
}

/// A number by chance, always the same for the same three (<https://prng.di.unimi.it/splitmix64.c>).
fn drawn(seed: u64, one: u64, other: u64) -> u64 {
    let mut mixed = seed;
    for number in [one, other] {
        mixed = (mixed ^ number).wrapping_add(0x9e37_79b9_7f4a_7c15);
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
    }
    mixed
}
