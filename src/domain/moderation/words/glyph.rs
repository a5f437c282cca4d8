//! Text as an eye reads it: disguises undone, character by character.

use decancer::{Options, Translation};
use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};

use super::{
    looks::{disguise, enclosed, is_accent, look, passes_for},
    marks::{Mark, is_apostrophe, is_mark, marked},
};
use crate::domain::text::{is_blank, steers_direction};

/// What a character is to a reader who looks for a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Glyph {
    /// White space: between two words.
    Space,
    /// Something else that is no part of a word, though it may stand between its letters.
    Separator,
    /// A space between letters that stand alone which is wider than those beside it, or what a
    /// superscript is apart by: a word may end there, and may go on.
    Gap,
    /// Between two chords, where no word begins or ends.
    Joint,
    /// A letter or a digit, or something that passes for one.
    Character {
        /// The letter or digit itself, in lower case, without accents, in its Latin look.
        own: char,
        /// The letters that it passes for besides.
        also: &'static str,
        /// Whether it is punctuation at first, and so may be a separator as well.
        symbol: bool,
    },
}

impl Glyph {
    /// Whether it can be read as this letter.
    pub(super) fn reads_as(self, letter: char) -> bool {
        match self {
            Self::Character { own, also, .. } => own == letter || also.contains(letter),
            Self::Space | Self::Separator | Self::Gap | Self::Joint => false,
        }
    }

    /// The letter or digit itself.
    pub(super) fn own(self) -> Option<char> {
        match self {
            Self::Character { own, .. } => Some(own),
            Self::Space | Self::Separator | Self::Gap | Self::Joint => None,
        }
    }

    /// Everything that it can be read as.
    pub(super) fn letters(self) -> impl Iterator<Item = char> {
        let also = match self {
            Self::Character { also, .. } => also,
            Self::Space | Self::Separator | Self::Gap | Self::Joint => "",
        };
        self.own().into_iter().chain(also.chars())
    }

    pub(super) fn is_space(self) -> bool {
        self == Self::Space
    }

    pub(super) fn is_character(self) -> bool {
        matches!(self, Self::Character { .. })
    }

    pub(super) fn is_symbol(self) -> bool {
        matches!(self, Self::Character { symbol: true, .. })
    }

    /// Lets a character pass for nothing but itself.
    pub(super) fn mean_itself(&mut self) {
        if let Self::Character { also, .. } = self {
            *also = "";
        }
    }

    /// Whether this symbol passes for any letter.
    pub(super) fn is_star(self) -> bool {
        self.reads_as('*')
    }

    pub(super) fn is_digit(self) -> bool {
        matches!(self, Self::Character { own, .. } if own.is_ascii_digit())
    }

    /// Whether it belongs to a script that writes words without spaces between them, where every
    /// letter may begin or end one.
    pub(super) fn is_unspaced(self) -> bool {
        matches!(self, Self::Character { own, .. } if matches!(own,
            '\u{0E00}'..='\u{0EFF}' | '\u{1000}'..='\u{109F}' | '\u{1780}'..='\u{17FF}'
            | '\u{3040}'..='\u{30FF}' | '\u{3400}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}'
            | '\u{20000}'..='\u{3FFFF}'))
    }
}

/// Reads a text glyph by glyph. Case, width and other compatibility forms, accents, characters
/// without a look of their own and look-alikes of Latin letters make no difference.
pub(super) fn glyphs(text: &str) -> Vec<Glyph> {
    // The zero-width go first, so that they can't keep an accent from its letter.
    let visible = text.chars().filter(|c| c.is_whitespace() || !is_hidden(*c));
    // Signs for whole phrases, of 18 and 8 letters: a prompt of nothing else would be long to read.
    let visible = visible.map(|c| if matches!(c, '\u{FDFA}' | '\u{FDFB}') { ' ' } else { c });
    let marked = marked(&visible.collect::<Vec<_>>());
    let composed = ComposingNormalizerBorrowed::new_nfkc().normalize_iter(marked.into_iter());
    let decomposer = DecomposingNormalizerBorrowed::new_nfd();
    let mut glyphs = Vec::with_capacity(text.len());
    for c in composed.flat_map(char::to_lowercase) {
        match c {
            'ß' => glyphs.extend([letter('s'), letter('s')]),
            // Elsewhere than in these alphabets, what looks like an accent makes another letter.
            '\0'..='\u{052F}' | '\u{1E00}'..='\u{1FFF}' => {
                glyphs.extend(decomposer.normalize_iter(std::iter::once(c)).filter_map(glyph));
            }
            c => glyphs.extend(glyph(c)),
        }
    }
    stars_inside(&glyphs)
}

fn is_hidden(c: char) -> bool {
    is_blank(c) || steers_direction(c) || c.is_control() || is_mark(c)
}

/// Takes signs other than the asterisk for any letter only where they stand between two, and not in
/// the name of a chord such as `C#m`: elsewhere they are punctuation.
fn stars_inside(glyphs: &[Glyph]) -> Vec<Glyph> {
    let is_sign = |glyph: &Glyph| glyph.is_star() && glyph.own() != Some('*');
    let is_letter = |glyph: &Glyph| glyph.is_character() && !glyph.is_symbol() && !glyph.is_digit();
    let inside = |(at, glyph): (usize, &Glyph)| {
        let (before, from) = glyphs.split_at_checked(at).unwrap_or_default();
        let mut before = before.iter().rev().take(4).skip_while(|glyph| is_sign(glyph));
        let mut after = from.iter().take(4).skip_while(|glyph| is_sign(glyph));
        let (last, next) = (before.next(), after.next());
        let is_chord = glyph.own() == Some('#')
            && last.is_some_and(|note| ('a'..='g').any(|letter| note.own() == Some(letter)))
            && next.is_some_and(|kind| kind.own() == Some('m'))
            && !before.next().is_some_and(is_letter)
            && !after.next().is_some_and(is_letter);
        if is_sign(glyph)
            && (is_chord || !last.is_some_and(is_letter) || !next.is_some_and(is_letter))
        {
            Glyph::Separator
        } else {
            *glyph
        }
    };
    (0..).zip(glyphs).map(inside).collect()
}

fn letter(own: char) -> Glyph {
    Glyph::Character { own, also: "", symbol: false }
}

/// One glyph of a character in lower case; none for what only decorates another.
fn glyph(c: char) -> Option<Glyph> {
    match Mark::of(c) {
        Some(Mark::Gap) => return Some(Glyph::Gap),
        Some(Mark::Joint) => return Some(Glyph::Joint),
        Some(Mark::Contraction) => return Some(letter('\'')),
        Some(Mark::Apostrophe) => {
            return Some(Glyph::Character { own: c, also: "'", symbol: true });
        }
        Some(Mark::Drawn(letter)) => {
            return passes_for(letter).map(|also| Glyph::Character { own: c, also, symbol: true });
        }
        None => {}
    }
    let c = enclosed(c).unwrap_or(c);
    let (also, symbol) = disguise(c);
    Some(match c {
        c if is_accent(c) => return None,
        c if c.is_whitespace() => Glyph::Space,
        // One that comes out of another character, such as `ŉ`.
        c if is_apostrophe(c) => Glyph::Separator,
        // One letter with σ, which it is in capitals.
        'ς' => Glyph::Character { own: look('σ'), also: "s", symbol: false },
        own if !also.is_empty() => Glyph::Character { own, also, symbol },
        c if look(c) != c => letter(look(c)),
        c if is_outlandish(c) => confusable(c),
        c if c.is_alphanumeric() || ('\u{0900}'..='\u{0FFF}').contains(&c) => letter(c),
        _ => Glyph::Separator,
    })
}

/// What is neither ASCII nor of a script in which people write: letters with strokes, phonetic and
/// turned ones, those of dead scripts, and symbols. People put them in place of Latin letters.
fn is_outlandish(c: char) -> bool {
    matches!(c,
        '\u{0080}'..='\u{036F}' | '\u{13A0}'..='\u{167F}' | '\u{1D00}'..='\u{1DBF}'
        | '\u{1E00}'..='\u{1EFF}' | '\u{2000}'..='\u{2CFF}' | '\u{A4D0}'..='\u{A4FF}'
        | '\u{A720}'..='\u{A7FF}' | '\u{AB30}'..='\u{ABBF}' | '\u{10280}'..='\u{1087F}'
        | '\u{118A0}'..='\u{118FF}' | '\u{16F00}'..='\u{16F9F}' | '\u{1D400}'..='\u{1FFFF}')
}

/// What such a character looks like.
fn confusable(c: char) -> Glyph {
    let seen = match decancer::cure_char(c, Options::default()) {
        Translation::Character(seen) if seen.is_ascii_alphanumeric() => Some(seen),
        _ => None,
    };
    match seen {
        Some(own) if c.is_alphanumeric() => {
            Glyph::Character { own, also: disguise(own).0, symbol: false }
        }
        None if c.is_alphanumeric() => letter(c),
        // A symbol may be punctuation as well. Pictures are no letters.
        _ => seen
            .filter(|_| c < '\u{2400}')
            .and_then(passes_for)
            .map_or(Glyph::Separator, |also| Glyph::Character { own: c, also, symbol: true }),
    }
}
