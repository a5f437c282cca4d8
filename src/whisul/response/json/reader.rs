//! The reader itself: what is left of broken JSON, with the documented members alone.

use serde_json::{Map, Number, Value};

/// The names of all members that are kept, in the form in which [`plain_name`] compares them: those
/// of the API, and those in which gateways and other versions wrap or rename them.
pub(super) const NAMES: [&str; 28] = [
    "audiourl",
    "bpm",
    "coverurl",
    "data",
    "duration",
    "error",
    "finishedat",
    "id",
    "imageurl",
    "job",
    "jobid",
    "message",
    "output",
    "payload",
    "pollurl",
    "prompt",
    "response",
    "result",
    "song",
    "songurl",
    "startedat",
    "state",
    "status",
    "tags",
    "task",
    "taskid",
    "title",
    "url",
];
/// The most elements of a list that are kept, and the most bytes of a text. A longer text is cut;
/// no text of the API needs that many.
pub(super) const ELEMENTS_MAX: usize = 100;
pub(super) const TEXT_MAX: usize = 16 * 1024;
/// How deep values are kept: the object, its `result`, a list in that, and the list's elements.
pub(super) const DEPTH_MAX: usize = 4;

/// A name as names are compared.
pub(super) fn plain_name(name: &str) -> String {
    name.chars().filter(|c| !matches!(c, '_' | '-')).flat_map(char::to_lowercase).collect()
}

/// Where in a body the reading is.
pub(super) struct JsonReader<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) at: usize,
    /// Whether the body ended, or stopped making sense, in the middle of a value.
    pub(super) cut: bool,
}

impl JsonReader<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn next(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Some(byte)
    }

    /// Skips white space and stray control characters.
    pub(super) fn skip_space(&mut self) {
        while self.peek().is_some_and(|byte| byte <= b' ') {
            self.at += 1;
        }
    }

    /// The next value. `None` where there is none, or not all of it: half an id or half a link
    /// would be a wrong one. Of objects and lists, the part that is there is a value.
    pub(super) fn value(&mut self, depth: usize) -> Option<Value> {
        match self.peek() {
            Some(b'{' | b'[') if depth >= DEPTH_MAX => {
                self.skip_nested();
                None
            }
            Some(b'{') => Some(self.object(depth)),
            Some(b'[') => Some(self.list(depth)),
            Some(quote @ (b'"' | b'\'')) => self.text(quote, true).map(Value::String),
            _ => self.word(),
        }
    }

    fn object(&mut self, depth: usize) -> Value {
        let mut members = Map::new();
        self.at += 1;
        while let Some(quote) = self.element(b'}') {
            let name = match quote {
                b'"' | b'\'' => self.text(quote, true).unwrap_or_default(),
                _ => self.bare_word().to_owned(),
            };
            self.skip_space();
            if self.peek() != Some(b':') {
                self.cut = true;
                break;
            }
            self.at += 1;
            self.skip_space();
            let name = plain_name(&name);
            if !NAMES.contains(&name.as_str()) {
                self.skip();
            } else if let Some(value) = self.value(depth + 1)
                && !value.is_null()
            {
                // The last of several counts, as nearly everywhere.
                members.insert(name, value);
            }
        }
        members.into()
    }

    fn list(&mut self, depth: usize) -> Value {
        let mut elements = Vec::new();
        self.at += 1;
        while self.element(b']').is_some() {
            if elements.len() >= ELEMENTS_MAX {
                self.skip();
            } else if let Some(value) = self.value(depth + 1) {
                elements.push(value);
            }
        }
        elements.into()
    }

    /// Goes to the next element of an object or a list and returns the byte with which it begins;
    /// `None` once the end has been passed, or nothing more can be read.
    fn element(&mut self, end: u8) -> Option<u8> {
        loop {
            self.skip_space();
            match self.peek() {
                _ if self.cut => return None,
                Some(b',') => self.at += 1,
                Some(byte) if byte == end => {
                    self.at += 1;
                    return None;
                }
                Some(b'}' | b']' | b':') | None => {
                    self.cut = true;
                    return None;
                }
                found => return found,
            }
        }
    }

    /// Skips a value that nobody wants.
    fn skip(&mut self) {
        match self.peek() {
            Some(b'{' | b'[') => self.skip_nested(),
            Some(quote @ (b'"' | b'\'')) => drop(self.text(quote, false)),
            _ => drop(self.word()),
        }
    }

    /// Skips an object or a list, however deep, without recursion.
    fn skip_nested(&mut self) {
        let mut depth = 0_usize;
        while let Some(byte) = self.peek() {
            if byte == b'"' {
                drop(self.text(byte, false));
                continue;
            }
            self.at += 1;
            match byte {
                b'{' | b'[' => depth += 1,
                b'}' | b']' => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                return;
            }
        }
        self.cut = true;
    }

    /// A number, `true`, `false`, or one of the many words for nothing.
    fn word(&mut self) -> Option<Value> {
        let word = self.bare_word();
        let value = match word {
            "true" | "True" => Value::Bool(true),
            "false" | "False" => Value::Bool(false),
            number if number.starts_with(|c: char| "+-.0123456789".contains(c)) => {
                read_number(number)
            }
            _ => Value::Null,
        };
        if word.is_empty() {
            self.cut = true;
        }
        // A number at the very end may have lost digits.
        let ended = self.peek().is_some();
        self.cut |= !ended;
        ended.then_some(value)
    }

    fn bare_word(&mut self) -> &str {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let part = |byte: &u8| byte.is_ascii_alphanumeric() || b"+-._$".contains(byte);
        let length = rest.iter().position(|byte| !part(byte)).unwrap_or(rest.len());
        self.at += length;
        rest.get(..length).and_then(|word| std::str::from_utf8(word).ok()).unwrap_or_default()
    }

    /// A text, of which at most so much is kept as [`TEXT_MAX`] says; `None` if its end is missing.
    /// Control characters inside are taken as they are, and broken ones become U+FFFD.
    fn text(&mut self, quote: u8, kept: bool) -> Option<String> {
        let mut text = Vec::new();
        self.at += 1;
        loop {
            let Some(byte) = self.next() else {
                self.cut = true;
                return None;
            };
            let mut buffer = [0; 4];
            let piece: &[u8] = match byte {
                b'\\' => self.escape()?.encode_utf8(&mut buffer).as_bytes(),
                byte if byte == quote => break,
                byte => {
                    buffer = [byte, 0, 0, 0];
                    buffer.get(..1).unwrap_or_default()
                }
            };
            if kept && text.len() < TEXT_MAX {
                text.extend_from_slice(piece);
            }
        }
        Some(match String::from_utf8(text) {
            Ok(text) => text,
            Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
        })
    }

    /// What an escape stands for; `None` if its end is missing. Half of a pair that JSON writes for
    /// one character stands for U+FFFD.
    fn escape(&mut self) -> Option<char> {
        let Some(byte) = self.next() else {
            self.cut = true;
            return None;
        };
        Some(match byte {
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let Some(unit) = self.hex() else { return Some('\u{FFFD}') };
                let after = self.at;
                let low = (self.bytes.get(after..after + 2) == Some(b"\\u")).then(|| {
                    self.at += 2;
                    self.hex()
                });
                let pair = [unit, low.flatten().unwrap_or_default()];
                let mut decoded = char::decode_utf16(pair);
                let character = decoded.next().and_then(Result::ok);
                // The second unit was no half of this one.
                if decoded.next().is_some() {
                    self.at = after;
                }
                character.unwrap_or('\u{FFFD}')
            }
            byte if byte.is_ascii() => byte.into(),
            _ => '\u{FFFD}',
        })
    }

    /// Four hexadecimal digits.
    fn hex(&mut self) -> Option<u16> {
        let digits = self.bytes.get(self.at..self.at + 4)?;
        let digits = digits.iter().all(u8::is_ascii_hexdigit).then_some(digits)?;
        self.at += 4;
        u16::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
    }
}

/// A number, or nothing in place of one that is none, such as `1e999` or `-Infinity`. What is too
/// long to be kept as a number keeps all of its digits as a text: it may be an id.
fn read_number(text: &str) -> Value {
    let text = text.strip_prefix('+').unwrap_or(text);
    let exact =
        text.parse::<u64>().map(Number::from).or_else(|_| text.parse::<i64>().map(Number::from));
    if let Ok(number) = exact {
        return number.into();
    }
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        return text.into();
    }
    text.parse::<f64>().ok().and_then(Number::from_f64).map_or(Value::Null, Value::Number)
}
