//! Text as an eye reads it: disguises undone, character by character.

use decancer::{Options, Translation};
use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};

use crate::domain::text::{is_blank, steers_direction};

/// What a character is to a reader who looks for a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Glyph {
    /// White space: between two words.
    Space,
    /// Something else that is no part of a word, though it may stand between its letters.
    Separator,
    /// A space between letters that stand alone which is wider than those beside it: a word may end
    /// there, and may go on.
    Gap,
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
            Self::Space | Self::Separator | Self::Gap => false,
        }
    }

    /// The letter or digit itself.
    pub(super) fn own(self) -> Option<char> {
        match self {
            Self::Character { own, .. } => Some(own),
            Self::Space | Self::Separator | Self::Gap => None,
        }
    }

    /// Everything that it can be read as.
    pub(super) fn letters(self) -> impl Iterator<Item = char> {
        let also = match self {
            Self::Character { also, .. } => also,
            Self::Space | Self::Separator | Self::Gap => "",
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
    let composed = ComposingNormalizerBorrowed::new_nfkc().normalize_iter(visible);
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
    glyphs
}

fn is_hidden(c: char) -> bool {
    is_blank(c) || steers_direction(c) || c.is_control()
}

fn letter(own: char) -> Glyph {
    Glyph::Character { own, also: "", symbol: false }
}

/// One glyph of a character in lower case; none for what only decorates another.
fn glyph(c: char) -> Option<Glyph> {
    let c = enclosed(c).unwrap_or(c);
    let (also, symbol) = disguise(c);
    Some(match c {
        c if is_accent(c) => return None,
        c if c.is_whitespace() => Glyph::Space,
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
        // A symbol may be punctuation as well.
        _ => seen.and_then(passes_for).map_or(Glyph::Separator, |also| Glyph::Character {
            own: c,
            also,
            symbol: true,
        }),
    }
}

/// A Latin letter as text.
fn passes_for(letter: char) -> Option<&'static str> {
    const LETTERS: &str = "abcdefghijklmnopqrstuvwxyz";
    let at = LETTERS.find(letter)?;
    LETTERS.get(at..=at)
}

/// The letters that a digit or a symbol is used for, and whether it is a symbol. An asterisk
/// passes for any letter and is dealt with where words are sought.
fn disguise(c: char) -> (&'static str, bool) {
    match c {
        '0' => ("o", false),
        '1' => ("il", false),
        '2' => ("z", false),
        '3' => ("e", false),
        '4' => ("a", false),
        '5' => ("s", false),
        '6' => ("gb", false),
        '9' => ("gq", false),
        '7' => ("t", false),
        '8' => ("b", false),
        '@' => ("a", true),
        '$' | '§' => ("s", true),
        '!' | '¡' | '|' => ("il", true),
        '+' | '†' => ("t", true),
        '€' => ("e", true),
        '£' => ("l", true),
        '¢' | '©' => ("c", true),
        '¥' => ("y", true),
        '®' => ("r", true),
        '*' => ("*", true),
        c => (foreign(c), false),
    }
}

/// The letters that a ligature stands for, or a letter of another alphabet looks like only here and
/// there: whoever blocks a word of that alphabet means the letter itself.
fn foreign(c: char) -> &'static str {
    match c {
        'æ' => "ae",
        'œ' => "oe",
        'λ' => "a",
        'б' => "b",
        'д' | 'δ' => "da",
        'з' | 'э' | 'ξ' => "e",
        'и' | 'π' => "n",
        'θ' | 'φ' => "o",
        'ψ' => "w",
        'ζ' => "z",
        _ => "",
    }
}

/// The Latin letter that a letter looks like; itself where there is none, or where `decancer` knows.
fn look(c: char) -> char {
    match c {
        'а' | 'α' | 'ɐ' | 'ɒ' | '∀' => 'a',
        'в' | 'β' | 'ь' => 'b',
        'с' | 'ϲ' => 'c',
        'ԁ' | 'ð' => 'd',
        'е' | 'ε' | 'є' | 'ɘ' | 'ǝ' | 'ʒ' => 'e',
        'ғ' => 'f',
        'ԍ' => 'g',
        'һ' | 'н' => 'h',
        'і' | 'ι' | 'ӏ' => 'i',
        'ј' | 'ϳ' => 'j',
        'к' | 'κ' => 'k',
        'м' | 'μ' => 'm',
        'η' | 'п' | 'ո' => 'n',
        'о' | 'ο' | 'σ' | 'օ' => 'o',
        'р' | 'ρ' => 'p',
        'ԛ' => 'q',
        'г' | 'я' => 'r',
        'ѕ' | 'ƨ' => 's',
        'т' | 'τ' => 't',
        'υ' | 'ս' | 'ц' => 'u',
        'ν' | 'ѵ' => 'v',
        'ԝ' | 'ω' | 'ш' => 'w',
        'х' | 'χ' => 'x',
        'у' | 'γ' | 'ү' => 'y',
        c => c,
    }
}

/// The letter inside a box, a disc or a flag, which no normal form takes it out of.
fn enclosed(c: char) -> Option<char> {
    let first = [0x1_F150, 0x1_F170, 0x1_F1E6]
        .into_iter()
        .find(|first| (*first..*first + 26).contains(&u32::from(c)))?;
    char::from_u32(u32::from('a') + u32::from(c) - first)
}

/// Marks above, below and through letters, as far as leaving them out makes no other word:
/// <https://www.unicode.org/charts/> of the combining marks, Hebrew points and Arabic vowels.
fn is_accent(c: char) -> bool {
    matches!(c,
        '\u{0300}'..='\u{036F}' | '\u{0483}'..='\u{0489}' | '\u{0591}'..='\u{05BD}'
        | '\u{0640}' | '\u{064B}'..='\u{065F}' | '\u{1AB0}'..='\u{1AFF}'
        | '\u{1DC0}'..='\u{1DFF}' | '\u{20D0}'..='\u{20FF}' | '\u{FE20}'..='\u{FE2F}')
}
