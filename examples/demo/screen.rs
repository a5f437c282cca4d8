//! Prints each message of the sandbox's Discord whenever it has changed.

use std::{
    collections::BTreeMap,
    convert::Infallible,
    env,
    future::pending,
    io::{IsTerminal, Write, stdout},
    time::Instant,
};

use sandbox::{Button, DiscordSandbox, Embed, Message};

use crate::{picture::Picture, stage::Stage};

/// Where everything is printed.
#[derive(Clone, Copy)]
pub(crate) struct Terminal {
    colours: bool,
}

impl Terminal {
    /// Standard output; with colours where it is a terminal and nobody asks for none
    /// (<https://no-color.org>).
    pub(crate) fn new() -> Self {
        let wanted = env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
        Self { colours: wanted && stdout().is_terminal() }
    }

    /// Prints a text as it is. Where nobody reads it, that is no error.
    pub(crate) fn print(text: &str) {
        _ = writeln!(stdout(), "{text}");
    }

    /// Tells the audience something.
    pub(crate) fn say(self, sentence: &str) {
        Self::print(&self.styled("1;36", &format!("» {sentence}\n")));
    }

    /// A text in a style: SGR parameters, see ECMA-48.
    pub(crate) fn styled(self, style: &str, text: &str) -> String {
        if self.colours { format!("\x1b[{style}m{text}\x1b[0m") } else { text.to_owned() }
    }
}

/// Watches a Discord.
pub(crate) struct Screen {
    terminal: Terminal,
    discord: DiscordSandbox,
    names: BTreeMap<u64, String>,
    start: Instant,
    /// What of each message was printed last.
    seen: BTreeMap<u64, Look>,
}

/// What of a message can be seen.
#[derive(PartialEq)]
struct Look {
    content: String,
    embeds: Vec<Embed>,
    buttons: Vec<Button>,
    deleted: bool,
}

impl Screen {
    pub(crate) fn new(terminal: Terminal, stage: &Stage) -> Self {
        let people = [&stage.ann, &stage.bob, &stage.pat];
        let names = people.map(|person| (person.id(), person.name()));
        let (discord, names, seen) = (stage.discord.clone(), names.into(), BTreeMap::new());
        Self { terminal, discord, names, start: Instant::now(), seen }
    }

    pub(crate) fn terminal(&self) -> Terminal {
        self.terminal
    }

    /// Prints changes for ever.
    pub(crate) async fn follow(&mut self) -> Infallible {
        let mut changes = self.discord.requests().changed();
        loop {
            changes.mark_unchanged();
            self.show_news();
            if changes.changed().await.is_err() {
                // The Discord has ended.
                pending::<()>().await;
            }
        }
    }

    /// Prints changes since the last call.
    pub(crate) fn show_news(&mut self) {
        for message in self.discord.messages() {
            let look = Look {
                content: message.content.clone(),
                embeds: message.embeds.clone(),
                buttons: message.buttons(),
                deleted: message.deleted,
            };
            if self.seen.get(&message.id) != Some(&look) {
                self.show(&message);
                self.seen.insert(message.id, look);
            }
        }
    }

    /// Shows a message.
    pub(crate) fn show(&self, message: &Message) {
        let edited = self.seen.contains_key(&message.id);
        let after = self.start.elapsed();
        let picture = Picture { message, names: &self.names, terminal: self.terminal };
        Terminal::print(&picture.draw(edited, after));
    }
}
