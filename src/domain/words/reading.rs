//! A prompt as a reader sees it, searched for words.

use std::collections::BTreeMap;

use super::{
    BlockedWord,
    glyph::{Glyph, glyphs},
};

/// The states of a search: for each number of asterisks (at most 2) and of letters too many
/// (2 means "enough to be drawn out"), a bit for each letter that may have been read last.
pub(super) type States = [[u64; 3]; 3];

/// A prompt, read once and searched for many words. A person may write it so that it takes long:
/// what is done for each word is little.
#[derive(Debug)]
pub struct Reading {
    /// Its characters and spaces. What else it holds may stand anywhere in a word.
    signs: Vec<Sign>,
    /// The different characters in it.
    kinds: Vec<Kind>,
    /// The characters that may be this letter, by their place among the kinds.
    kinds_of: BTreeMap<char, Vec<usize>>,
}

#[derive(Clone, Copy, Debug)]
enum Sign {
    Space,
    Character {
        /// Its place among the kinds.
        kind: usize,
        /// Whether a word may begin here.
        begins: bool,
        /// Whether one may end here.
        ends: bool,
    },
}

/// A character, apart from the letters that it may be.
#[derive(Clone, Copy, Debug)]
struct Kind {
    is_symbol: bool,
    is_star: bool,
}

impl Reading {
    /// Reads a text.
    pub fn of(text: &str) -> Self {
        let mut glyphs = joined(glyphs(text));
        let begins = beginnings(&glyphs);
        glyphs.reverse();
        let mut ends = beginnings(&glyphs);
        glyphs.reverse();
        ends.reverse();
        let mut reading = Self { signs: Vec::new(), kinds: Vec::new(), kinds_of: BTreeMap::new() };
        let mut known = BTreeMap::new();
        for ((glyph, begins), ends) in glyphs.into_iter().zip(begins).zip(ends) {
            match glyph {
                Glyph::Space => reading.signs.push(Sign::Space),
                Glyph::Separator => {}
                Glyph::Character { .. } => {
                    let kind = *known.entry(glyph).or_insert_with(|| reading.learn(glyph));
                    reading.signs.push(Sign::Character { kind, begins, ends });
                }
            }
        }
        reading
    }

    /// Adds a character to the kinds.
    fn learn(&mut self, glyph: Glyph) -> usize {
        let kind = self.kinds.len();
        self.kinds.push(Kind { is_symbol: glyph.is_symbol(), is_star: glyph.reads_as('*') });
        for letter in glyph.letters() {
            self.kinds_of.entry(letter).or_default().push(kind);
        }
        kind
    }

    /// Whether the word stands in it, in whatever disguise.
    pub fn contains(&self, word: &BlockedWord) -> bool {
        let stands = |letter: char| self.kinds_of.contains_key(&letter);
        let may_stand = |glyph: &Glyph| stands('*') || glyph.letters().any(stands);
        word.letters.iter().all(may_stand) && self.search(word)
    }

    fn search(&self, word: &BlockedWord) -> bool {
        let steps = self.steps(word);
        let mut states = States::default();
        // Nowhere near a word, as almost everywhere in a text.
        let mut is_idle = true;
        for sign in &self.signs {
            let Sign::Character { kind, begins, ends } = *sign else {
                (states, is_idle) = (States::default(), true);
                continue;
            };
            let Some(step) = steps.get(kind) else { continue };
            let begins = begins && step.fits & 1 == 1;
            if is_idle && !begins {
                continue;
            }
            states = step.take(&states, begins);
            is_idle = states == States::default();
            if ends && !is_idle && word.is_found(&states) {
                return true;
            }
        }
        false
    }

    /// What each kind of character is to the search for a word.
    fn steps(&self, word: &BlockedWord) -> Vec<Step> {
        let doubled = word.doubled();
        let step = |kind: &Kind| Step { fits: 0, doubled, kind: *kind };
        let mut steps: Vec<Step> = self.kinds.iter().map(step).collect();
        for (letter, at) in word.letters.iter().zip(0_u32..) {
            let kinds = letter.letters().filter_map(|letter| self.kinds_of.get(&letter));
            for kind in kinds.flatten() {
                if let Some(step) = steps.get_mut(*kind) {
                    step.fits |= 1 << at;
                }
            }
        }
        steps
    }
}

/// A character of a text, in the search for one word.
struct Step {
    /// The letters of the word that it can be, a bit for each.
    fits: u64,
    /// The letters that stand doubled in the word.
    doubled: u64,
    kind: Kind,
}

impl Step {
    fn take(&self, states: &States, begins: bool) -> States {
        let mut next = States::default();
        for (stars, of_stars) in (0_usize..).zip(states) {
            for (extra, state) in (0_usize..).zip(of_stars) {
                let first = u64::from(begins && stars == 0 && extra == 0);
                if state | first == 0 {
                    continue;
                }
                let repeated = state & self.fits;
                next.add(stars, extra, (state << 1 | first) & self.fits);
                next.add(stars, extra + 1, repeated & !self.doubled);
                next.add(stars, 2, repeated & self.doubled);
                if self.kind.is_symbol {
                    next.add(stars, extra, *state);
                }
                if self.kind.is_star {
                    next.add(stars + 1, extra, state << 1);
                }
            }
        }
        next
    }
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

/// Takes single spaces between letters that stand alone for mere separators.
fn joined(mut glyphs: Vec<Glyph>) -> Vec<Glyph> {
    let is_lone: Vec<bool> = glyphs
        .split(|glyph| glyph.is_space())
        .map(|chunk| !chunk.is_empty() && is_lone(chunk))
        .collect();
    let spaces = glyphs.iter_mut().filter(|glyph| glyph.is_space());
    for (space, neighbours) in spaces.zip(is_lone.windows(2)) {
        if neighbours.iter().all(|is_lone| *is_lone) {
            *space = Glyph::Separator;
        }
    }
    glyphs
}

/// Whether no two different letters are in a stretch of text. Symbols may be punctuation.
fn is_lone(stretch: &[Glyph]) -> bool {
    let is_letter = |glyph: &&Glyph| glyph.is_character() && !glyph.is_symbol();
    let mut characters = stretch.iter().filter(is_letter);
    let first = characters.next();
    characters.all(|glyph| Some(glyph) == first)
}

/// Where words may begin.
fn beginnings(glyphs: &[Glyph]) -> Vec<bool> {
    (0..glyphs.len())
        .map(|at| {
            let (before, from) = glyphs.split_at_checked(at).unwrap_or_default();
            may_begin(before, from)
        })
        .collect()
}

fn may_begin(before: &[Glyph], from: &[Glyph]) -> bool {
    // Only characters are asked about.
    if !from.first().is_some_and(|glyph| glyph.is_character()) {
        return false;
    }
    let Some(last) = before.last() else { return true };
    if last.is_space() || last.is_symbol() || last.is_unspaced() {
        return true;
    }
    if from.first().is_some_and(|glyph| glyph.is_unspaced()) {
        return true;
    }
    // A number beside a word is none of its letters; one inside of it is.
    let number = before.iter().rev().take_while(|glyph| glyph.is_digit()).count();
    let rest = before.get(..before.len() - number).unwrap_or_default();
    if number > 0 {
        return rest.last().is_none_or(|glyph| !glyph.is_character() || glyph.is_symbol());
    }
    let gap = rest.iter().rev().take_while(|glyph| **glyph == Glyph::Separator).count();
    if gap == 0 {
        return false;
    }
    let rest = rest.get(..rest.len() - gap).unwrap_or_default();
    let piece = last_piece(rest);
    // Between two letters that stand alone, a separator separates nothing.
    let next = from.split(|glyph| !glyph.is_character()).next().unwrap_or_default();
    piece.is_empty() || !is_lone(piece) || !is_lone(next) || is_own_word(piece, rest)
}

/// The characters at the end of a text.
fn last_piece(text: &[Glyph]) -> &[Glyph] {
    text.rsplit(|glyph| !glyph.is_character()).next().unwrap_or_default()
}

/// Whether a letter alone, such as "I", is a word before (or, read backwards, after) one that is
/// spelled out.
fn is_own_word(piece: &[Glyph], text: &[Glyph]) -> bool {
    let before = text.get(..text.len() - piece.len()).unwrap_or_default();
    let stands_first = before.last().is_none_or(|glyph| glyph.is_space());
    let vowels = |glyph: &Glyph| "aeiouy".chars().any(|vowel| glyph.reads_as(vowel));
    stands_first && piece.len() == 1 && piece.iter().all(vowels)
}
