//! What holds for any word and any text.

use proptest::prelude::*;

use super::*;
use crate::properties;

/// A letter as somebody might write it who hopes that nobody notices.
fn disguised(letter: char, way: u8) -> String {
    let full_width = |c: char| char::from_u32(u32::from(c) + 0xFEE0).unwrap();
    match (way, letter) {
        (1, c) => c.to_ascii_uppercase().to_string(),
        (2, c) => full_width(c).to_string(),
        (3, c) => format!("{c}\u{0301}"),
        (4, c) => format!("{c}\u{200B}"),
        (5, 'a') => "4".to_owned(),
        (5, 'e') => "3".to_owned(),
        (5, 'i' | 'l') => "1".to_owned(),
        (5, 'o') => "0".to_owned(),
        (5, 's') => "$".to_owned(),
        (6, 'a') => "а".to_owned(),
        (6, 'e') => "е".to_owned(),
        (6, 'o') => "ο".to_owned(),
        (7, c) => String::from_iter([c; 3]),
        (_, c) => c.to_string(),
    }
}

proptest! {
    /// However many words there are and whatever they are: packed side by side, each is found where
    /// it would be found alone.
    #[test]
    fn no_word_hides_or_makes_another(
        text in "[a-d4*. ]{0,40}",
        words in prop::collection::vec("[a-d]{1,20}", 1..20),
    ) {
        let words: Vec<_> = words.iter().map(|text| word(text)).collect();
        let reading = Reading::of(&text);
        let alone = words.iter().any(|word| reading.contains(word));
        prop_assert_eq!(reading.contains_any(&words), alone);
    }

    /// Spelled out with any separators, as often as somebody likes.
    #[test]
    fn a_word_is_found_however_far_its_letters_stand_apart(
        blocked in "[b-df-hj-np-tv-z][aeiou][b-df-hj-np-tv-z]{1,3}",
        separators in prop::collection::vec("[ .,_/~-]{1,4}", 5),
        before in prop::sample::select(vec!["", "a song: ", "hey "]),
    ) {
        let letters = blocked.chars().zip(&separators);
        let mut text = before.to_owned();
        for (letter, separator) in letters {
            text.push(letter);
            text.push_str(separator);
        }
        prop_assert!(is_blocked(&text, &blocked), "{}", text);
    }

    #[test]
    fn any_disguise_of_a_word_is_found(
        letters in prop::collection::vec(("[a-z]", 0..8_u8), 2..12),
        separator in prop::sample::select(vec!["", ".", "-", "_", " ", "/", "·"]),
        around in prop::sample::select(vec![("", ""), ("my ", " song"), ("(", ")"), ("so: ", ", now")]),
    ) {
        let blocked: String = letters.iter().map(|(letter, _)| letter.as_str()).collect();
        let written: Vec<_> = letters
            .iter()
            .map(|(letter, way)| disguised(letter.chars().next().unwrap(), *way))
            .collect();
        // Digits with hardly a letter among them are a number.
        let begin_with = |is: fn(char) -> bool| written.iter().filter(|text| text.starts_with(is)).count();
        let (typed, digits) = (begin_with(char::is_alphabetic), begin_with(|c| c.is_ascii_digit()));
        prop_assume!(typed >= digits.max(2));
        let text = format!("{}{}{}", around.0, written.join(separator), around.1);
        prop_assert!(is_blocked(&text, &blocked), "{} in {}", blocked, text);
    }

    #[test]
    fn a_longer_word_is_another_word(
        before in "[n-z]{0,4}",
        blocked in "[a-m]{2,10}",
        after in "[n-z]{0,4}",
    ) {
        let text = format!("a song: {before}{blocked}{after} now");
        let alone = before.is_empty() && after.is_empty();
        prop_assert_eq!(is_blocked(&text, &blocked), alone, "{} in {}", blocked, text);
    }

    #[test]
    fn a_word_that_is_not_there_is_not_found(text in "[a-m ]{0,60}", blocked in "[n-z]{1,10}") {
        prop_assert!(!is_blocked(&text, &blocked));
    }

    /// Whatever is stored is read again as the same word, and found where it stands alone.
    #[test]
    fn any_word_is_itself(text in "\\PC{1,12}") {
        properties::blocked_words(text.as_bytes());
    }

    #[test]
    fn any_text_can_be_read(text in any::<String>(), blocked in "[a-z]{1,5}") {
        properties::blocked_words(format!("{blocked}\n{text}").as_bytes());
    }
}
