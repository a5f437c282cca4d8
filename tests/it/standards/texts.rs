//! No behaviour depends on what a message says: texts can be reworded and translated.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::standards::{
    architecture::sources,
    literals::{code_of, literals},
};

/// Where the sentences of messages are.
const TEXTS: &str = "messages/text";

/// The only reader of the content of messages: it looks for a job's id, where buttons are missing.
const READER: &str = "delivery/recognise.rs";

fn src() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// The files of the bot that a condition selects, by path below `src`, with their code.
fn files(select: impl Fn(&Path) -> bool) -> Vec<(String, String)> {
    let below = |path: &PathBuf| path.strip_prefix(src()).unwrap().to_owned();
    let selected = sources(&src()).into_iter().filter(|path| select(&below(path)));
    let read = |path: PathBuf| {
        let code = code_of(&fs::read_to_string(&path).unwrap());
        (below(&path).display().to_string(), code)
    };
    selected.map(read).collect()
}

fn is_text(path: &Path) -> bool {
    path.starts_with(TEXTS)
}

/// The fixed parts of a literal that are sentences: at least four words.
fn sentences(literal: &str) -> impl Iterator<Item = &str> {
    let parts = literal.split(['{', '}', '\n']).map(str::trim);
    parts.filter(|part| part.split_whitespace().count() >= 4)
}

#[test]
fn a_sentence_of_a_message_is_nowhere_else_in_the_code() {
    let texts: Vec<_> = files(is_text).iter().flat_map(|(_, code)| literals(code)).collect();
    let texts: Vec<_> = texts.iter().flat_map(|text| sentences(text)).collect();
    assert!(texts.len() > 150, "{}", texts.len());
    for (file, code) in files(|path| !is_text(path)) {
        // poise takes the name of a menu command as a literal only.
        let lines = code.lines().filter(|line| !line.contains("_command = "));
        for literal in literals(&lines.collect::<Vec<_>>().join("\n")) {
            let copied = texts.iter().find(|text| literal.contains(**text));
            assert_eq!(copied, None, "{file} repeats a sentence of {TEXTS}");
        }
    }
}

/// Whether a line of code compares something with a text, or matches it against one.
fn compares(line: &str) -> bool {
    let text = line.find("text::").or_else(|| line.find("say::"));
    let Some((before, from)) = text.map(|at| line.split_at(at)) else { return false };
    let comparisons = ["contains(", "starts_with(", "ends_with(", "eq(", "== ", "!= "];
    let is_pattern = from.split_once("=>").is_some_and(|(left, _)| !left.contains('('));
    comparisons.iter().any(|comparison| {
        before.ends_with(comparison) || before.ends_with(&format!("{comparison}&"))
    }) || is_pattern
        || from.contains(" == ")
        || from.contains(" != ")
}

#[test]
fn no_code_compares_anything_with_a_text() {
    for line in
        ["if seen == text::STOPPING {", "text::STOPPING => Ok(()),", "told.contains(&say::done())"]
    {
        assert!(compares(line), "{line}");
    }
    assert!(!compares("ExportError::Stopping => text::STOPPING,"));
    for (file, code) in files(|path| !path.starts_with("messages")) {
        let found = code.lines().find(|line| compares(line));
        assert_eq!(found, None, "{file} compares with a text");
    }
}

#[test]
fn only_the_search_for_a_job_id_reads_what_a_message_says() {
    let readers = files(|_| true).into_iter().filter(|(file, code)| {
        file != "discord_api/seen_message.rs" && code.contains("message.content()")
    });
    let readers: Vec<_> = readers.map(|(file, _)| file).collect();
    assert_eq!(readers, [READER]);
}
