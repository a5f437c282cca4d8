//! A message as a picture made of text.

use std::{
    collections::BTreeMap,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use sandbox::{Embed, Message};

use crate::{markup::Reader, screen::Terminal};

/// The colour of a message without an embed: that of Discord's own text.
const GREY: u32 = 0x80_84_8E;
/// Characters per line.
const WIDTH: usize = 76;

/// The lines and colours to print.
pub(crate) struct Picture<'a> {
    pub(crate) message: &'a Message,
    pub(crate) names: &'a BTreeMap<u64, String>,
    pub(crate) terminal: Terminal,
}

impl Picture<'_> {
    /// Draws it, with an empty line below.
    pub(crate) fn draw(&self, edited: bool, after: Duration) -> String {
        let embed = self.message.embed();
        let colour = embed.and_then(|embed| embed.color).unwrap_or(GREY);
        let edge = self.terminal.styled(&foreground(colour), "┃");
        let mut lines = self.text(&self.message.content);
        lines.extend(embed.iter().flat_map(|embed| self.embed(embed)));
        let files = self.message.attachments.iter();
        lines.extend(files.map(|file| format!("File: {}, {} KB", file.filename, file.size / 1024)));
        for button in self.message.buttons() {
            let label = self.terminal.styled("7", &format!("[ {} ]", button.label));
            lines.push(format!("{label} {}", button.url.unwrap_or_default()));
        }
        let body = lines.iter().map(|line| format!("  {edge} {line}").trim_end().to_owned());
        let picture: Vec<_> = [self.head(edited, after)].into_iter().chain(body).collect();
        format!("{}\n", picture.join("\n"))
    }

    /// Whom it answers, who sees it, and when.
    fn head(&self, edited: bool, after: Duration) -> String {
        let user = self.message.interaction.as_ref().and_then(|it| self.names.get(&it.user));
        let user = user.map_or("somebody", String::as_str);
        let news = match (self.message.deleted, edited) {
            (true, _) => "deleted",
            (false, true) => "edited",
            (false, false) => "new",
        };
        let only = if self.message.ephemeral() { ", only for their eyes" } else { "" };
        let head = format!("  The bot answers {user}{only} ({news}, {:.1} s)", after.as_secs_f32());
        self.terminal.styled("2", &head)
    }

    fn embed(&self, embed: &Embed) -> Vec<String> {
        let mut lines = Vec::new();
        let title = embed.title.iter().flat_map(|title| self.text(title));
        lines.extend(title.map(|line| self.terminal.styled("1", &line)));
        lines.extend(embed.description.iter().flat_map(|text| self.text(text)));
        if !embed.fields.is_empty() {
            lines.push(String::new());
        }
        for field in &embed.fields {
            lines.extend(self.text(&format!("{}: {}", field.name, field.value)));
        }
        lines.extend(embed.image.iter().map(|link| format!("Cover: {link}")));
        let footer = embed.footer.iter().map(|footer| self.terminal.styled("2", footer));
        lines.extend(footer);
        lines
    }

    /// Text with Discord's markup, in lines of a readable length.
    fn text(&self, text: &str) -> Vec<String> {
        let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let reader = Reader { names: self.names, now: since_1970.as_secs().cast_signed() };
        text.lines()
            .flat_map(|line| match line.strip_prefix("> ") {
                Some(quoted) => wrapped(&reader.read(quoted), "│ "),
                None => wrapped(&reader.read(line), ""),
            })
            .collect()
    }
}

/// A text in lines, each after a mark. Words too long for a line are left whole.
fn wrapped(text: &str, mark: &str) -> Vec<String> {
    let (mut lines, mut line) = (Vec::new(), String::new());
    for word in text.split(' ') {
        if !line.is_empty() && line.chars().count() + word.chars().count() >= WIDTH {
            lines.push(format!("{mark}{line}"));
            line.clear();
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines.push(format!("{mark}{line}"));
    lines
}

/// The nearest of the 256 colours that terminals agree on: 216 of them are a cube with six steps
/// for each of red, green and blue, from number 16 on.
fn foreground(rgb: u32) -> String {
    let [_, red, green, blue] = rgb.to_be_bytes().map(|part| (u32::from(part) + 25) / 51);
    format!("38;5;{}", 16 + 36 * red + 6 * green + blue)
}
