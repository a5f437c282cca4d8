//! docs/troubleshooting.md quotes every sentence with which the program reports trouble, and no other.

use std::{collections::BTreeMap, fs, path::Path};

use crate::standards::{
    architecture::sources,
    literals::{arguments, code_of, literals},
};

const PAGE: &str = include_str!("../../../docs/troubleshooting.md");

/// Sentences of the files below that report no trouble, a line for each.
const NO_TROUBLE: &str = include_str!("no_trouble.txt");

/// Errors that nobody reads: a sentence of a message or a log line takes their place.
const INTERNAL_ERRORS: [&str; 5] = [
    "bot/command_error.rs",
    "domain/job/prompt.rs",
    "domain/moderation/words.rs",
    "jobs/commands/",
    "jobs/worker/step_error.rs",
];

/// Files whose sentences report no trouble.
const QUIET_FILES: [&str; 4] = [
    "messages/text/durations.rs",
    "messages/text/follow_ups.rs",
    "messages/text/help.rs",
    "ops/doctor/finding.rs",
];

/// Files with such sentences in plain literals.
const OTHER_FILES: [&str; 9] = [
    "config/environment.rs",
    "main.rs",
    "network.rs",
    "ops/backup.rs",
    "ops/health/client.rs",
    "ops/health/judgement.rs",
    "ops/invite.rs",
    "proxy.rs",
    "store/file/restore/mod.rs",
];

/// What a message says in fewer words is a title or a label.
const MESSAGE_WORDS: usize = 4;

fn words(text: &str) -> usize {
    text.split_whitespace().filter(|word| word.contains(char::is_alphabetic)).count()
}

/// What the page quotes of a sentence: its first clause, with `…` for each value and without markup.
/// `None` of what is no sentence.
fn quoted(sentence: &str) -> Option<String> {
    let mut shown = String::new();
    let mut depth = 0;
    for c in sentence.chars().filter(|c| !"`*".contains(*c)) {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ if depth == 0 => shown.push(c),
            _ => {}
        }
        if c == '{' && !shown.ends_with('…') {
            shown.push('…');
        }
    }
    let whole = shown.split_whitespace().collect::<Vec<_>>().join(" ");
    let ends = [". ", "; ", ": "].iter().flat_map(|end| whole.match_indices(end));
    let clauses = ends.filter_map(|(at, _)| whole.get(..at));
    let first = clauses.filter(|clause| words(clause) >= 2).min_by_key(|clause| clause.len());
    let quote = first.unwrap_or(&whole).trim_end_matches('.');
    (quote.contains(' ') && words(quote) > 0).then(|| quote.to_owned())
}

/// The literals in a file of the bot that may report trouble.
fn candidates(file: &str, code: &str) -> Vec<String> {
    let inside = |opener| arguments(code, opener).into_iter().flat_map(literals);
    let mut found: Vec<_> = inside("warn!(").chain(inside("error!(")).collect();
    found.extend(inside("cause: format!("));
    found.extend(code.lines().filter(|line| line.contains("cause: \"")).flat_map(literals));
    if !INTERNAL_ERRORS.iter().any(|internal| file.starts_with(internal)) {
        found.extend(inside("#[error("));
    }
    let all = literals(code).into_iter();
    if QUIET_FILES.contains(&file) {
    } else if file.starts_with("ops/doctor/") {
        // A remedy ends with a full stop, unlike what was found.
        let ok: Vec<_> = inside("Finding::ok(").collect();
        found.extend(all.filter(|text| !text.ends_with('.') && !ok.contains(text)));
    } else if file.starts_with("messages/text/") {
        found.extend(all.filter(|text| words(text) >= MESSAGE_WORDS));
    } else if OTHER_FILES.contains(&file) {
        found.extend(all);
    }
    found
}

/// Every sentence that may report trouble, as it is quoted, with its file.
fn sentences() -> BTreeMap<String, String> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut sentences = BTreeMap::new();
    for path in sources(&src) {
        let file = path.strip_prefix(&src).unwrap().display().to_string();
        let code = code_of(&fs::read_to_string(&path).unwrap());
        let quotes = candidates(&file, &code).into_iter().filter_map(|text| quoted(&text));
        sentences.extend(quotes.map(|quote| (quote, file.clone())));
    }
    sentences
}

/// The sentences that the page quotes: code of several words in the first column of its tables.
fn on_the_page() -> Vec<&'static str> {
    let rows = PAGE.lines().filter_map(|line| line.strip_prefix("| ")?.split(" | ").next());
    let quotes = rows.flat_map(|cell| cell.split('`').skip(1).step_by(2));
    quotes.filter(|quote| quote.contains(' ')).collect()
}

fn without_trouble() -> Vec<&'static str> {
    NO_TROUBLE.lines().filter(|line| !line.is_empty() && !line.starts_with("# ")).collect()
}

#[test]
fn each_sentence_that_reports_trouble_has_a_remedy() {
    let (sentences, page, quiet) = (sentences(), on_the_page(), without_trouble());
    assert!(page.len() > 300, "{}", page.len());
    let is_missing = |sentence: &str| !page.contains(&sentence) && !quiet.contains(&sentence);
    let missing: Vec<_> = sentences.iter().filter(|(sentence, _)| is_missing(sentence)).collect();
    assert!(missing.is_empty(), "not in docs/troubleshooting.md or no_trouble.txt: {missing:#?}");
}

#[test]
fn the_page_quotes_nothing_that_the_program_does_not_say() {
    let (sentences, page, quiet) = (sentences(), on_the_page(), without_trouble());
    let all = page.iter().chain(&quiet);
    let stale: Vec<_> = all.filter(|quote| !sentences.contains_key(**quote)).collect();
    assert!(stale.is_empty(), "{stale:#?}");
    let twice: Vec<_> = page.iter().filter(|quote| quiet.contains(quote)).collect();
    assert!(twice.is_empty(), "on the page and in no_trouble.txt: {twice:#?}");
}

#[test]
fn a_sentence_is_quoted_up_to_the_end_of_its_first_clause() {
    for (sentence, quote) in [
        ("{} is damaged; bring back a backup", Some("… is damaged")),
        ("{}: missing", Some("…: missing")),
        ("can't connect: {0}", Some("can't connect")),
        ("Only `/song` makes {a}{b}. Type it.", Some("Only /song makes …")),
        ("{host}: {error}", None),
        ("settings", None),
    ] {
        assert_eq!(quoted(sentence).as_deref(), quote);
    }
}
