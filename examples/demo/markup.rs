//! Discord's markup, as far as the bot uses it, as Discord's client shows it.

use std::collections::BTreeMap;

/// Reads markup at a moment, with the people it may mention.
pub(crate) struct Reader<'a> {
    pub(crate) names: &'a BTreeMap<u64, String>,
    /// Seconds since 1970.
    pub(crate) now: i64,
}

impl Reader<'_> {
    /// A line as people read it: escapes, times and mentions resolved.
    pub(crate) fn read(&self, line: &str) -> String {
        let (mut shown, mut rest) = (String::new(), line);
        while let Some((text, after)) = self.next(rest) {
            shown.push_str(&text);
            rest = after;
        }
        shown
    }

    /// The first piece of a text, resolved, and the rest.
    fn next<'a>(&self, text: &'a str) -> Option<(String, &'a str)> {
        let first = text.chars().next()?;
        let after = text.get(first.len_utf8()..)?;
        let resolved = match first {
            '\\' => escaped(after),
            '<' => self.tag(after),
            _ => None,
        };
        Some(resolved.unwrap_or_else(|| (first.to_string(), after)))
    }

    /// A mention or a time, from behind its `<`
    /// (<https://docs.discord.com/developers/reference#message-formatting>).
    fn tag<'a>(&self, text: &'a str) -> Option<(String, &'a str)> {
        let (tag, after) = text.split_once('>')?;
        let resolved = if let Some(id) = tag.strip_prefix('@') {
            format!("@{}", self.names.get(&id.parse().ok()?)?)
        } else {
            let seconds = tag.strip_prefix("t:")?.strip_suffix(":R")?;
            relative(seconds.parse().ok()?, self.now)
        };
        Some((resolved, after))
    }
}

/// The character behind a backslash, where that takes away its meaning.
fn escaped(text: &str) -> Option<(String, &str)> {
    let literal = text.chars().next().filter(char::is_ascii_punctuation)?;
    Some((literal.to_string(), text.get(1..)?))
}

/// A time as people say it now.
fn relative(at: i64, now: i64) -> String {
    const UNITS: [(u64, &str); 4] =
        [(86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second")];
    let distance = at.abs_diff(now);
    let fitting = UNITS.into_iter().find(|(length, _)| distance >= *length);
    let Some((length, unit)) = fitting else { return "now".to_owned() };
    let count = (distance + length / 2) / length;
    let plural = if count == 1 { "" } else { "s" };
    if at > now {
        format!("in {count} {unit}{plural}")
    } else {
        format!("{count} {unit}{plural} ago")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_is_shown_as_discord_shows_it() {
        let names = BTreeMap::from([(7, "Ann".to_owned())]);
        let reader = Reader { names: &names, now: 1000 };
        for (markup, shown) in [
            ("a \\*loud\\* song \\<\\@7\\>", "a *loud* song <@7>"),
            ("Asked by <@7>, not by <@8>", "Asked by @Ann, not by <@8>"),
            ("<t:995:R>, <t:1061:R>, <t:1000:R>", "5 seconds ago, in 1 minute, now"),
            ("<t:87390:R>", "in 24 hours"),
            ("1 < 2 > 0 \\", "1 < 2 > 0 \\"),
            ("<", "<"),
            ("é\\é🎵", "é\\é🎵"),
        ] {
            assert_eq!(reader.read(markup), shown);
        }
    }
}
