//! A prompt as a reader sees it, searched for words.

use std::collections::BTreeSet;

use super::{
    BlockedWord,
    glyph::{Glyph, glyphs},
};

/// The states of a search: for each number of asterisks (at most 2) and of letters too many
/// (2 means "enough to be drawn out"), a bit for each letter that may have been read last.
pub(super) type States = [[u64; 3]; 3];

/// A prompt, read once and searched for many words.
#[derive(Debug)]
pub struct Reading {
    glyphs: Vec<Glyph>,
    /// Where a word may begin, and where one may end.
    begins: Vec<bool>,
    ends: Vec<bool>,
    /// Every letter that stands in it, or may.
    letters: BTreeSet<char>,
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
        let letters = glyphs.iter().flat_map(|glyph| glyph.letters()).collect();
        Self { glyphs, begins, ends, letters }
    }

    /// Whether the word stands in it, in whatever disguise.
    pub fn contains(&self, word: &BlockedWord) -> bool {
        let stands = |letter: char| self.letters.contains(&letter);
        let may_stand = |glyph: &Glyph| stands('*') || glyph.letters().any(stands);
        word.letters.iter().all(may_stand) && self.search(word)
    }

    fn search(&self, word: &BlockedWord) -> bool {
        let doubled = word.doubled();
        let mut states = States::default();
        for ((glyph, begins), ends) in self.glyphs.iter().zip(&self.begins).zip(&self.ends) {
            match glyph {
                Glyph::Space => states = States::default(),
                Glyph::Separator => {}
                // Nowhere near a word, as almost everywhere in a text.
                Glyph::Character { .. } if !begins && states == States::default() => {}
                Glyph::Character { .. } => {
                    let step = Step { fits: word.fits(*glyph), doubled, glyph: *glyph };
                    states = step.take(&states, *begins);
                    if *ends && word.is_found(&states) {
                        return true;
                    }
                }
            }
        }
        false
    }
}

/// One character of a text, in the search for one word.
struct Step {
    /// The letters of the word that it can be.
    fits: u64,
    /// The letters that stand doubled in the word.
    doubled: u64,
    glyph: Glyph,
}

impl Step {
    fn take(&self, states: &States, begins: bool) -> States {
        let is_star = self.glyph.reads_as('*');
        let mut next = States::default();
        for (stars, of_stars) in (0_usize..).zip(states) {
            for (extra, state) in (0_usize..).zip(of_stars) {
                let first = u64::from(begins && stars == 0 && extra == 0);
                let repeated = state & self.fits;
                next.add(stars, extra, (state << 1 | first) & self.fits);
                next.add(stars, extra + 1, repeated & !self.doubled);
                next.add(stars, 2, repeated & self.doubled);
                if self.glyph.is_symbol() {
                    next.add(stars, extra, *state);
                }
                if is_star {
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
    let rest = rest.get(..rest.len() - gap).unwrap_or_default();
    let piece = last_piece(rest);
    if gap == 0 {
        return false;
    }
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
