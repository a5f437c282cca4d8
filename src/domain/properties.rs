//! What must hold for prompts, blocked words and links, however they are written.

#![expect(clippy::missing_panics_doc, reason = "a property panics where it is broken")]

use url::Url;

use super::{BlockedWord, Prompt, Reading, WORDS_MAX, link as link_of};

/// A blocked word that stands alone in a prompt is found, whatever else the prompt holds, and many
/// words are found as each alone. The input is a line of words, and a prompt.
pub fn blocked_words(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let (line, rest) = text.split_once('\n').unwrap_or((&text, ""));
    let typed = line.split([' ', ',']).take(WORDS_MAX as usize);
    let words: Vec<_> = typed
        .filter_map(|typed| {
            let word = BlockedWord::parse(typed).ok()?;
            check_word(typed, &word);
            Some(word)
        })
        .collect();
    let prompt = Prompt::parse(rest).ok();
    let prompt = prompt.as_ref().map_or("", Prompt::as_str);
    let reading = Reading::of(prompt);
    let alone = words.iter().any(|word| reading.contains(word));
    assert_eq!(reading.contains_any(&words), alone);
    for word in &words {
        for text in [
            format!("so: {}, now {prompt}", word.as_str()),
            format!("{prompt} so: {}", word.as_str()),
        ] {
            assert!(Reading::of(&text).contains(word), "{text:?}");
        }
    }
}

/// A word is itself, as it is stored and as it was typed. But in Korean what stands between the parts
/// of a syllable takes them apart.
fn check_word(typed: &str, word: &BlockedWord) {
    let stored = word.as_str();
    assert_eq!(BlockedWord::parse(stored).as_ref(), Ok(word));
    let hidden: String = stored.chars().flat_map(|c| [c, '\u{200B}']).collect();
    let is_plain = typed.is_ascii() || typed.chars().all(char::is_alphanumeric);
    let typed = if is_plain { typed } else { stored };
    for text in [stored, typed, &hidden, &stored.to_ascii_uppercase()] {
        assert!(Reading::of(text).contains(word), "{text:?} {stored:?}");
    }
}

/// A link is a plain address in the web.
pub fn link(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    for base in ["https://whisul.com/api", "http://[::1]:8080/a/b/"] {
        let Ok(base) = Url::parse(base) else { return };
        let Some(link) = link_of(&text, &base) else { continue };
        assert!(matches!(link.scheme(), "http" | "https"));
        assert!(link.host_str().is_some_and(|host| !host.is_empty()), "{link}");
        assert!(link.username().is_empty() && link.password().is_none());
        let link = link.as_str();
        assert!(link.len() <= 8192 && link.is_ascii());
        let odd = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | '"');
        assert!(!link.contains(odd), "{link}");
        // It leads to the same place wherever it is read again.
        assert_eq!(link_of(link, &base).as_ref().map(Url::as_str), Some(link));
    }
}
