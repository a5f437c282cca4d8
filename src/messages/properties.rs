//! What must hold for text of people and APIs in messages.

#![expect(clippy::missing_panics_doc, reason = "a property panics where it is broken")]

use super::markdown::{escaped, excerpt, link_text, plain};
use crate::domain::steers_direction;

/// What people wrote fits in, stays in its line, and is read literally.
pub fn markdown(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let whole = plain(&text, usize::MAX);
    for limit in [0, 1, 2, 3, 10, 100, 1000, 4096] {
        let shown = [plain(&text, limit), escaped(&text, limit), link_text(&text, limit)];
        for shown in &shown {
            assert!(shown.encode_utf16().count() <= limit);
            let ends_line = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
            assert!(!shown.contains(ends_line) && !shown.contains(steers_direction));
            assert!(shown.trim() == shown || shown.ends_with('…'));
        }
        let [plain_text, escaped, link_text] = shown;
        assert!(is_part(&plain_text, &whole));
        assert!(is_part(&read_literally(&escaped), &whole));
        let excerpt = read_literally(&excerpt(&text, limit));
        assert!(is_part(&excerpt, &whole) && excerpt.chars().count() <= limit);
        assert!(!read_literally(&link_text).contains(['[', ']']));
    }
}

fn is_part(shown: &str, whole: &str) -> bool {
    shown == whole
        || shown.is_empty()
        || shown.strip_suffix('…').is_some_and(|part| whole.starts_with(part))
}

/// What Discord shows of an escaped text, in which nothing is markup.
fn read_literally(escaped: &str) -> String {
    let mut characters = escaped.chars();
    let mut shown = String::new();
    while let Some(c) = characters.next() {
        // What begins a mention, a link, a time, an emoji, a heading, a list, a quote, or formats.
        assert!(!"@<>[]():*_~`|#-+".contains(c), "{escaped}");
        let literal = if c == '\\' { characters.next() } else { Some(c) };
        assert!(c != '\\' || literal.is_some_and(|c| c.is_ascii_punctuation()), "{escaped}");
        shown.extend(literal);
    }
    shown
}
