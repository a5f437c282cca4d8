//! What `--help` and `--version` say.

use super::{Fallback, Setting, TABLE};

/// The program's name and version.
pub const VERSION: &str = concat!(env!("CARGO_PKG_NAME"), " ", env!("CARGO_PKG_VERSION"));

/// How to call the program.
pub const USAGE: &str = "\
Usage: whisul-bot [backup FILE | restore FILE | help [NAME] | --version]
Without a command it runs the bot; whisul-bot help explains everything.";

/// The width that every terminal has.
const WIDTH: usize = 80;

/// What the program does when it is called in each of these ways, and the command's name.
const COMMANDS: [(&str, &str, &str); 5] = [
    ("", "whisul-bot", "Runs the bot, until Ctrl-C or SIGTERM."),
    (
        "backup",
        "whisul-bot backup FILE",
        "Copies the database into FILE, which must not exist yet and which only its owner can \
         read. With - in place of FILE the copy goes to standard output. The bot may run \
         meanwhile. Of the settings, only DATABASE_URL is needed.",
    ),
    (
        "restore",
        "whisul-bot restore FILE",
        "Puts the copy in FILE, or with - the one from standard input, in the database's place \
         once it has been checked. The bot must not be running. The database that was there is \
         kept beside it under a name that is printed. Of the settings, only DATABASE_URL is \
         needed.",
    ),
    (
        "help",
        "whisul-bot help [NAME]",
        "Explains one command or setting, or all of them; so do --help and -h.",
    ),
    ("version", "whisul-bot --version", "Prints the version; so do version and -V."),
];

/// Before the settings.
const SOURCES: &str = "Settings come from the environment and from a file .env in this folder; the \
    environment wins. A variable that is set to nothing counts as unset.";

/// What is said of this command or setting, or of everything.
pub fn of(topic: Option<&str>) -> String {
    let Some(topic) = topic else { return full() };
    let command = COMMANDS.iter().find(|(name, ..)| *name == topic).map(called);
    let setting = || TABLE.iter().find(|setting| setting.name == topic).map(entry);
    command.or_else(setting).unwrap_or_else(full)
}

/// What the program is, how to call it and what it then does, and every setting with its default,
/// meaning and, where that adds something, an example.
fn full() -> String {
    let about = concat!(env!("CARGO_PKG_DESCRIPTION"), ".");
    let title = format!("{VERSION}\n{}", indented("", about));
    let mut blocks = vec![title, USAGE.to_owned()];
    blocks.extend(COMMANDS.iter().map(called));
    blocks.push(indented("", SOURCES));
    blocks.extend(TABLE.iter().map(entry));
    blocks.join("\n\n")
}

fn called((_, call, effect): &(&str, &str, &str)) -> String {
    format!("  {call}\n{}", indented("      ", effect))
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
