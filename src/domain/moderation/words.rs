//! Blocked words, found in disguise but never inside of other words.
//!
//! A blocked word is found where it stands as a whole word: where neither the letter before it nor
//! the one after it belongs to the same word. What makes no difference is
//! - case, accents, full width and other compatibility forms, characters of no width, and letters
//!   of other alphabets that look Latin;
//! - digits and symbols that pass for letters (`4`, `$`, `/\`), and `*`, or `#`, `?`, `%` and `^`
//!   between letters, for up to half of the letters after the first. A digit is a letter only beside
//!   one: `55`, `90s` and `3D` are numbers. Emoji, `™` and the like are no letters;
//! - punctuation between its letters, and spaces too where each letter stands alone (`b a d`, but
//!   not `ba d`), however many. Such a stretch of single letters is one word, `b a s s` holds no
//!   other, unless its first or last letters can't belong to one (`x b a d`) or stand further apart.
//!   One of chords, `C F A G`, is nothing but the whole;
//! - an apostrophe, except in a contraction: "she'd" is not "shed", and can be blocked itself;
//! - letters drawn out: three of a kind (`baaad`), or more than one doubled. A single doubled letter
//!   makes another word: who blocks "god" does not block "good". Spelled out, `b aa d` is drawn out,
//!   and `b a a d` too, as words hardly ever have that letter doubled.
//!
//! In scripts without spaces between words, every letter may begin or end one.

mod glyph;
mod lone;
mod looks;
mod marks;
mod pack;
mod reading;

use std::fmt;

use glyph::{Glyph, glyphs};
use lone::without_numbers;
pub use reading::Reading;

use crate::domain::text::is_blank;

/// The most letters of a blocked word.
const LETTERS_MAX: usize = 40;

/// A word that no prompt may contain.
#[derive(Clone, PartialEq, Eq)]
pub struct BlockedWord {
    text: String,
    letters: Vec<Glyph>,
}

/// Why a text is no word that can be blocked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WordError {
    /// It has no letters or digits that were typed as such.
    #[error("there is no letter in it")]
    Empty,
    /// It is more than one word.
    #[error("it is more than one word")]
    Several,
    /// It is longer than any word.
    #[error("it has more than {LETTERS_MAX} letters")]
    TooLong,
}

impl BlockedWord {
    /// Reads a word as somebody typed it, in any disguise. Two that can't be told apart are equal.
    ///
    /// # Errors
    /// When it is not a single word of reasonable length, with a letter or a digit that was typed as
    /// one: `!!!` only looks like "iii".
    pub fn parse(text: &str) -> Result<Self, WordError> {
        if !has_typed_letter(text) {
            return Err(WordError::Empty);
        }
        if text.trim().contains(char::is_whitespace) {
            return Err(WordError::Several);
        }
        let word = Self::read(text)?;
        // Without the separators, accents and letters may come together in another way.
        let word = Self::read(&word.text)?;
        // What is left may be a mark that needs a letter.
        if has_typed_letter(&word.text) { Ok(word) } else { Err(WordError::Empty) }
    }

    fn read(text: &str) -> Result<Self, WordError> {
        let seen = glyphs(text.trim());
        // What stands around a word is punctuation, or marks that hide it.
        let is_around = |glyph: &Glyph| {
            !glyph.is_character() || glyph.own().is_some_and(|own| "!¡|©®".contains(own))
        };
        let around = seen.iter().take_while(|glyph| is_around(glyph)).count();
        let after = seen.iter().rev().take_while(|glyph| is_around(glyph)).count();
        let seen = seen.get(around..seen.len() - after.min(seen.len())).unwrap_or_default();
        if !seen.iter().any(|glyph| glyph.is_character() && !glyph.is_symbol()) {
            return Err(WordError::Empty);
        }
        let plain = seen.iter().copied().map(plain);
        let letters: Vec<Glyph> =
            plain.filter(|glyph| glyph.is_character() || glyph.is_space()).collect();
        if letters.iter().any(|glyph| glyph.is_space()) {
            return Err(WordError::Several);
        }
        let text: String = letters.iter().filter_map(|glyph| glyph.own()).collect();
        if letters.len() > LETTERS_MAX {
            return Err(WordError::TooLong);
        }
        Ok(Self { letters: without_numbers(letters), text })
    }

    /// The word without disguise, as [`Self::parse`] reads it again.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The letters that stand doubled in the word itself, a bit for each.
    fn doubled(&self) -> u64 {
        let pairs = self.letters.windows(2).zip(0..);
        pairs
            .filter(|(pair, _)| pair.first() == pair.last())
            .fold(0, |mask, (_, at)| mask | 3 << at)
    }
}

/// Whether a text has a letter or a digit that is no emoji.
fn has_typed_letter(text: &str) -> bool {
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        // Letters in boxes and flags, and whatever is drawn as an emoji, such as a key.
        let is_emoji = matches!(c, '\u{1F100}'..='\u{1FAFF}')
            || matches!(characters.peek(), Some('\u{FE0F}' | '\u{20E3}'));
        if c.is_alphanumeric() && !is_blank(c) && !is_emoji {
            return true;
        }
    }
    false
}

/// A word is not to be read in a log.
impl fmt::Debug for BlockedWord {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "BlockedWord({} letters)", self.letters.len())
    }
}

/// What a symbol in a blocked word stands for.
fn plain(glyph: Glyph) -> Glyph {
    match glyph {
        Glyph::Character { symbol: true, also, .. } => {
            let own = also.chars().find(|letter| *letter != '*');
            own.map_or(Glyph::Separator, |own| Glyph::Character { own, also: "", symbol: false })
        }
        other => other,
    }
}

#[cfg(test)]
mod tests;
