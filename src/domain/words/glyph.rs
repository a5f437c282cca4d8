//! Text as an eye reads it: disguises undone, character by character.

use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};

use crate::domain::text::{is_blank, steers_direction};

/// What a character is to a reader who looks for a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Glyph {
    /// White space: between two words.
    Space,
    /// Something else that is no part of a word, though it may stand between its letters.
    Separator,
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
            Self::Space | Self::Separator => false,
        }
    }

    /// Everything that it can be read as.
    pub(super) fn letters(self) -> impl Iterator<Item = char> {
        let (own, also) = match self {
            Self::Character { own, also, .. } => (Some(own), also),
            Self::Space | Self::Separator => (None, ""),
        };
        own.into_iter().chain(also.chars())
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
        own if !also.is_empty() => Glyph::Character { own, also, symbol },
        c if c.is_alphanumeric() || ('\u{0900}'..='\u{0FFF}').contains(&c) => letter(look(c)),
        _ => Glyph::Separator,
    })
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
        '6' | '9' => ("g", false),
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
        _ => ("", false),
    }
}

/// The Latin letter that a letter looks like; itself where there is none.
fn look(c: char) -> char {
    match c {
        'а' | 'α' | 'ɑ' | 'ᴀ' => 'a',
        'в' | 'β' | 'ь' | 'ʙ' => 'b',
        'с' | 'ϲ' | 'ᴄ' => 'c',
        'ԁ' | 'đ' | 'ᴅ' => 'd',
        'е' | 'ε' | 'є' | 'ɛ' | 'ᴇ' => 'e',
        'ғ' | 'ƒ' | 'ꜰ' => 'f',
        'ɡ' | 'ԍ' | 'ɢ' => 'g',
        'һ' | 'н' | 'ħ' | 'ʜ' => 'h',
        'і' | 'ι' | 'ı' | 'ɩ' | 'ɪ' | 'ӏ' => 'i',
        'ј' | 'ϳ' | 'ᴊ' => 'j',
        'к' | 'κ' | 'ᴋ' => 'k',
        'ł' | 'ʟ' => 'l',
        'м' | 'μ' | 'ᴍ' => 'm',
        'η' | 'п' | 'ո' | 'ɴ' => 'n',
        'о' | 'ο' | 'σ' | 'ø' | 'օ' | 'ᴏ' => 'o',
        'р' | 'ρ' | 'ᴘ' => 'p',
        'ԛ' => 'q',
        'г' | 'ʀ' | 'я' => 'r',
        'ѕ' | 'ꜱ' | 'ς' => 's',
        'т' | 'τ' | 'ŧ' | 'ᴛ' => 't',
        'υ' | 'ս' | 'ᴜ' | 'ц' => 'u',
        'ν' | 'ѵ' | 'ᴠ' => 'v',
        'ԝ' | 'ω' | 'ш' | 'ᴡ' => 'w',
        'х' | 'χ' => 'x',
        'у' | 'γ' | 'ү' | 'ʏ' => 'y',
        'ᴢ' | 'ʐ' => 'z',
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
