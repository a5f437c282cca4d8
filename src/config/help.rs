//! What `help` says of the settings.

use super::{Fallback, Setting, TABLE};

/// The width that every terminal has.
const WIDTH: usize = 80;

/// Before the settings.
const SOURCES: &str = "Settings come from the environment and from a file .env in this folder; the \
    environment wins. A variable that is set to nothing counts as unset, but for HTTP_ADDR.";

/// Every setting with its default, its meaning and, where that adds something, an example.
pub(crate) fn settings() -> String {
    let mut blocks = vec![indented("", SOURCES)];
    blocks.extend(TABLE.iter().map(of));
    blocks.join("\n\n")
}

/// One setting.
pub(crate) fn of(Setting { name, fallback, meaning, example }: &Setting) -> String {
    let meaning = indented("      ", meaning);
    let example = match fallback {
        Fallback::Value(text) if text == example => String::new(),
        _ => format!("\n      Example: {example}"),
    };
    format!("  {name} ({fallback})\n{meaning}{example}")
}

/// A paragraph of indented lines, broken between words.
fn indented(indent: &str, text: &str) -> String {
    let mut lines = indent.to_owned();
    let mut width = indent.len();
    for word in text.split_whitespace() {
        if width + word.len() > WIDTH {
            lines = format!("{}\n{indent}", lines.trim_end());
            width = indent.len();
        }
        lines.push_str(word);
        lines.push(' ');
        width += word.len() + 1;
    }
    lines.trim_end().to_owned()
}
