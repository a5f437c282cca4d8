//! What `--help` and `--version` say.

use super::{Fallback, Setting, TABLE};

/// The program's name and version.
pub const VERSION: &str = concat!(env!("CARGO_PKG_NAME"), " ", env!("CARGO_PKG_VERSION"));

/// How to call the program.
pub const USAGE: &str =
    concat!("Usage: ", env!("CARGO_PKG_NAME"), " [backup FILE | --help | --version]");

/// The width that every terminal has.
const WIDTH: usize = 80;

/// What the program does when it is called, and what it does with `backup`.
const COMMANDS: [(&str, &str); 2] = [
    ("whisul-bot", "Runs the bot, until Ctrl-C or SIGTERM."),
    (
        "whisul-bot backup FILE",
        "Copies the database into FILE, which must not exist yet and which only its owner can \
         read. The bot may run meanwhile. Of the settings, only DATABASE_URL is needed.",
    ),
];

/// Before the settings.
const SOURCES: &str = "Settings come from the environment and from a file .env in this folder; the \
    environment wins. A variable that is set to nothing counts as unset.";

/// What the program is, how to call it and what it then does, and every setting with its default,
/// meaning and, where that adds something, an example.
pub fn full() -> String {
    let about = concat!(env!("CARGO_PKG_DESCRIPTION"), ".");
    let title = format!("{VERSION}\n{}", indented("", about));
    let mut blocks = vec![title, USAGE.to_owned()];
    blocks
        .extend(COMMANDS.map(|(call, effect)| format!("  {call}\n{}", indented("      ", effect))));
    blocks.push(indented("", SOURCES));
    blocks.extend(TABLE.iter().map(entry));
    blocks.join("\n\n")
}

fn entry(Setting { name, fallback, meaning, example }: &Setting) -> String {
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
