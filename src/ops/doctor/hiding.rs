//! What a public report hides: names, paths and ids.

/// A text with `[hidden]` in place of a private part, but not inside of a longer word: somebody's server
/// may be called "e".
pub(super) fn hide(text: &str, part: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(part) {
        shown.push_str(before);
        let is_in_word = is_inside_word(shown.chars().next_back(), part.chars().next())
            || is_inside_word(part.chars().next_back(), after.chars().next());
        shown.push_str(if is_in_word { part } else { "[hidden]" });
        rest = after;
    }
    shown + rest
}

/// Whether a word goes on from one character to the next.
fn is_inside_word(left: Option<char>, right: Option<char>) -> bool {
    [left, right].into_iter().all(|side| side.is_some_and(char::is_alphanumeric))
}

/// The fewest digits of an id of Discord's (2015 on); port numbers, counts and years have fewer.
const ID_DIGITS: usize = 15;

/// A text with `[id]` in place of each of Discord's ids.
pub(super) fn without_ids(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut digits = String::new();
    for c in text.chars().chain(['\0']) {
        if c.is_ascii_digit() {
            digits.push(c);
            continue;
        }
        let is_id = digits.len() >= ID_DIGITS;
        shown.push_str(if is_id { "[id]" } else { &digits });
        digits.clear();
        shown.extend(Some(c).filter(|c| *c != '\0'));
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_name_hides_no_letter_of_other_words() {
        assert_eq!(
            hide("e: all that songs need in 3 channels\n#e: Embed Links", "e"),
            "[hidden]: all that songs need in 3 channels\n#[hidden]: Embed Links"
        );
        assert_eq!(hide("\u{1f3b5}x: missing", "\u{1f3b5}"), "[hidden]x: missing");
        assert_eq!(
            hide("12 MB free at /home/ann/data", "/home/ann/data"),
            "12 MB free at [hidden]"
        );
    }

    #[test]
    fn only_long_numbers_are_ids() {
        assert_eq!(
            without_ids("404 of 123456789012345678, 14 digits 12345678901234"),
            "404 of [id], 14 digits 12345678901234"
        );
        assert_eq!(without_ids("123456789012345678"), "[id]");
    }
}
