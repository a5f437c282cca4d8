//! What characters look like, and what people use them for.

/// A Latin letter as text.
pub(super) fn passes_for(letter: char) -> Option<&'static str> {
    const ALPHABET: &str = "abcdefghijklmnopqrstuvwxyz";
    let at = ALPHABET.find(letter)?;
    ALPHABET.get(at..=at)
}

/// The letters that a digit or a symbol is used for, and whether it is a symbol. `decancer` knows the
/// rest, such as currencies. An asterisk passes for any letter, which the search deals with.
pub(super) fn disguise(c: char) -> (&'static str, bool) {
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
        '$' => ("s", true),
        '!' | '¡' | '|' => ("il", true),
        '+' => ("t", true),
        '£' => ("l", true),
        '*' | '#' | '?' | '%' | '^' => ("*", true),
        c => (foreign(c), false),
    }
}

/// The letters that a ligature stands for, or a letter of another script looks like only here and
/// there: the person who blocks a word of that script means the letter itself.
fn foreign(c: char) -> &'static str {
    match c {
        'æ' => "ae",
        'œ' => "oe",
        'λ' | '卂' => "a",
        'б' | '乃' => "b",
        'д' | 'δ' => "da",
        'з' | 'э' | 'ξ' | '乇' => "e",
        'и' | 'π' | '几' => "n",
        'θ' | 'φ' | 'ㄖ' => "o",
        'ψ' | '山' => "w",
        'ɯ' | 'ʍ' => "mw",
        'ʌ' => "av",
        'ζ' | '乙' => "z",
        '匚' => "c",
        '千' => "f",
        '卄' => "h",
        '丨' => "i",
        '爪' => "m",
        '卩' => "p",
        '尺' => "r",
        '丂' => "s",
        'ㄒ' => "t",
        'ㄩ' => "u",
        '乂' => "x",
        'ㄚ' => "y",

        _ => "",
    }
}

/// The Latin letter that a letter looks like; itself where there is none, or where `decancer` knows.
pub(super) fn look(c: char) -> char {
    match c {
        'а' | 'α' | 'ɐ' | 'ɒ' | '∀' => 'a',
        'в' | 'β' | 'ь' => 'b',
        'с' => 'c',
        'ԁ' | 'ð' | 'ɗ' | 'ꝺ' => 'd',
        'е' | 'ε' | 'є' | 'ɘ' | 'ǝ' | 'ʒ' | 'ⱻ' => 'e',
        'ғ' => 'f',
        'ԍ' => 'g',
        'һ' | 'н' | 'ɥ' => 'h',
        'і' | 'ι' | 'ӏ' => 'i',
        'ј' | 'ϳ' => 'j',
        'к' | 'κ' => 'k',
        'ꝉ' | 'ꬷ' | 'ꬸ' | 'ꬹ' => 'l',
        'м' | 'μ' => 'm',
        'η' | 'п' | 'ո' | 'ɳ' => 'n',
        'о' | 'ο' | 'σ' | 'օ' => 'o',
        'р' | 'ρ' => 'p',
        'ԛ' | 'ꞯ' => 'q',
        'г' | 'я' | 'ɹ' | 'ɺ' | 'ɻ' | 'ɿ' | 'ᵳ' | 'ꞃ' => 'r',
        'ѕ' | 'ƨ' | 'ꞅ' | 'ẜ' | 'ẝ' => 's',
        'т' | 'τ' | 'ꞇ' => 't',
        'υ' | 'ս' | 'ц' => 'u',
        'ν' | 'ѵ' => 'v',
        'ԝ' | 'ω' | 'ш' => 'w',
        'х' | 'χ' => 'x',
        'у' | 'γ' | 'ү' | 'ʎ' => 'y',
        c => c,
    }
}

/// The letter inside a box, a disc or a flag, which no normal form takes it out of.
pub(super) fn enclosed(c: char) -> Option<char> {
    let first = [0x1_F150, 0x1_F170, 0x1_F1E6]
        .into_iter()
        .find(|first| (*first..*first + 26).contains(&u32::from(c)))?;
    char::from_u32(u32::from('a') + u32::from(c) - first)
}

/// Marks above, below and through letters, as far as leaving them out makes no other word:
/// <https://www.unicode.org/charts/> of the combining marks, Hebrew points and Arabic vowels.
pub(super) fn is_accent(c: char) -> bool {
    matches!(c,
        '\u{0300}'..='\u{036F}' | '\u{0483}'..='\u{0489}' | '\u{0591}'..='\u{05BD}'
        | '\u{0640}' | '\u{064B}'..='\u{065F}' | '\u{1AB0}'..='\u{1AFF}'
        | '\u{1DC0}'..='\u{1DFF}' | '\u{20D0}'..='\u{20FF}' | '\u{FE20}'..='\u{FE2F}')
}
