//! Searches for several words at once: each letter of each word is one bit of a number. So the time
//! depends little on the number of words and on the text.

use super::{BlockedWord, glyph::Glyph};

/// The states of a search: a bit for each letter that may have been read last.
///
/// The outer index is the number of asterisks, at most 2. The inner index is the number of extra
/// letters, where 2 means enough for a word that is drawn out.
#[derive(Default)]
pub(super) struct States([[u64; 3]; 3]);

impl States {
    /// Adds letters. More than two extra letters count as two. A word with more than two asterisks is
    /// dropped.
    fn add(&mut self, stars: usize, extra: usize, letters: u64) {
        let state = self.0.get_mut(stars).and_then(|states| states.get_mut(extra.min(2)));
        if let Some(state) = state {
            *state |= letters;
        }
    }
}

/// Words that fit into 64 bits together.
#[derive(Debug, Default)]
pub(super) struct Pack {
    /// The letters of all words, one after another. The first letter is bit 0.
    pub(super) letters: Vec<Glyph>,
    /// The first letters of the words.
    firsts: u64,
    /// For each number of asterisks, the last letters of the words that may have so many: they pass for
    /// up to half of the letters after the first.
    lasts: [u64; 3],
    /// The letters that are doubled in their word.
    doubled: u64,
}

impl Pack {
    /// Packs all words, in as few packs as their order allows.
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

    /// The states after one more character. `begins` says whether a word may begin with it.
    pub(super) fn take(&self, states: &States, character: Character, begins: bool) -> States {
        let Character { fits, is_symbol, is_star, draws_out } = character;
        let mut next = States::default();
        for (stars, of_stars) in (0_usize..).zip(&states.0) {
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

    /// Whether the last character read may be the last of a word.
    pub(super) fn is_found(&self, states: &States) -> bool {
        states
            .0
            .iter()
            .zip(self.lasts)
            .any(|([exact, _, drawn_out], lasts)| (exact | drawn_out) & lasts != 0)
    }
}

/// A character of a text, as the search for the words of a pack sees it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Character {
    /// The letters of the words that it can be read as, a bit for each.
    pub(super) fits: u64,
    /// Whether it may be punctuation.
    pub(super) is_symbol: bool,
    /// Whether it passes for any letter.
    pub(super) is_star: bool,
    /// Whether it only draws out the same letter before it.
    pub(super) draws_out: bool,
}
