//! What people write who mean no harm, and the disguises that come closest to it.

use proptest::prelude::*;

use super::*;

/// The first of these texts that is refused, or let through, against what is expected.
fn assert_each(cases: &[(&str, &[&str])], expected: bool) {
    for (blocked, texts) in cases {
        for text in *texts {
            assert_eq!(is_blocked(text, blocked), expected, "{blocked} in {text}");
        }
    }
}

#[test]
fn a_number_is_no_word() {
    assert_each(
        &[
            (
                "ass",
                &[
                    "a 55 BPM song",
                    "a 55 second jingle",
                    "play it at a 55 tempo",
                    "a-55 road",
                    "a 5 5 beat",
                    "4 55",
                    "455 bpm",
                    "Route 455",
                    "a $$ rap",
                ],
            ),
            ("ss", &["55 bpm", "a 55 second song", "a 5s jingle", "5 5", "5/5"]),
            ("lol", &["101 dalmatians", "1-0-1", "101"]),
            ("go", &["90 bpm", "in 90 s", "90"]),
            ("soo", &["500 miles"]),
            ("bos", &["80s synth pop", "808"]),
            ("as", &["a 5 minute song", "4s"]),
            ("at", &["a 7-piece band", "a 7/8 waltz"]),
            ("ed", &["3D sound"]),
            ("blood", &["b 1 0 0 d"]),
        ],
        false,
    );
    assert_each(
        &[
            ("bad", &["6ad", "b4d", "b 4 d", "b-4-d", "8 a d", "b@d 55"]),
            ("ass", &["a55", "a5s", "4ss", "@ss", "a$$", "4 s s"]),
            ("shit", &["5h17", "5 h 1 t", "s h 1 7"]),
            ("55", &["a 55 BPM song", "5 5"]),
            ("boot", &["b 0 0 t"]),
            ("h8", &["I h8 it", "h 8"]),
            ("1488", &["1488 boots"]),
            ("80s", &["80s synth pop"]),
        ],
        true,
    );
}

#[test]
fn a_contraction_is_two_words() {
    assert_each(
        &[
            ("cant", &["I can't dance", "I CAN’T", "‘can't’"]),
            ("wont", &["it won't do"]),
            ("shed", &["she'd love a waltz"]),
            ("whore", &["who're you", "Who’re they?"]),
            ("were", &["we're in love"]),
            ("hell", &["he'll sing", "he‘ll"]),
            ("ill", &["I'll dance", "\"I'll\""]),
            ("id", &["I'd like a waltz"]),
            ("ima", &["I'm a singer"]),
            ("cats", &["the cat's pyjamas"]),
            ("ll", &["he'll"]),
        ],
        false,
    );
    assert_each(
        &[
            ("bad", &["b'a'd", "ba'd", "b'ad", "a bad's song", "I'd b a d"]),
            ("kill", &["ki'll"]),
            ("shit", &["sh'it", "shi't"]),
            ("dick", &["Dick's song"]),
            ("can", &["can't"]),
            ("rocknroll", &["rock'n'roll"]),
            ("d'oh", &["d'oh"]),
        ],
        true,
    );
}

#[test]
fn a_blocked_contraction_means_itself() {
    for (blocked, other) in
        [("he'll", "hell"), ("I’m", "im"), ("can't", "cant"), ("she'd", "shed"), ("d'oh", "doh")]
    {
        assert!(is_blocked(&format!("and {blocked} so"), blocked), "{blocked}");
        assert!(is_blocked(&blocked.to_uppercase().replace('\'', "’"), blocked), "{blocked}");
        assert!(!is_blocked(other, blocked), "{blocked}");
        assert_eq!(word(blocked).as_str(), blocked.to_lowercase().replace('’', "'"));
    }
}

#[test]
fn chords_are_no_letters() {
    assert_each(
        &[
            (
                "fag",
                &[
                    "C F A G",
                    "Am7 F A G",
                    "Cmaj7 F A G",
                    "chords C, F, A, G",
                    "Am F A G",
                    "C-F-A-G",
                    "F A A G",
                    "C G F A G#m",
                ],
            ),
            ("bad", &["B A D G", "Em B A D"]),
            ("cum", &["in C#m", "C#m7 and F#m", "C#m F#m"]),
            ("dam", &["in D#m"]),
        ],
        false,
    );
    assert_each(
        &[
            ("fag", &["F A G", "Dance F A G", "a f a g", "play F-A-G", "so F A G!"]),
            ("bad", &["B A D", "B/\\D", "V E R Y  B A D  S O N G", "I B A D", "b b a d"]),
            ("bass", &["B A S S"]),
            ("dead", &["D E A D"]),
            ("facts", &["F A C T S"]),
            // Only "#" makes a chord, and only after the name of a note.
            ("ham", &["h#m"]),
            ("dam", &["d?m"]),
        ],
        true,
    );
}

#[test]
fn pictures_are_no_letters() {
    for picture in ["🎵", "🔥", "💩", "❤️", "♥", "♪", "😀", "🎶", "♫", "™", "№", "℃", "©", "◯"]
    {
        assert_eq!(BlockedWord::parse(picture), Err(WordError::Empty), "{picture}");
        assert_eq!(BlockedWord::parse(&format!("bad{picture}")), Ok(word("bad")), "{picture}");
        for blocked in ["n", "o", "j", "tm", "no"] {
            assert!(!is_blocked(&format!("love {picture} song"), blocked));
        }
        assert!(is_blocked(&format!("so bad{picture}"), "bad"), "{picture}");
        assert!(is_blocked(&format!("{picture}bad"), "bad"), "{picture}");
    }
}

#[test]
fn what_is_attached_to_a_word_does_not_hide_it() {
    assert_each(
        &[
            (
                "bad",
                &[
                    "bad™",
                    "bad℠",
                    "badª",
                    "badⁿ",
                    "bad№",
                    "x™bad",
                    "bad®",
                    "bad²",
                    "badᵗʰ",
                    "ₓbad",
                    "baᵈ",
                    "ᵇᵃᵈ",
                    "ᵇad",
                    "bad㎏",
                    "baɗ",
                    "ᶀaᶁ",
                    "baᶑ",
                    "乃ad",
                    "乃卂d",
                    "|3ad",
                    "b/\\d",
                    "b/-\\d",
                    "ba|)",
                    "b  aa  d",
                    "b a a d",
                    "bb a d",
                    "b.aa.d",
                    "b#d",
                    "b?d",
                    "b%d",
                    "b^d",
                    "b*d",
                    "b♥d bad",
                ],
            ),
            ("n", &["sⁿ"]),
            ("fuck", &["f#ck", "f?ck", "F#CK", "f##k", "f|_|ck"]),
        ],
        true,
    );
    assert_each(
        &[
            // A space separates words, unless each letter stands alone.
            ("bad", &["ba d", "b ad", "plan b ad", "b? d", "b #d", "山", "ᵇᵃᵈᵍᵉʳ"]),
            ("ahole", &["a hole in my heart"]),
            ("rape", &["a rap E minor"]),
            ("hell", &["he ll"]),
            ("god", &["g o o d", "good", "60d"]),
            ("book", &["b?"]),
            ("do", &["is it in D? or D#"]),
            ("w", &["山の歌", "山"]),
        ],
        false,
    );
}

proptest! {
    /// Whatever is blocked, a number between other words does not hold it.
    #[test]
    fn no_number_is_refused(
        number in "[0-9]{2,4}",
        around in prop::sample::select(vec![("", ""), ("a ", " x"), ("(", ")"), ("a-", ""), ("i ", "/4")]),
    ) {
        let letters = "oizeasgtbg".as_bytes();
        let seen = |digit: u8| char::from(letters[usize::from(digit - b'0')]);
        let blocked = format!("{}{}", around.0.trim_matches([' ', '(', '-']), number.bytes().map(seen).collect::<String>());
        let text = format!("{}{number}{}", around.0, around.1);
        prop_assert!(!is_blocked(&text, &blocked), "{} in {}", blocked, text);
    }

    /// A word is found beside and inside of signs that are no letters.
    #[test]
    fn no_sign_hides_a_word(
        blocked in "[a-z]{2,6}",
        sign in prop::sample::select(vec!["™", "№", "ⁿ", "🔥", "♪", "❤️", "²", "®", "…", "º"]),
    ) {
        for text in [format!("{sign}{blocked}"), format!("{blocked}{sign}"), format!("my {sign} {blocked}{sign}!")] {
            prop_assert!(is_blocked(&text, &blocked), "{} in {}", blocked, text);
        }
    }
}
