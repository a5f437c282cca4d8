//! Checks that the bot's log mentions every injected fault.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{BufRead as _, BufReader},
    path::Path,
};

use serde_json::Value;

use crate::{
    faults::{ANSWER, GENERATE, OF_WHISUL, Request},
    fixture::Fixture,
};

/// A kind of request, and the lines that tell that one of them failed.
struct Kind {
    name: &'static str,
    lines: &'static [&'static str],
}

const SUBMISSION: Kind = Kind {
    name: "a prompt",
    lines: &[
        "Whisul didn't take the prompt, it returns to the queue",
        "submission with unknown outcome, it is not repeated",
        "Whisul's response to a submission is not documented",
    ],
};
const POLL: Kind =
    Kind { name: "a poll", lines: &["poll failed, retrying", "a probe of Whisul failed"] };
const FIRST_ANSWER: Kind =
    Kind { name: "a response", lines: &["first response failed", "response failed"] };
const MESSAGE: Kind = Kind {
    name: "a message",
    lines: &[
        "progress edit failed",
        "step failed, retrying",
        "delivery route closed, trying the next",
        "an outcome could not be delivered by any route",
        "no first response was found, nothing is submitted",
        "files left out, the links remain",
        "the requester was not told yet that the song is ready",
        "the requester was perhaps not told that the song is ready",
        "Discord rejected the message, sending less of it",
        "Discord asks to wait; the request comes again then",
    ],
};
const KINDS: [Kind; 4] = [SUBMISSION, POLL, FIRST_ANSWER, MESSAGE];

impl Kind {
    /// Of a fault's requests.
    fn of(requests: &str) -> &'static Self {
        let is = |(method, path): Request| requests == format!("{method} {path}");
        match () {
            () if is(GENERATE) => &KINDS[0],
            () if OF_WHISUL.into_iter().any(is) => &KINDS[1],
            () if is(ANSWER) => &KINDS[2],
            () => &KINDS[3],
        }
    }
}

/// The text of a log line about a fault.
fn wording(effect: &str, kind: &Kind) -> Option<String> {
    let of_whisul = [SUBMISSION.name, POLL.name].contains(&kind.name);
    let words = match (effect, of_whisul) {
        ("delay", _) => return None,
        ("status 402", true) => "out of credit",
        ("status 429", true) => "asks for fewer requests",
        ("status 429", false) => "asks to wait",
        ("status 404", false) => "token is void",
        ("cut", true) => "broken exchange",
        ("cut", false) => "did not answer as it should: error",
        ("garbage", _) => "status 200",
        // The log names the status of a page in place of the service.
        (page, _) => return Some(page.replace("page", "status")),
    };
    Some(words.to_owned())
}

/// How often a fault hit a kind of request, and how many log lines mention it.
#[derive(Default)]
struct ShownState {
    faults: usize,
    lines: usize,
}

/// The counts of log lines.
#[derive(Default)]
pub(crate) struct LogCheck {
    lines: usize,
    /// Lines that are no JSON.
    strange: Vec<String>,
    /// Lines by level and text.
    texts: BTreeMap<(String, String), usize>,
    told: BTreeMap<(&'static str, String), ShownState>,
}

impl LogCheck {
    /// Reads the whole log and compares it with the injected faults.
    pub(crate) fn read(log: &Path, fixture: &Fixture) -> Self {
        let mut log_check = Self::default();
        for faults in [fixture.whisul.faults(), fixture.discord.faults()] {
            for (fault, hits) in faults.all() {
                let kind = Kind::of(&fault.requests());
                if let Some(words) = wording(&fault.effect(), kind) {
                    log_check.told.entry((kind.name, words)).or_default().faults += hits;
                }
            }
        }
        for line in BufReader::new(File::open(log).unwrap()).lines() {
            log_check.read_line(&line.unwrap());
        }
        log_check
    }

    fn read_line(&mut self, text: &str) {
        self.lines += 1;
        let Ok(line) = serde_json::from_str::<Value>(text) else {
            return self.strange.push(text.to_owned());
        };
        let word = |name| line.get(name).and_then(Value::as_str).unwrap_or_default();
        let (level, message) = (word("level"), word("message"));
        let kind = (level.to_owned(), kind_of(word("target"), message));
        *self.texts.entry(kind).or_default() += 1;
        for ((kind, words), told) in &mut self.told {
            let kind = KINDS.iter().find(|known| known.name == *kind);
            if kind.is_some_and(|kind| kind.lines.contains(&message)) && text.contains(&**words) {
                told.lines += 1;
            }
        }
    }

    /// How many lines contain this text.
    pub(crate) fn count(&self, text: &str) -> usize {
        let fitting = self.texts.iter().filter(|((_, message), _)| message.contains(text));
        fitting.map(|(_, times)| times).sum()
    }

    pub(crate) fn print(&self) {
        println!("{:7} lines in the log; warnings and errors among them:", self.lines);
        for ((level, message), times) in &self.texts {
            if ["WARN", "ERROR"].contains(&level.as_str()) {
                println!("{times:7} {level:5} {message}");
            }
        }
        println!("faults that requests met, and the lines that tell of them:");
        for ((kind, words), told) in &self.told {
            println!("{:7} met, {:7} told: {kind}, \"{words}\"", told.faults, told.lines);
        }
    }

    /// Panics, lines that are no JSON, and faults that the log does not mention.
    pub(crate) fn complaints(&self) -> Vec<String> {
        let strange = self.strange.iter().map(|text| format!("a strange line: {text}"));
        let panics = (self.count("panic") > 0).then(|| "the bot panicked".to_owned());
        let untold = self.told.iter().filter(|(_, told)| told.lines < told.faults);
        let untold = untold.map(|((kind, words), told)| {
            let ShownState { faults, lines } = told;
            format!("{kind} met \"{words}\" {faults} times, and {lines} lines tell of it")
        });
        strange.chain(panics).chain(untold).collect()
    }
}

/// A line's kind: its text up to what differs from line to line.
fn kind_of(target: &str, message: &str) -> String {
    let text: String = message.chars().filter(|c| !c.is_ascii_digit()).take(70).collect();
    if target.starts_with("whisul_bot") { text } else { format!("{target}: {text}") }
}
