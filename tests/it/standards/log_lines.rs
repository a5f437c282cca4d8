//! The soak counts log lines by their texts, which must be those of the bot.

use std::{collections::BTreeSet, fs, path::Path};

use crate::standards::{
    architecture::sources,
    literals::{code_of, literals},
};

/// The log lines that a file of the soak names: literals of several words that begin a log line.
fn named(file: &str, begin: &str, end: &str) -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/soak").join(file);
    let code = code_of(&fs::read_to_string(path).unwrap());
    let parts = code.split(begin).skip(1).map(|part| part.split(end).next().unwrap());
    parts.flat_map(literals).collect()
}

#[test]
fn the_soak_counts_log_lines_that_the_bot_writes() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let code =
        sources(&src).iter().map(|path| fs::read_to_string(path).unwrap()).collect::<Vec<_>>();
    let written: BTreeSet<_> = code.iter().flat_map(|code| literals(&code_of(code))).collect();
    let lines = named("log_check.rs", "lines: &[", "]");
    let counted = named("fault_schedule.rs", "log_check.count(", ")");
    assert!(lines.len() > 10 && counted.len() > 2, "{lines:?} {counted:?}");
    for line in lines.iter().chain(&counted) {
        let is_written = written.iter().any(|text| text.starts_with(line.as_str()));
        assert!(is_written, "the bot never logs {line:?}");
    }
}
