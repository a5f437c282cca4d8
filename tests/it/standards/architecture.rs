//! Modules depend on each other in one direction, as ARCHITECTURE.md says.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// The modules of `src`, from the outside in. A module may import those in later rows, and nothing of
/// its own row but itself.
const LAYERS: [&[&str]; 11] = [
    &["main"],
    &["run"],
    &["bot", "ops"],
    &["jobs"],
    &["config", "delivery"],
    &["messages"],
    &["discord_api", "store", "whisul"],
    &["media"],
    &["http_client", "proxy"],
    &["metrics"],
    &["domain", "failpoint", "network", "retry_after"],
];
/// `network` names causes in a form of the domain's, the one import within a row.
const EXCEPTION: (&str, &str) = ("network", "domain");

fn layer(module: &str) -> usize {
    let holds = |layer: &&[&str]| layer.contains(&module);
    LAYERS.iter().position(holds).unwrap_or_else(|| panic!("{module} is in no layer"))
}

/// All files of a program, tests and properties left out.
pub(crate) fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        if name.ends_with("tests") || name == "properties" || name == "lib" {
            continue;
        }
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found
}

/// The top-level modules that a file names after `crate::`.
fn imports(source: &str) -> BTreeSet<String> {
    let code = source.split("#[cfg(test)]\nmod tests {").next().unwrap();
    let code: Vec<_> = code.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
    let code = code.join(" ");
    let mut found = BTreeSet::new();
    for after in code.split("crate::").skip(1) {
        match after.strip_prefix('{') {
            Some(group) => found.extend(names_of(group)),
            None => found.extend(name_at(after)),
        }
    }
    found
}

/// The names with which the entries of a group begin, up to its end.
fn names_of(group: &str) -> Vec<String> {
    let (mut depth, mut begins, mut names) = (0, true, Vec::new());
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => begins = true,
            c if begins && !c.is_whitespace() => {
                names.extend(name_at(group.split_at(at).1));
                begins = false;
            }
            _ => {}
        }
    }
    names
}

/// The name of a module that a text begins with. A type of the crate's root is none.
fn name_at(text: &str) -> Option<String> {
    let name = text.chars().take_while(|c| c.is_ascii_lowercase() || *c == '_').collect::<String>();
    Some(name).filter(|name| !name.is_empty())
}

#[test]
fn a_module_imports_only_those_below_it() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut seen = BTreeSet::new();
    for path in sources(&src) {
        let below = path.strip_prefix(&src).unwrap();
        let first = below.iter().next().unwrap().to_str().unwrap();
        let module = first.trim_end_matches(".rs");
        seen.insert(module.to_owned());
        for imported in imports(&fs::read_to_string(&path).unwrap()) {
            let is_below = layer(&imported) > layer(module);
            let is_fine = imported == module || is_below || (module, &*imported) == EXCEPTION;
            assert!(is_fine, "{} imports {imported}", below.display());
        }
    }
    let listed = LAYERS.iter().copied().flatten().map(|module| (*module).to_owned());
    assert_eq!(seen, listed.collect(), "each module is in one layer");
}

#[test]
fn imports_are_read_from_groups_and_paths() {
    let source = "use crate::{\n    domain::{Job, ids::JobId},\n    proxy,\n};\nfn f() { crate::store::x() }\n\
        // crate::jobs\n#[cfg(test)]\nmod tests {\n    use crate::bot;";
    assert_eq!(imports(source).into_iter().collect::<Vec<_>>(), ["domain", "proxy", "store"]);
}

/// The paths of Rust files that a page names between backticks.
fn named_files(page: &str) -> impl Iterator<Item = &str> {
    let quoted = page.split('`').skip(1).step_by(2);
    quoted.filter(|quoted| quoted.contains('/') && quoted.split('.').next_back() == Some("rs"))
}

#[test]
fn the_pages_name_files_that_exist() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut named = 0;
    for page in ["ARCHITECTURE.md", "CONTRIBUTING.md", "docs/internals.md", "docs/decisions.md"] {
        for file in named_files(&fs::read_to_string(root.join(page)).unwrap()) {
            named += 1;
            let exists = ["", "src", "src/bot", "src/jobs", "src/domain"]
                .iter()
                .any(|folder| root.join(folder).join(file).is_file());
            assert!(exists, "{page} names {file}");
        }
    }
    assert!(named > 30, "{named}");
}
