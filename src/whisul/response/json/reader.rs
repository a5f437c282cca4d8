//! The parser: reads broken JSON as far as it goes, and keeps the documented members only.

use serde_json::{Map, Number, Value};

/// The members that are kept, by their [`plain_name`]: those of the API, and those that gateways and
/// other versions use in their place.
pub(super) const KEPT_NAMES: [&str; 28] = [
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
/// The most elements of a list that are kept.
pub(super) const ELEMENTS_MAX: usize = 100;
/// The most bytes of a text that are kept. No text of the API is as long.
pub(super) const TEXT_MAX: usize = 16 * 1024;
/// The depth up to which values are kept: an object, its `result`, a list in that, and its elements.
pub(super) const DEPTH_MAX: usize = 4;

/// Stands for a character that can't be read.
const REPLACEMENT: char = '\u{FFFD}';

/// The form in which two names of a member are compared.
pub(super) fn plain_name(name: &str) -> String {
    name.chars().filter(|c| !matches!(c, '_' | '-')).flat_map(char::to_lowercase).collect()
}

/// Reads a body from its beginning to its end.
pub(super) struct JsonReader<'a> {
    pub(super) bytes: &'a [u8],
    /// The position of the next byte.
    pub(super) at: usize,
    /// Whether the body ended in the middle of a value, or went on as no JSON does.
    pub(super) cut: bool,
}

impl<'a> JsonReader<'a> {
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

    /// Reads the next value. `None` if it is missing or cut off, as half an id or half a link would
    /// be a wrong one. Of an object or a list, the part that arrived is a value.
    pub(super) fn value(&mut self, depth: usize) -> Option<Value> {
        match self.peek() {
            Some(b'{' | b'[') if depth >= DEPTH_MAX => {
                self.skip_nested();
                None
            }
            Some(b'{') => Some(self.object(depth)),
            Some(b'[') => Some(self.list(depth)),
            Some(quote @ (b'"' | b'\'')) => self.text(quote).map(Value::String),
            _ => self.word(),
        }
    }

    /// Skips a value. It is read as one that lies too deep to be kept.
    fn skip(&mut self) {
        drop(self.value(DEPTH_MAX));
    }

    fn object(&mut self, depth: usize) -> Value {
        let mut members = Map::new();
        self.at += 1;
        while let Some(quote) = self.element(b'}') {
            let name = match quote {
                b'"' | b'\'' => plain_name(&self.text(quote).unwrap_or_default()),
                _ => plain_name(self.bare_word()),
            };
            self.skip_space();
            if self.peek() != Some(b':') {
                self.cut = true;
                break;
            }
            self.at += 1;
            self.skip_space();
            if !KEPT_NAMES.contains(&name.as_str()) {
                self.skip();
            } else if let Some(value) = self.value(depth + 1)
                && !value.is_null()
            {
                // The last of several values counts, as in other parsers.
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

    /// Skips an object or a list, however deep, without recursion.
    fn skip_nested(&mut self) {
        let mut depth = 0_usize;
        while let Some(byte) = self.peek() {
            if byte == b'"' {
                drop(self.text(byte));
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
    }

    /// Reads a number, `true`, `false`, or one of the many words for null.
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
        self.cut |= word.is_empty();
        // A number at the very end may have lost digits.
        self.peek().is_some().then_some(value)
    }

    /// Reads letters and digits without quotes.
    fn bare_word(&mut self) -> &'a str {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let part = |byte: &u8| byte.is_ascii_alphanumeric() || b"+-._$".contains(byte);
        let length = rest.iter().position(|byte| !part(byte)).unwrap_or(rest.len());
        self.at += length;
        rest.get(..length).and_then(|word| std::str::from_utf8(word).ok()).unwrap_or_default()
    }

    /// Reads a text and keeps about [`TEXT_MAX`] bytes of it; `None` if its end is missing. Control
    /// characters are kept, and invalid UTF-8 becomes [`REPLACEMENT`].
    fn text(&mut self, quote: u8) -> Option<String> {
        let mut text = Vec::new();
        let mut keep = |bytes: &[u8]| {
            if text.len() < TEXT_MAX {
                text.extend_from_slice(bytes);
            }
        };
        self.at += 1;
        loop {
            match self.next()? {
                byte if byte == quote => break,
                b'\\' => keep(self.escape()?.encode_utf8(&mut [0; 4]).as_bytes()),
                byte => keep(&[byte]),
            }
        }
        let text = String::from_utf8(text);
        Some(text.unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()))
    }

    /// Reads what follows a backslash; `None` if it is missing.
    fn escape(&mut self) -> Option<char> {
        Some(match self.next()? {
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => self.unicode_escape(),
            byte if byte.is_ascii() => byte.into(),
            _ => REPLACEMENT,
        })
    }

    /// Reads the four digits after `\u`, and a second such escape if both are one character. One
    /// half of such a pair is [`REPLACEMENT`].
    fn unicode_escape(&mut self) -> char {
        let Some(unit) = self.code_unit(self.at) else { return REPLACEMENT };
        self.at += 4;
        let has_second = self.bytes.get(self.at..self.at + 2) == Some(b"\\u");
        let second = if has_second { self.code_unit(self.at + 2) } else { None };
        let mut characters = char::decode_utf16([unit].into_iter().chain(second));
        let character = characters.next().and_then(Result::ok).unwrap_or(REPLACEMENT);
        if character.len_utf16() == 2 {
            self.at += 6;
        }
        character
    }

    /// The UTF-16 code unit that four hexadecimal digits write.
    fn code_unit(&self, at: usize) -> Option<u16> {
        let digits = self.bytes.get(at..at + 4)?;
        let value = |digit: &u8| char::from(*digit).to_digit(16);
        let unit = digits.iter().try_fold(0, |unit, digit| Some(unit * 16 + value(digit)?))?;
        u16::try_from(unit).ok()
    }
}

/// Reads a number; null if it is none, such as `1e999` or `-Infinity`. A number that is too long for
/// [`Number`] becomes a text with all of its digits, as it may be an id.
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
