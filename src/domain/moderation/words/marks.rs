//! Marks what only shows in several characters together: contractions, letters drawn with punctuation,
//! superscripts, chords. The marks are Unicode noncharacters, which are removed from prompts before.

use icu_normalizer::ComposingNormalizerBorrowed;

/// A word may end here, or go on.
const GAP: char = '\u{FDD0}';
/// No letter.
const SEPARATOR: char = '·';
/// The apostrophe of a contraction.
const CONTRACTION: char = '\u{FDD1}';
/// Another apostrophe between two letters.
const APOSTROPHE: char = '\u{FDD2}';
/// Between two chords.
const JOINT: char = '\u{FDD3}';
/// The letter "a" drawn with punctuation. The other letters follow it in the order of the alphabet.
const DRAWN_A: u32 = 0xFDD4;

/// The meaning of a mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    Gap,
    Contraction,
    Apostrophe,
    Joint,
    /// This Latin letter is drawn.
    Drawn(char),
}

impl Mark {
    pub(super) fn of(c: char) -> Option<Self> {
        Some(match c {
            GAP => Self::Gap,
            CONTRACTION => Self::Contraction,
            APOSTROPHE => Self::Apostrophe,
            JOINT => Self::Joint,
            c => Self::Drawn(char::from_u32(u32::from(c).checked_sub(DRAWN_A)? + u32::from('a'))?),
        })
        .filter(|_| is_mark(c))
    }
}

/// Whether a character is reserved for marks.
pub(super) fn is_mark(c: char) -> bool {
    matches!(c, '\u{FDD0}'..='\u{FDEF}')
}

/// Puts marks into a text that holds none.
pub(super) fn marked(text: &[char]) -> Vec<char> {
    let text = with_chords(text);
    let mut marked = Vec::with_capacity(text.len());
    let mut was_raised = false;
    let mut at = 0;
    while let Some((before, rest @ [c, ..])) = text.split_at_checked(at) {
        let is_raised = is_raised(*c);
        marked.extend((is_raised != was_raised).then_some(GAP));
        was_raised = is_raised;
        at += 1;
        if let Some((length, letter)) = drawn(rest) {
            marked.extend(char::from_u32(DRAWN_A + u32::from(letter) - u32::from('a')));
            at += length - 1;
        } else if is_contraction(before, rest) {
            marked.extend([GAP, CONTRACTION]);
        } else if is_apostrophe(*c) {
            let is_inside =
                [before.last(), rest.get(1)].into_iter().flatten().filter(is_letter).count() == 2;
            marked.push(if is_inside { APOSTROPHE } else { SEPARATOR });
        } else {
            marked.push(if is_sign_of_letters(*c) { SEPARATOR } else { *c });
        }
    }
    marked
}

/// Whether a character is a superscript or a subscript. Beside a word it is usually not part of it.
fn is_raised(c: char) -> bool {
    matches!(c,
        'ª' | 'º' | '\u{02B0}'..='\u{02B8}' | '\u{02E0}'..='\u{02E4}' | '\u{2070}'..='\u{209C}'
        | '\u{1D2C}'..='\u{1D6A}' | '\u{1D78}' | '\u{1D9B}'..='\u{1DBF}')
}

/// Whether a character is a sign made of letters, such as `™` or `℃`. It is no letter itself.
fn is_sign_of_letters(c: char) -> bool {
    if c.is_ascii() || c.is_alphanumeric() || c.is_whitespace() {
        return false;
    }
    let composed = ComposingNormalizerBorrowed::new_nfkc().normalize_iter(std::iter::once(c));
    // A letter in parentheses is one.
    let seen: Vec<char> = composed.filter(|c| !matches!(c, '(' | ')')).collect();
    seen.len() > 1 && seen.iter().any(|c| c.is_alphabetic())
}

/// The letter that the first characters of a text draw, and the number of these characters.
fn drawn(text: &[char]) -> Option<(usize, char)> {
    const DRAWN_LETTERS: [(&str, char); 8] = [
        ("/-\\", 'a'),
        ("/\\", 'a'),
        ("|3", 'b'),
        ("|)", 'd'),
        ("|-|", 'h'),
        ("|_|", 'u'),
        ("\\/\\/", 'w'),
        ("\\/", 'v'),
    ];
    let is_here =
        |(drawn, _): &&(&str, char)| drawn.chars().eq(text.iter().copied().take(drawn.len()));
    DRAWN_LETTERS.iter().find(is_here).map(|(drawn, letter)| (drawn.len(), *letter))
}

/// Whether the apostrophe between these texts is that of a contraction or a genitive. Without it,
/// "she'd" and "who're" would be other words.
fn is_contraction(before: &[char], from: &[char]) -> bool {
    const PRONOUNS: &str = "i he she we you they it that there this these those who what where when \
                            why how here";
    const NEGATED_VERBS: &str = "ai are ca could did do does had has have is might must need sha should was \
                           were wo would";
    let [apostrophe, after @ ..] = from else { return false };
    if !is_apostrophe(*apostrophe) {
        return false;
    }
    let first: Vec<char> = before.iter().rev().take_while(is_letter).take(8).copied().collect();
    let mut beyond = before.iter().rev().skip(first.len());
    let is_first = !beyond.next().is_some_and(|c| is_apostrophe(*c))
        || !beyond.next().is_some_and(|c| is_letter(&c));
    let first = first.iter().rev().collect::<String>().to_lowercase();
    let second: String = after.iter().take_while(is_letter).take(3).collect();
    let is_one_of = |words: &str, word: &str| words.split(' ').any(|other| other == word);
    is_first
        && match second.to_lowercase().as_str() {
            "t" => first.strip_suffix('n').is_some_and(|verb| is_one_of(NEGATED_VERBS, verb)),
            "s" => first.ends_with(|c: char| c.is_ascii_alphabetic()),
            "d" | "ll" | "m" | "re" | "ve" => is_one_of(PRONOUNS, &first),
            _ => false,
        }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "a predicate on iterators")]
fn is_letter(c: &&char) -> bool {
    c.is_alphanumeric() && !is_apostrophe(**c)
}

pub(super) fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’' | '‘' | 'ʼ' | '´' | '`' | '′' | '＇')
}

/// Puts a mark between chords, such as in `C F A G`. Together they spell one word, and no other.
fn with_chords(text: &[char]) -> Vec<char> {
    let is_named = |c: char| c.is_alphanumeric() || matches!(c, '#' | '♯' | '♭');
    let pieces: Vec<&[char]> =
        text.chunk_by(|one, next| is_named(*one) == is_named(*next)).collect();
    let mut joined = Vec::with_capacity(text.len());
    for (at, piece) in (0_usize..).zip(&pieces) {
        let beside = [at.checked_sub(1), at.checked_add(1)];
        let mut beside = beside.map(|at| at.and_then(|at| pieces.get(at))).into_iter();
        let is_between = beside.all(|piece| piece.is_some_and(|piece| is_chord(piece)));
        if is_between && piece.iter().all(|c| c.is_whitespace() || ",;.:/|-–—→>".contains(*c))
        {
            joined.push(JOINT);
        } else {
            joined.extend_from_slice(piece);
        }
    }
    joined
}

/// Whether this is the name of a note or a chord, such as `A`, `F#m` or `Bb7`.
fn is_chord(piece: &[char]) -> bool {
    const CHORD_KINDS: [&str; 8] = ["", "m", "maj", "min", "dim", "sus", "aug", "add"];
    let ['A'..='G', kind @ ..] = piece else { return false };
    let is_accidental = |c: &char| "#♯♭b".contains(*c);
    let kind = kind.get(usize::from(kind.first().is_some_and(is_accidental))..).unwrap_or_default();
    let letters = || kind.iter().filter(|c| !c.is_ascii_digit()).copied();
    CHORD_KINDS.iter().any(|known| known.chars().eq(letters()))
}
