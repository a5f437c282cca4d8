//! The `.env` file: lines of `NAME=value`, read without surprises.
//!
//! Nothing is substituted: a `$` is a `$`. What other programs read in different ways (an escape
//! outside of quotation marks, a name that is given twice) is reported instead of guessed at, since
//! the value may be a secret that would be cut short in silence.

use std::str::{self, Chars};

use thiserror::Error;

/// One `NAME=value`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Entry {
    /// Its first line, counted from 1.
    pub(super) line: usize,
    pub(super) name: String,
    pub(super) value: String,
}

/// What is wrong with a line. No content of the line is repeated: it may be a secret.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(super) enum LineProblem {
    #[error("expected NAME=value")]
    NotAssignment,
    #[error("the quotation mark after the = is never closed")]
    Unclosed,
    #[error("expected nothing but a comment after the closing quotation mark")]
    AfterQuotes,
    #[error(
        "in double quotes, \\ must be followed by n, r, t, $, a quotation mark, a backtick or \\"
    )]
    Escape,
    #[error("a backslash before a special character; put the value in single quotes")]
    Backslash,
    #[error("contains a control character; save the file as plain text in UTF-8")]
    Control,
    #[error("is not UTF-8; save the file as UTF-8")]
    Encoding,
    #[error("{0} has another value in line {1}; keep one of them")]
    Twice(&'static str, usize),
    #[error("{found} is not a setting; did you mean {meant}?")]
    Unknown { found: String, meant: &'static str },
}

/// The text of a file. Editors on Windows save UTF-8 with a byte order mark, or UTF-16.
///
/// # Errors
/// The line that is no text, and why not.
pub(super) fn decode(bytes: &[u8]) -> Result<String, (usize, LineProblem)> {
    let decoded = match bytes {
        [0xFF, 0xFE, units @ ..] => utf16(units, u16::from_le_bytes),
        [0xFE, 0xFF, units @ ..] => utf16(units, u16::from_be_bytes),
        [0xEF, 0xBB, 0xBF, text @ ..] | text => utf8(text),
    };
    decoded.map(|text| text.replace("\r\n", "\n").replace('\r', "\n"))
}

fn utf8(bytes: &[u8]) -> Result<String, (usize, LineProblem)> {
    let read = str::from_utf8(bytes).map_err(|error| {
        let before = bytes.iter().take(error.valid_up_to());
        (1 + before.filter(|byte| **byte == b'\n').count(), LineProblem::Encoding)
    });
    read.map(str::to_owned)
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, (usize, LineProblem)> {
    let (pairs, rest) = bytes.as_chunks();
    let units = pairs.iter().map(|pair| unit(*pair));
    let text: Option<String> = char::decode_utf16(units).map(Result::ok).collect();
    text.filter(|_| rest.is_empty()).ok_or((1, LineProblem::Encoding))
}

/// The name that a line begins with, even if nothing else of it can be read.
pub(super) fn name_of(line: &str) -> &str {
    let line = without_export(line.trim()).trim_start_matches(['"', '\'', '`']);
    let end = line.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(line.len());
    line.split_at_checked(end).map_or("", |(name, _)| name)
}

/// Reads all entries, in their order, and what is wrong with other lines.
pub(super) fn parse(text: &str) -> (Vec<Entry>, Vec<(usize, LineProblem)>) {
    let (mut entries, mut problems) = (Vec::new(), Vec::new());
    let (mut rest, mut line) = (text, 1);
    while !rest.is_empty() {
        let (own, mut next) = rest.split_once('\n').unwrap_or((rest, ""));
        let mut lines = 1;
        match read_line(own, rest) {
            Ok(None) => {}
            Ok(Some((name, value, after))) => {
                if let Some(after) = after {
                    lines = rest.matches('\n').count() - after.matches('\n').count();
                    next = after;
                }
                entries.push(Entry { line, name, value });
            }
            // An unclosed quotation mark takes no further lines with it.
            Err(problem) => problems.push((line, problem)),
        }
        (rest, line) = (next, line + lines.max(1));
    }
    (entries, problems)
}

/// A name, its value and, where the value may reach over several lines, the lines after it.
type Assignment<'a> = (String, String, Option<&'a str>);

/// Reads the line that a text begins with. `None`: it is empty, or a comment.
fn read_line<'a>(line: &str, text: &'a str) -> Result<Option<Assignment<'a>>, LineProblem> {
    if line.contains(|c: char| c.is_control() && c != '\t') {
        return Err(LineProblem::Control);
    }
    let content = line.trim();
    if content.is_empty() || content.starts_with('#') {
        return Ok(None);
    }
    let (name, value) = line.split_once('=').ok_or(LineProblem::NotAssignment)?;
    let name = without_export(name.trim());
    if name.is_empty() || name.contains(|c: char| c.is_whitespace() || "\"'`#".contains(c)) {
        return Err(LineProblem::NotAssignment);
    }
    let name = name.to_owned();
    let quote = value.trim_start().chars().next().filter(|first| matches!(first, '"' | '\''));
    let Some(quote) = quote else {
        return Ok(Some((name, unquoted(value)?, None)));
    };
    let inside = text.split_once(quote).map(|(_, inside)| inside).unwrap_or_default();
    let (value, after) = quoted(inside.chars(), quote)?;
    let (tail, after) = after.split_once('\n').unwrap_or((after, ""));
    let tail = tail.trim_start();
    if tail.is_empty() || tail.starts_with('#') {
        Ok(Some((name, value, Some(after))))
    } else {
        Err(LineProblem::AfterQuotes)
    }
}

fn without_export(name: &str) -> &str {
    match name.strip_prefix("export") {
        Some(rest) if rest.starts_with(char::is_whitespace) => rest.trim_start(),
        _ => name,
    }
}

/// A value without quotation marks: as it stands, up to a comment.
fn unquoted(text: &str) -> Result<String, LineProblem> {
    let mut before = None;
    let comment = text.char_indices().find(|(_, c)| {
        let begins = *c == '#' && before.is_some_and(char::is_whitespace);
        before = Some(*c);
        begins
    });
    let end = comment.map_or(text.len(), |(at, _)| at);
    let value = text.split_at_checked(end).map_or(text, |(value, _)| value).trim();
    let mut chars = value.chars().peekable();
    while let Some(c) = chars.next() {
        let special = |next: &char| "\\$\"'`#".contains(*next) || next.is_whitespace();
        if c == '\\' && chars.next_if(special).is_some() {
            return Err(LineProblem::Backslash);
        }
    }
    Ok(value.to_owned())
}

/// The value up to its closing quotation mark, and what follows that.
fn quoted(mut chars: Chars<'_>, quote: char) -> Result<(String, &str), LineProblem> {
    let mut value = String::new();
    while let Some(c) = chars.next() {
        match c {
            c if c == quote => return Ok((value, chars.as_str())),
            '\\' if quote == '"' => value.push(match chars.next() {
                Some('n') => '\n',
                Some('r') => '\r',
                Some('t') => '\t',
                Some(c @ ('$' | '`' | '"' | '\'' | '\\')) => c,
                Some(_) => return Err(LineProblem::Escape),
                None => break,
            }),
            c => value.push(c),
        }
    }
    Err(LineProblem::Unclosed)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::properties;

    /// The value that a line gives.
    fn value(line: &str) -> Result<String, LineProblem> {
        let (mut entries, mut problems) = parse(line);
        match (entries.pop(), problems.pop()) {
            (Some(entry), None) => Ok(entry.value),
            (None, Some((1, problem))) => Err(problem),
            other => panic!("{line}: {other:?}"),
        }
    }

    #[test]
    fn a_value_is_what_stands_there() {
        for (line, expected) in [
            ("A=b", "b"),
            ("A = b ", "b"),
            ("  export\tA=b", "b"),
            ("A=", ""),
            ("A= # a comment", ""),
            ("A=ab$cd", "ab$cd"),
            ("A=${HOME}x$$y$", "${HOME}x$$y$"),
            ("A=\"ab$cd ${HOME}\"", "ab$cd ${HOME}"),
            ("A='ab$cd\\n\\$'", "ab$cd\\n\\$"),
            (r#"A="a\$b\"c\\d\te""#, "a$b\"c\\d\te"),
            ("A=a#b # why", "a#b"),
            ("A=#b", "#b"),
            ("A='a # b' # why", "a # b"),
            ("A=\"#\"# why", "#"),
            ("A=1, 2", "1, 2"),
            ("A=b=c==", "b=c=="),
            ("A=it's", "it's"),
            (r"A=C:\data\new.db", r"C:\data\new.db"),
            ("A=\u{fffd}é", "\u{fffd}é"),
        ] {
            assert_eq!(value(line).as_deref(), Ok(expected), "{line}");
        }
    }

    #[test]
    fn what_others_read_in_another_way_is_reported() {
        for (line, expected) in [
            ("A", LineProblem::NotAssignment),
            ("A: b", LineProblem::NotAssignment),
            ("=b", LineProblem::NotAssignment),
            ("A B=c", LineProblem::NotAssignment),
            ("\"A\"=b", LineProblem::NotAssignment),
            ("A='b", LineProblem::Unclosed),
            ("A=\"b\\\"", LineProblem::Unclosed),
            ("A='b'c", LineProblem::AfterQuotes),
            ("A=\"b\"'c'", LineProblem::AfterQuotes),
            (r#"A="C:\data""#, LineProblem::Escape),
            (r"A=a\$b", LineProblem::Backslash),
            (r"A=a\ b", LineProblem::Backslash),
            ("A=b\0c", LineProblem::Control),
        ] {
            assert_eq!(value(line), Err(expected), "{line}");
        }
    }

    #[test]
    fn a_value_in_quotes_may_have_several_lines_and_takes_none_by_mistake() {
        let (entries, problems) = parse("A='1\n1\n\n1'\nB=2\nC='never closed\nD=4\n\nE=5");
        let entries: Vec<_> = entries.iter().map(|entry| (entry.line, &*entry.value)).collect();
        assert_eq!(entries, [(1, "1\n1\n\n1"), (5, "2"), (7, "4"), (9, "5")]);
        assert_eq!(problems, [(6, LineProblem::Unclosed)]);
    }

    #[test]
    fn files_from_any_editor_are_read() {
        let text = "A=é\r\nB=2\n";
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        for bytes in [
            text.as_bytes().to_vec(),
            [b"\xEF\xBB\xBF", text.as_bytes()].concat(),
            [b"\xFF\xFE", &*little].concat(),
            [b"\xFE\xFF", &*big].concat(),
        ] {
            assert_eq!(decode(&bytes).as_deref(), Ok("A=é\nB=2\n"));
        }
        assert_eq!(decode(b"A=1\nB=\xE9\n"), Err((2, LineProblem::Encoding)));
        assert_eq!(decode(b"\xFF\xFEA"), Err((1, LineProblem::Encoding)));
        assert_eq!(decode(b"A=1\rB=2").as_deref(), Ok("A=1\nB=2"));
        // Without a mark, UTF-16 is full of zeros.
        let (entries, problems) = parse(&decode(&little).unwrap_or_default());
        assert!(entries.is_empty() && problems.is_empty(), "é alone is no UTF-8: {problems:?}");
        let plain: Vec<u8> = "A=1\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(parse(&decode(&plain).unwrap()).1[0], (1, LineProblem::Control));
    }

    proptest! {
        #[test]
        fn any_text_is_read_and_every_place_exists(text in "([A-Ca-c='\"#$ \\\\\n]|\\PC)*") {
            properties::env_file(text.as_bytes());
        }

        #[test]
        fn single_quotes_take_everything_literally(value in "[^'\\pC]*") {
            let (entries, _) = parse(&format!("A='{value}' # why"));
            prop_assert_eq!(&entries[0].value, &value);
        }

        #[test]
        fn no_secret_is_cut_short(value in "[!-~&&[^\\\\'\"`]]{1,80}") {
            let (entries, _) = parse(&format!("A={value}"));
            prop_assert_eq!(&entries[0].value, &value);
        }
    }
}
