//! Words in disguise are found; words inside of other words are not.

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
        ("!!!ill", "ill"),
        ("a s s!", "ass"),
    ] {
        assert!(is_blocked(text, blocked), "{text}");
    }
}

#[test]
fn letters_in_disguise_are_letters() {
    for text in [
        "6ad",
        "8ad",
        "ƀad",
        "Ƀad",
        "bȺd",
        "bⱥd",
        "ɓad",
        "ḇạḏ",
        "bɑd",
        "ʙᴀᴅ",
        "ᵇᵃᵈ",
        "ᴮᴬᴰ",
        "ⓑⓐⓓ",
        "⒝⒜⒟",
        "🇧🇦🇩",
        "🇧 🇦 🇩",
        "🄱🄰🄳",
        "🅑🅐🅓",
        "𝒷𝒶𝒹",
        "𝕓𝕒𝕕",
        "ᏴᎪᎠ",
        "ꓐꓮꓓ",
        "ьаԁ",
        "бад",
        "bаd",
        "bαd",
        "b∂d ba∂",
        "₿₳₫",
        "b\u{0336}a\u{0336}d\u{0336}",
        "b\u{0300}\u{0301}\u{0302}\u{0303}ad",
        "b\u{20DD}a\u{20DE}d",
        "ba\u{034F}d",
        "b\u{FE0F}a\u{E0041}d",
        "b\u{00AD}a\u{2060}d",
        "b\u{202E}a\u{202C}d",
        "b\u{3164}a\u{2800}d",
        "b\u{7}a\u{7F}d",
        "ｂａｄ",
        "BÄĐ",
        "bæd",
        "bλd",
    ] {
        assert!(is_blocked(text, "bad"), "{text}");
    }
    for (text, blocked) in [
        ("shıt", "shit"),
        ("ſhit", "shit"),
        ("šĥîţ", "shit"),
        ("ѕһіт", "shit"),
        ("5h17", "shit"),
        ("ꜱʜɪᴛ", "shit"),
        ("ƨhit", "shit"),
        ("nіgһt", "night"),
        ("ħɇłł", "hell"),
        ("ŧøŧ", "tot"),
        ("cœd", "cod"),
        ("so🔥shit", "shit"),
        ("…shit…", "shit"),
        ("♪shit♪", "shit"),
        ("9ueen", "queen"),
        ("ﬁst", "fist"),
        ("плохо", "плохо"),
        ("ПЛ0ХО", "плохо"),
        ("κακός", "κακός"),
        ("ΚΑΚΟΣ", "κακός"),
    ] {
        assert!(is_blocked(text, blocked), "{text}");
    }
}

/// Letters as people find them in fancy fonts, in other alphabets, and on a keyboard.
#[test]
fn every_letter_can_be_recognised_by_its_look() {
    for (looks, letters) in [
        ("卂乃匚千卄丨爪几ㄖ卩尺丂ㄒㄩ山乂ㄚ乙乇", "abcfhimnoprstuwxyze"),
        ("ɐɒɘǝɥɯɹɺɻɿʌʍʎʒ∀", "aaeehmrrrrvwyea"),
        ("авсԁеєғԍһніӏјкмпоорԛгяѕтуцѵԝшхү", "abcdeefghhiijkmnoopqrrstyuvwwxy"),
        ("αβγδεζηθικλμνξοπρσςτυφχψω", "abydeznoikamveonpostuoxww"),
        ("бдзэиь", "bdeenb"),
        ("ðɗꝺⱻϳꝉꬷꬸꬹոօɳꞯᵳꞃƨꞅẜẝꞇս", "dddejllllnonqrrsssstu"),
        ("012345678996", "oizeasgtbgqb"),
        ("@$§!¡|+†€£¢©¥®", "assiiittelccyr"),
    ] {
        for (look, letter) in looks.chars().zip(letters.chars()) {
            let (text, blocked) = (format!("x{look}x"), format!("x{letter}x"));
            assert!(is_blocked(&text, &blocked), "{look} looks like {letter}");
        }
        assert_eq!(looks.chars().count(), letters.len(), "{looks}");
    }
}

#[test]
fn a_word_that_is_spelled_out_is_a_word() {
    for text in [
        "b  a  d",
        "b   a  d",
        "b a  d",
        "b\u{2003}a\u{00A0}\u{3000}d",
        "b \u{200B} a d",
        "x b a d",
        "x  b a d",
        "x x b a d",
        "xx b a d",
        "q b a d",
        "b b a d",
        "b a d x",
        "x b a d x",
        "hey b a d",
        "1 b a d",
        "b a d 1",
        "b.a d",
        "b.-a_ d",
        "b - a - d",
        "b--a--d",
        "b . a . d",
        "b,,a;d",
        "so b a d",
        "I b a d",
        "a b a d",
        "x.b.a.d",
        "x-b-a-d-x",
        "b/a/d",
        "b\\a\\d",
        "(b)(a)(d)",
        "[b] [a] [d]",
        "b|a|d",
        "b~a~d",
        "b a d. s o",
        "v e r y  b a d  s o n g",
        "b\na\nd",
    ] {
        assert!(is_blocked(text, "bad"), "{text}");
    }
    // A digit is no letter of a word, and a letter before a hyphen none of a word after it.
    for (text, blocked) in [("1 a s s", "ass"), ("s o d a 7", "soda"), ("b-ass", "ass")] {
        assert!(is_blocked(text, blocked), "{text}");
    }
    assert!(!is_blocked("g o d", "go"));
    assert!(is_blocked("go to he-ll", "hell") && is_blocked("sh'it and ki'll", "shit"));
    assert!(is_blocked("x a s s", "ass") && is_blocked("q i d i o t", "idiot"));
}

/// What a person would write who means no harm.
#[test]
fn ordinary_words_are_no_blocked_ones() {
    let blocked = [
        "ass", "bad", "cock", "cum", "cunt", "damn", "dick", "fag", "fuck", "god", "hell", "ill",
        "kill", "nazi", "nig", "penis", "porn", "rape", "sex", "shit", "slut", "spic", "tit",
        "tits", "whore", "xxx", "crap", "hit", "hate",
    ]
    .map(word);
    for text in [
        "Henry III and Louis XIV: a ballad in 3/4, 120 BPM",
        "a good class on the grass, with bass and brass, passing the glass",
        "hello shell, hillside, shiitake, Scunthorpe, Essex, cocktails and peacocks",
        "A B C, easy as 1 2 3; do re mi, ti la so",
        "chords: C G Am F, then D E A",
        "lo-fi, 80s, drum & bass, R&B, hip-hop / trap, 8-bit",
        "grapes, scrapes, therapist, document, cucumber, accumulate, titanic, diet, sextet",
        "M I D I and C. P. E. Bach",
        "U.S.A., U.K. and E.U. in a song for J. R. R. Tolkien",
        "W A S S E R",
        "b a s s",
        "b.a.s.s",
        "g r a s s",
        "f o o t b a l l",
        "C L A S S",
        "h e l l o",
        "Ein Lied über den Herbst: Nebel, Äpfel, Straßenbahn und die Dicke Berta am See",
        "Une chanson douce pour l'été, où les cœurs s'éveillent à Besançon, déjà vu",
        "Una canción de cuna para mi niña, el señor y el pingüino; mañana será otro día",
        "Uma música sobre saudade, o coração e a avó; não há nada melhor",
        "Песня о море, ветре и весне: нам хорошо, когда поёт скрипка и звучит рояль",
        "Пісня про їжака, який шукає яблука в саду; ґанок, сім'я, щастя",
        "Ένα τραγούδι για τη θάλασσα, τον ήλιο και την αγάπη μας",
        "Piosenka o żółtej łódce, gdzieś nad Wisłą; świt, mgła i źdźbło trawy",
        "Şarkı: güneşli bir gün, ağaçlar ve kuşlar; ılık rüzgâr",
        "Bài hát về mùa hè, biển xanh và những ngày nắng đẹp",
        "静かな夜のピアノ、雨の音と猫",
        "조용한 밤의 피아노와 빗소리",
        "关于春天和河流的歌",
        "אהבה ושלום",
        "أغنية عن البحر والقمر",
        "बारिश के बारे में एक गीत",
        "เพลงเกี่ยวกับทะเล",
        "Sång om ån och älven på Åland, øl og æbler",
        "♪ la la la ♫ ♥ → ∞ … “quoted” – dashed — 100 % ½ € £5 $10 #1 @home",
        "(it) [is] {all} <fine>",
        "He'll sing, I'll dance, we’ll shine; it's, let's; o'clock",
    ] {
        let found = blocked.iter().find(|word| Reading::of(text).contains(word));
        assert_eq!(found.map(BlockedWord::as_str), None, "{text}");
    }
}

#[test]
fn three_of_a_kind_draw_out_a_letter_that_stands_doubled_in_the_word() {
    for (text, blocked) in [("goood", "good"), ("asss", "ass"), ("baaad", "bad")] {
        assert!(is_blocked(text, blocked), "{text}");
    }
    for (text, blocked) in [("god", "good"), ("good", "god"), ("good", "goood")] {
        assert!(!is_blocked(text, blocked), "{text} is another word than {blocked}");
    }
}

#[test]
fn many_words_are_sought_as_each_alone() {
    let words: Vec<_> =
        ["bad", "ass", "badger", "god", "penis", "a", "馬鹿", "strassen"].map(word).to_vec();
    for text in [
        "a good b4dger",
        "b a s s",
        "gooood",
        "p*n*s",
        "お前は馬鹿だ",
        "ba dger",
        "straßen",
        "strasssen",
        "a$$",
    ] {
        let reading = Reading::of(text);
        let alone = words.iter().any(|word| reading.contains(word));
        assert_eq!(reading.contains_any(&words), alone, "{text}");
    }
    // One letter more than 64, which are sought at once.
    let words = [vec![word("a"); 64], vec![word("b")]].concat();
    assert!(Reading::of("ba b").contains_any(&words));
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
        // A control character, and one that `marks.rs` writes between two words.
        ("so\u{7}bad", "bad"),
        ("so\u{FDD0}bad", "bad"),
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
    assert!(is_blocked("私のbadな歌", "bad") && is_blocked("so馬鹿so", "馬鹿"));
    // These look like "n" after an apostrophe, a question mark, and nothing Latin.
    assert!(is_blocked("ŉest", "nest"));
    assert!(!is_blocked("bʔd", "bad"));
    assert!(!is_blocked("badʩ", "bad"));
}

#[test]
fn a_log_shows_no_blocked_word() {
    assert_eq!(format!("{:?}", word("badger")), "BlockedWord(6 letters)");
}

#[test]
fn a_blocked_word_is_one_word() {
    assert_eq!(BlockedWord::parse(" - "), Err(WordError::Empty));
    assert_eq!(BlockedWord::parse("two words"), Err(WordError::Several));
    assert!(BlockedWord::parse(&"a".repeat(40)).is_ok());
    assert_eq!(BlockedWord::parse(&"a".repeat(41)), Err(WordError::TooLong));
    assert_eq!(word(" BÄD! ").as_str(), "bad");
    assert_eq!(word("h8").as_str(), "h8");
    assert!(is_blocked("H8", "h8") && is_blocked("1488", "1488") && is_blocked("bitch", "b1tch"));
}

#[test]
fn a_blocked_word_has_a_letter_that_was_typed_as_one() {
    for text in [
        "!!!",
        "$$$",
        "@",
        "|||",
        "€",
        "*",
        "+",
        "🔥",
        "🅱",
        "🇩🇪",
        "1\u{FE0F}\u{20E3}",
        "ℹ\u{FE0F}",
        "©®",
        "!?…",
        "",
        "\u{3164}!!!",
        "\u{640}$",
    ] {
        assert_eq!(BlockedWord::parse(text), Err(WordError::Empty), "{text}");
    }
    for (text, meant) in [
        ("spam!!!", "spam"),
        ("||badger||", "badger"),
        ("¡hola!", "hola"),
        ("a$$", "ass"),
        ("$hit", "shit"),
        ("sh!t!", "shit"),
        ("1", "1"),
        ("🅱adger", "badger"),
        ("ｂａｄ", "bad"),
    ] {
        assert_eq!(word(text), word(meant), "{text}");
    }
    assert!(!is_blocked("a song about Henry III", "spam!!!"));
}

mod ordinary;
mod properties;
