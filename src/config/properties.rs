//! What must hold for a `.env` file, whatever is in it.

#![expect(clippy::missing_panics_doc, reason = "a property panics where it is broken")]

use std::collections::BTreeSet;

use super::env_file::{Entry, decode, parse};

/// Every line is an entry or a problem at most, nothing of a value is lost, and no encoding makes a
/// difference.
pub fn env_file(bytes: &[u8]) {
    let text = match decode(bytes) {
        Ok(text) => text,
        Err((line, _)) => {
            assert!((1..=bytes.split(|byte| *byte == b'\n').count()).contains(&line));
            return;
        }
    };
    assert!(!text.contains('\r'));
    check_encodings(&text);
    let (entries, problems) = parse(&text);
    let lines = entries.iter().map(|entry| entry.line);
    let lines: Vec<usize> = lines.chain(problems.iter().map(|(line, _)| *line)).collect();
    assert!(lines.iter().all(|line| (1..=text.lines().count()).contains(line)));
    assert_eq!(lines.iter().collect::<BTreeSet<_>>().len(), lines.len(), "a line is told of once");
    for Entry { line, name, value } in &entries {
        assert!(!name.is_empty() && !name.contains(char::is_whitespace));
        let own = text.lines().nth(line - 1).unwrap_or_default();
        assert!(own.contains(name.as_str()) && own.contains('='), "an entry's line is its own");
        let (_, own) = own.split_once('=').unwrap_or_default();
        if !own.trim_start().starts_with(['"', '\'']) {
            let is_comment = |rest: &str| rest.is_empty() || rest.starts_with('#');
            let rest = own.trim().strip_prefix(value.as_str());
            assert!(rest.is_some_and(|rest| is_comment(rest.trim())), "a value is cut short");
        }
        check_again(name, value);
    }
}

/// A value that is written down in quotes is read again as it is.
fn check_again(name: &str, value: &str) {
    let escaped = value.replace('\\', "\\\\").replace('"', "\\\"");
    let lines = [format!("{name}=\"{escaped}\" # why"), format!("{name}='{value}'\n")];
    let literal = if value.contains('\'') { 1 } else { 2 };
    for line in lines.iter().take(literal) {
        let (entries, problems) = parse(line);
        let first_line = line.lines().next().unwrap_or_default();
        if first_line.contains(|c: char| c.is_control() && c != '\t') {
            continue;
        }
        assert!(problems.is_empty());
        assert_eq!(entries, [Entry { line: 1, name: name.to_owned(), value: value.to_owned() }]);
    }
}

fn check_encodings(text: &str) {
    let utf16 = |bytes: fn(u16) -> [u8; 2]| -> Vec<u8> {
        "\u{FEFF}".encode_utf16().chain(text.encode_utf16()).flat_map(bytes).collect()
    };
    let windows = text.replace('\n', "\r\n").into_bytes();
    let marked = [b"\xEF\xBB\xBF", text.as_bytes()].concat();
    for encoded in [utf16(u16::to_le_bytes), utf16(u16::to_be_bytes), marked] {
        assert_eq!(decode(&encoded).as_deref(), Ok(text));
    }
    if !text.starts_with('\u{FEFF}') {
        assert_eq!(decode(&windows).as_deref(), Ok(text));
    }
}
