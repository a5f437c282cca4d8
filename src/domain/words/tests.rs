//! Words in disguise are found; words inside of other words are not.

use proptest::prelude::*;

use super::*;

fn word(text: &str) -> BlockedWord {
    BlockedWord::parse(text).unwrap()
}

fn is_blocked(text: &str, blocked: &str) -> bool {
    Reading::of(text).contains(&word(blocked))
}

#[test]
fn the_usual_disguises_help_nobody() {
    for text in [
        "a song about badger",
        "BaDgEr!",
        "b4dg3r",
        "ＢＡＤＧＥＲ in full width",
        "𝓫𝓪𝓭𝓰𝓮𝓻",
        "bädgér",
        "b\u{200B}ad\u{200D}g\u{FEFF}er",
        "bа\u{0501}gеr, in part Cyrillic",
        "βadger",
        "b.a.d.g.e.r",
        "b a d g e r",
        "b  a", // Two words.
        "no - b - a - d - g - e - r -",
        "bad-ger",
        "b_a_d_g_e_r",
        "baaadger",
        "bbaaddggeerr",
        "**badger**",
        "badger123",
        "1badger",
        "b*dger",
        "b**ger",
        "🅱🅰🅳🅶🅴🅡",
        "I b a d g e r",
        "b🔥a🔥d🔥g🔥e🔥r",
        "b@dger",
        "ba\u{0336}d\u{0336}ger",
    ] {
        assert_eq!(is_blocked(text, "badger"), text != "b  a", "{text}");
    }
    for (text, blocked) in [
        ("Straßen", "strassen"),
        ("a$$", "ass"),
        ("@ss", "ass"),
        ("$h!t", "shit"),
        ("a s s!", "ass"),
    ] {
        assert!(is_blocked(text, blocked), "{text}");
    }
}

#[test]
fn a_word_inside_another_is_no_word() {
    for (text, blocked) in [
        ("a train to Scunthorpe", "cunt"),
        ("the class plays bass in the grass", "ass"),
        ("c1ass and gr4ss", "ass"),
        ("b a s s", "ass"),
        ("b.a.s.s", "ass"),
        ("the pen is mightier", "penis"),
        ("tom toms", "tomtoms"),
        ("Bob's hit", "shit"),
        ("this.hit", "shit"),
        ("good", "god"),
        ("ass", "as"),
        ("Hello Bob", "hell"),
        ("***", "ass"),
        ("a** of spades", "ass"),
        ("BB King", "88"),
        ("tail", "tall"),
        ("", "bad"),
    ] {
        assert!(!is_blocked(text, blocked), "{blocked} in {text}");
    }
}

#[test]
fn other_scripts_have_words_too() {
    assert!(is_blocked("お前は馬鹿だ", "馬鹿"));
    assert!(!is_blocked("がき", "かき"));
    assert!(is_blocked("это ПЛОХО!", "плохо"));
    assert!(!is_blocked("неплохой", "плохо"));
    assert!(is_blocked("바보", "바보"));
    assert!(!is_blocked("바보상자", "바보"));
}

#[test]
fn a_blocked_word_is_one_word() {
    assert_eq!(BlockedWord::parse(" - "), Err(WordError::Empty));
    assert_eq!(BlockedWord::parse("two words"), Err(WordError::Several));
    assert_eq!(BlockedWord::parse(&"a".repeat(41)), Err(WordError::TooLong));
    assert_eq!(word(" BÄD! ").as_str(), "badi");
    assert_eq!(word("h8").as_str(), "h8");
    assert!(is_blocked("H8", "h8") && is_blocked("1488", "1488") && is_blocked("bitch", "b1tch"));
}

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
        if let Ok(blocked) = BlockedWord::parse(&text) {
            prop_assert_eq!(BlockedWord::parse(blocked.as_str()), Ok(blocked.clone()));
            prop_assert!(Reading::of(blocked.as_str()).contains(&blocked), "{}", blocked.as_str());
        }
    }

    #[test]
    fn any_text_can_be_read(text in any::<String>(), blocked in "[a-z]{1,5}") {
        let _either_way = is_blocked(&text, &blocked);
    }
}
