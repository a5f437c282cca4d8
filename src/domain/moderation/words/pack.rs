//! Several words that are sought at once, side by side in the bits of one number: however many
//! there are, and however a text is written, it takes little time.

use super::{BlockedWord, glyph::Glyph};

/// The states of a search: for each number of asterisks (at most 2) and of letters too many
/// (2 means "enough to be drawn out"), a bit for each letter that may have been read last.
pub(super) type States = [[u64; 3]; 3];

/// As many words as have room beside each other.
#[derive(Debug, Default)]
pub(super) struct Pack {
    /// Their letters, the first of the first word at bit 0.
    pub(super) letters: Vec<Glyph>,
    /// The first letters of the words.
    firsts: u64,
    /// Their last letters, of those that are found with so many asterisks: each passes for up to
    /// half of the letters after the first.
    lasts: [u64; 3],
    /// The letters that stand doubled in them.
    doubled: u64,
}

impl Pack {
    /// Packs words.
    pub(super) fn all<'a>(words: impl IntoIterator<Item = &'a BlockedWord>) -> Vec<Self> {
        let mut packs = Vec::new();
        let mut pack = Self::default();
        for word in words {
            if pack.letters.len() + word.letters.len() > 64 {
                packs.push(std::mem::take(&mut pack));
            }
            pack.add(word);
        }
        packs.push(pack);
        packs
    }

    fn add(&mut self, word: &BlockedWord) {
        let at = self.letters.len();
        let last = 1 << (at + word.letters.len()).saturating_sub(1);
        self.firsts |= 1 << at;
        self.doubled |= word.doubled() << at;
        for (lasts, needed) in self.lasts.iter_mut().zip([0, 2, 4]) {
            *lasts |= if needed <= word.letters.len() { last } else { 0 };
        }
        self.letters.extend_from_slice(&word.letters);
    }

    /// What is read after one more character: `fits` are the letters that it can be, and words may
    /// begin with it or not.
    pub(super) fn take(&self, states: &States, character: Character, begins: bool) -> States {
        let Character { fits, is_symbol, is_star, draws_out } = character;
        let mut next = States::default();
        for (stars, of_stars) in (0_usize..).zip(states) {
            for (extra, state) in (0_usize..).zip(of_stars) {
                let first = if begins && stars == 0 && extra == 0 { self.firsts } else { 0 };
                if state | first == 0 {
                    continue;
                }
                let following = state << 1 & !self.firsts;
                let repeated = state & fits;
                next.add(stars, extra, (following | first) & fits);
                next.add(stars, if draws_out { 2 } else { extra + 1 }, repeated & !self.doubled);
                next.add(stars, 2, repeated & self.doubled);
                if is_symbol {
                    next.add(stars, extra, *state);
                }
                if is_star {
                    next.add(stars + 1, extra, following);
                }
            }
        }
        next
    }

    /// Whether a search that came this far has found a word.
    pub(super) fn is_found(&self, states: &States) -> bool {
        states
            .iter()
            .zip(self.lasts)
            .any(|([exact, _, drawn_out], lasts)| (exact | drawn_out) & lasts != 0)
    }
}

/// A character of a text, in the search for the words of a pack.
#[derive(Clone, Copy, Debug)]
pub(super) struct Character {
    /// The letters of the words that it can be, a bit for each.
    pub(super) fits: u64,
    /// Whether it may be punctuation.
    pub(super) is_symbol: bool,
    /// Whether it passes for any letter.
    pub(super) is_star: bool,
    /// Whether, as a second of its kind, it only draws out the first.
    pub(super) draws_out: bool,
}

trait Add {
    fn add(&mut self, stars: usize, extra: usize, letters: u64);
}

impl Add for States {
    /// More than two letters too many are two; more asterisks are a word of asterisks.
    fn add(&mut self, stars: usize, extra: usize, letters: u64) {
        let state = self.get_mut(stars).and_then(|states| states.get_mut(extra.min(2)));
        if let Some(state) = state {
            *state |= letters;
        }
    }
}
