//! A prompt as a reader sees it, and the search for blocked words in it.

use std::{collections::BTreeMap, slice};

use super::{
    BlockedWord,
    glyph::{Glyph, glyphs},
    lone::{beginnings, drawn_out, ends, joined, without_numbers},
    pack::{Character, Pack, States},
};

/// A prompt that is read once and searched for many words.
#[derive(Debug)]
pub struct Reading {
    /// Its characters and spaces. Separators don't matter once boundaries are known.
    signs: Vec<Sign>,
    /// The different characters in it.
    kinds: Vec<Glyph>,
    /// For each letter, the indices of the kinds that can be read as it.
    kinds_of: BTreeMap<char, Vec<usize>>,
}

#[derive(Clone, Copy, Debug)]
enum Sign {
    Space,
    Character {
        /// Its index among the kinds.
        kind: usize,
        /// Whether a word may begin here.
        begins: bool,
        /// Whether one may end here.
        ends: bool,
        /// Whether it only draws out the letter before it.
        draws_out: bool,
    },
}

impl Reading {
    /// Reads a text.
    pub fn of(text: &str) -> Self {
        let glyphs = without_numbers(joined(&glyphs(text)));
        let places = beginnings(&glyphs).into_iter().zip(ends(&glyphs)).zip(drawn_out(&glyphs));
        let mut reading = Self { signs: Vec::new(), kinds: Vec::new(), kinds_of: BTreeMap::new() };
        let mut known = BTreeMap::new();
        for (glyph, ((begins, ends), draws_out)) in glyphs.into_iter().zip(places) {
            match glyph {
                Glyph::Space => reading.signs.push(Sign::Space),
                Glyph::Separator | Glyph::Gap | Glyph::Joint => {}
                Glyph::Character { .. } => {
                    let kind = *known.entry(glyph).or_insert_with(|| reading.learn(glyph));
                    reading.signs.push(Sign::Character { kind, begins, ends, draws_out });
                }
            }
        }
        reading
    }

    /// Adds a character to the kinds.
    fn learn(&mut self, glyph: Glyph) -> usize {
        let kind = self.kinds.len();
        self.kinds.push(glyph);
        for letter in glyph.letters() {
            self.kinds_of.entry(letter).or_default().push(kind);
        }
        kind
    }

    /// Whether it contains the word, in any disguise.
    pub fn contains(&self, word: &BlockedWord) -> bool {
        self.contains_any(slice::from_ref(word))
    }

    /// Whether it contains one of these words.
    pub fn contains_any(&self, words: &[BlockedWord]) -> bool {
        let stands = |letter: char| self.kinds_of.contains_key(&letter);
        let may_stand = |glyph: &Glyph| stands('*') || glyph.letters().any(stands);
        let possible = words.iter().filter(|word| word.letters.iter().all(may_stand));
        Pack::all(possible).iter().any(|pack| self.holds(pack))
    }

    fn holds(&self, pack: &Pack) -> bool {
        let characters = self.characters(pack);
        let mut states = States::default();
        for sign in &self.signs {
            let Sign::Character { kind, begins, ends, draws_out } = *sign else {
                states = States::default();
                continue;
            };
            let Some(character) = characters.get(kind) else { continue };
            let character = Character { draws_out, ..*character };
            states = pack.take(&states, character, begins);
            if ends && pack.is_found(&states) {
                return true;
            }
        }
        false
    }

    /// The kinds of characters, as the search for the words of a pack sees them.
    fn characters(&self, pack: &Pack) -> Vec<Character> {
        let character = |kind: &Glyph| Character {
            fits: 0,
            is_symbol: kind.is_symbol(),
            is_star: kind.is_star(),
            draws_out: false,
        };
        let mut characters: Vec<Character> = self.kinds.iter().map(character).collect();
        for (letter, at) in pack.letters.iter().zip(0_u32..) {
            let kinds = letter.letters().filter_map(|letter| self.kinds_of.get(&letter));
            for kind in kinds.flatten() {
                if let Some(character) = characters.get_mut(*kind) {
                    character.fits |= 1 << at;
                }
            }
        }
        characters
    }
}
