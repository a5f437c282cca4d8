//! Text that people or an API wrote, made harmless inside Discord's markdown.

use icu_properties::{CodePointMapData, props::GraphemeClusterBreak as Break};

use crate::domain::{is_blank, steers_direction};

/// The text with every mark that Discord could read as markup taken literally, cut to at most
/// `limit` UTF-16 code units, which is the strictest way in which Discord counts.
///
/// White space of any kind becomes single spaces, so that nothing starts a new line; control
/// characters and marks that steer direction vanish. Of a text with nothing to see nothing is left.
pub(super) fn escaped(text: &str, limit: usize) -> String {
    fit(text, limit, |c| c.len_utf16() + usize::from(is_markup(c)), is_markup)
}

/// The same for the text of a link, which brackets would end.
pub(super) fn link_text(text: &str, limit: usize) -> String {
    escaped(&text.replace('[', "(").replace(']', ")"), limit)
}

/// The beginning of a text, of at most `most` characters, made harmless in the same way. An escape
/// counts as part of its character.
pub(super) fn excerpt(text: &str, most: usize) -> String {
    fit(text, most, |_| 1, is_markup)
}

/// The same without escapes, for the places where Discord reads no markup (footers, authors,
/// button labels).
pub(crate) fn plain(text: &str, limit: usize) -> String {
    fit(text, limit, char::len_utf16, |_| false)
}

/// Writes as many characters as fit, and an ellipsis when some had to go. What a reader sees as one
/// character stays whole.
fn fit(
    text: &str,
    limit: usize,
    units: impl Fn(char) -> usize,
    is_escaped: fn(char) -> bool,
) -> String {
    let text: String = text.chars().filter(|c| !steers_direction(*c)).collect();
    let words = text.split(|c: char| c.is_whitespace() || c.is_control());
    let joined = words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    if joined.chars().all(is_blank) {
        return String::new();
    }
    let too_long = joined.chars().map(&units).sum::<usize>() > limit;
    let room = if too_long { limit.saturating_sub(1) } else { limit };
    let mut out = String::with_capacity(joined.len());
    for c in beginning(&joined, room, units).chars() {
        if is_escaped(c) {
            out.push('\\');
        }
        out.push(c);
    }
    if too_long && limit > 0 {
        out.push('…');
    }
    out
}

/// The longest beginning of a text that fits, and ends where a character ends for its readers. A
/// pile of marks that is larger than the room is cut all the same.
fn beginning(text: &str, room: usize, units: impl Fn(char) -> usize) -> &str {
    let (mut used, mut end, mut whole) = (0, 0, 0);
    let mut before = Cluster::default();
    for c in text.chars() {
        if before.ends_before(c) {
            whole = end;
        }
        used += units(c);
        if used > room {
            let at = if whole == 0 { end } else { whole };
            return text.get(..at).unwrap_or_default();
        }
        end += c.len_utf8();
    }
    text
}

/// What a reader sees as one character, as far as it has been read.
#[derive(Default)]
struct Cluster {
    last: Option<Break>,
    flags: usize,
}

impl Cluster {
    /// Takes the next character in; says whether it begins another cluster. The rules are those of
    /// <https://www.unicode.org/reports/tr29/>, but that whatever follows a joiner belongs to it.
    fn ends_before(&mut self, c: char) -> bool {
        let next = CodePointMapData::<Break>::new().get(c);
        let last = self.last.replace(next);
        let is_flag = next == Break::RegionalIndicator;
        self.flags = if is_flag { self.flags + 1 } else { 0 };
        let joins = match (last, next) {
            (_, Break::Extend | Break::ZWJ | Break::SpacingMark)
            | (Some(Break::ZWJ | Break::Prepend), _)
            | (Some(Break::L), Break::L | Break::V | Break::LV | Break::LVT)
            | (Some(Break::LV | Break::V), Break::V | Break::T)
            | (Some(Break::LVT | Break::T), Break::T) => true,
            (Some(Break::RegionalIndicator), _) if is_flag => self.flags.is_multiple_of(2),
            _ => false,
        };
        last.is_some() && !joins
    }
}

/// Everything that Discord can read as markup, mention, link or timestamp. A backslash before
/// other punctuation would show.
fn is_markup(c: char) -> bool {
    matches!(
        c,
        '\\' | '*'
            | '_'
            | '~'
            | '`'
            | '|'
            | '>'
            | '#'
            | '-'
            | '+'
            | '['
            | ']'
            | '('
            | ')'
            | '<'
            | ':'
            | '@'
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::properties;

    #[test]
    fn markup_is_taken_literally() {
        assert_eq!(escaped("**loud** @everyone", 100), r"\*\*loud\*\* \@everyone");
        assert_eq!(escaped("<@1> [x](https://y)", 100), r"\<\@1\> \[x\]\(https\://y\)");
        assert_eq!(escaped("a\n# b\t> c", 100), r"a \# b \> c");
    }

    #[test]
    fn what_nobody_sees_is_left_out() {
        assert_eq!(escaped("a\u{202E}b\u{200B}\u{0000}c", 100), "ab c");
        assert_eq!(escaped("\u{200B}\u{2800} \u{3164}", 100), "");
        assert_eq!(plain("👩\u{200D}🎤", 100), "👩\u{200D}🎤");
    }

    #[test]
    fn a_cut_never_leaves_half_an_escape() {
        assert_eq!(escaped("ab***", 5), r"ab\*…");
        assert_eq!(escaped("ab***", 4), "ab…");
        assert_eq!(plain("abcdef", 4), "abc…");
        assert_eq!(plain("🎵🎵🎵", 5), "🎵🎵…");
    }

    #[test]
    fn a_cut_never_splits_what_is_seen_as_one_character() {
        for whole in ["👩\u{200D}🎤", "e\u{301}", "🇩🇪", "👍🏽", "1\u{FE0F}\u{20E3}", "กำ", "각"]
        {
            for text in [format!("a{whole}b"), format!("a{whole}{whole}b")] {
                for most in 1..text.chars().count() {
                    let cut = excerpt(&text, most);
                    let rest = cut.strip_suffix('…').unwrap().strip_prefix('a').unwrap_or_default();
                    assert!(rest.replace(whole, "").is_empty(), "{cut:?}");
                }
            }
        }
        assert_eq!(excerpt("***", 2), r"\*…");
        assert_eq!(excerpt(&format!("e{}", "\u{301}".repeat(9)), 3), "e\u{301}…");
    }

    proptest! {
        #[test]
        fn any_text_fits_and_has_no_bare_markup(text in any::<String>()) {
            properties::markdown(text.as_bytes());
        }

        #[test]
        fn short_text_is_kept_whole(text in "[a-z]{0,20}( [a-z]{1,20})?") {
            prop_assert_eq!(plain(&text, 100), text.trim());
        }
    }
}
