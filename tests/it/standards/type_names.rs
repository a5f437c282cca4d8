//! One name means one thing: no two types of the bot share one.

use std::{collections::BTreeMap, fs, path::Path};

use super::{architecture::sources, literals::code_of};

/// The types that a line of code declares at any depth; associated types are no names of their own.
fn declared(line: &str) -> Option<&str> {
    let indented = line.starts_with(' ');
    let mut words =
        line.split_whitespace().skip_while(|word| word.starts_with("pub") || *word == "in");
    // `pub(in crate::jobs)` is two words.
    let kind = words.find(|word| !word.ends_with(')'))?;
    let is_type = matches!(kind, "struct" | "enum" | "trait") || (kind == "type" && !indented);
    let name = words.next().filter(|_| is_type)?;
    name.split(|c: char| !c.is_alphanumeric()).next()
}

#[test]
fn declarations_are_read() {
    for (line, name) in [
        ("struct Job {", Some("Job")),
        ("pub(in crate::jobs) enum Step<'a> {", Some("Step")),
        ("    pub(super) struct Inner(u8);", Some("Inner")),
        ("type Names = BTreeMap<String, String>;", Some("Names")),
        ("    type Err = ProxyError;", None),
        ("let structure = 1;", None),
    ] {
        assert_eq!(declared(line), name, "{line}");
    }
}

#[test]
fn no_two_types_have_the_same_name() {
    let mut seen: BTreeMap<String, String> = BTreeMap::new();
    for path in sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")) {
        let code = code_of(&fs::read_to_string(&path).unwrap());
        for name in code.lines().filter_map(declared) {
            let here = path.display().to_string();
            let before = seen.insert(name.to_owned(), here.clone());
            assert_eq!(before, None, "{name} is declared in {here}, too");
        }
    }
    assert!(seen.len() > 300, "{}", seen.len());
}
