//! No file imports, by way of others, from itself: each can be read after those that it uses.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use crate::standards::architecture::sources;

/// A module or what it holds, from the crate's root: `["store", "restore"]`.
type Name = Vec<String>;

/// What each module re-exports, by the name under which it does, and what else it imports.
#[derive(Default)]
struct Imports {
    exported: BTreeMap<Name, BTreeMap<String, Name>>,
    used: BTreeMap<Name, BTreeSet<Name>>,
}

fn module_of(below_src: &Path) -> Name {
    let plain = below_src.with_extension("");
    let mut parts: Name = plain.iter().map(|part| part.to_str().unwrap().to_owned()).collect();
    parts.pop_if(|last| last == "mod" || last == "main");
    parts
}

/// The leaves of a use tree: `a::{b, c::{self, d}}` has `a::b`, `a::c` and `a::c::d`.
fn leaves(tree: &str) -> Vec<String> {
    let tree = tree.trim();
    let Some((before, group)) = tree.split_once('{') else { return vec![tree.to_owned()] };
    let group = group.strip_suffix('}').unwrap();
    let (mut depth, mut parts) = (0, vec![String::new()]);
    for c in group.chars() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if c == ',' && depth == 0 {
            parts.push(String::new());
        } else {
            parts.last_mut().unwrap().push(c);
        }
    }
    let inner = parts.iter().filter(|part| !part.trim().is_empty()).flat_map(|part| leaves(part));
    inner.map(|leaf| format!("{before}{leaf}")).collect()
}

impl Imports {
    fn read(&mut self, module: &Name, source: &str, modules: &BTreeSet<Name>) {
        let code = source.split("#[cfg(test)]\nmod tests {").next().unwrap();
        for statement in code.split(';') {
            let lines: Vec<_> = statement.lines().map(str::trim).collect();
            let Some(begin) = lines.iter().rposition(|line| is_use(line)) else { continue };
            let statement = lines.split_at(begin).1.join(" ");
            let (visibility, tree) = statement.split_once("use ").unwrap();
            for leaf in leaves(tree) {
                let (path, alias) = leaf.split_once(" as ").unwrap_or((&leaf, ""));
                let Some(path) = absolute(path, module, modules) else { continue };
                let name = if alias.is_empty() { path.last().unwrap() } else { alias };
                if visibility.is_empty() {
                    self.used.entry(module.clone()).or_default().insert(path);
                } else {
                    let name = name.to_owned();
                    self.exported.entry(module.clone()).or_default().insert(name, path);
                }
            }
        }
    }

    /// The module in which something is defined, whichever module passes it on.
    fn home(&self, path: &[String], modules: &BTreeSet<Name>) -> Option<Name> {
        let known = (0..=path.len()).rev().find(|end| modules.contains(&path[..*end]))?;
        let (module, rest) = path.split_at(known);
        let passed_on = self.exported.get(module).zip(rest.first());
        match passed_on.and_then(|(exported, first)| exported.get(first)) {
            Some(from) => self.home(&[from.as_slice(), &rest[1..]].concat(), modules),
            None => Some(module.to_vec()),
        }
    }
}

fn is_use(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with("use ") || line.starts_with("pub") && line.contains(" use ")
}

/// A path from the crate's root; `None` if it leads to another crate.
fn absolute(path: &str, module: &Name, modules: &BTreeSet<Name>) -> Option<Name> {
    let mut segments: Name = path.trim().split("::").map(str::to_owned).collect();
    segments.pop_if(|last| last == "self");
    let climbs = segments.iter().take_while(|segment| *segment == "super").count();
    let first = segments.first()?.clone();
    match &*first {
        "crate" => Some(segments.split_off(1)),
        "self" => Some([module.as_slice(), &segments[1..]].concat()),
        "super" => Some([&module[..module.len() - climbs], &segments[climbs..]].concat()),
        _ => {
            let inside = [module.as_slice(), &segments[..1]].concat();
            modules.contains(&inside).then(|| [module.as_slice(), &segments].concat())
        }
    }
}

/// A cycle that can be reached from a module, if there is one.
fn cycle(
    at: &Name,
    graph: &BTreeMap<Name, BTreeSet<Name>>,
    way: &mut Vec<Name>,
    done: &mut BTreeSet<Name>,
) -> Option<Vec<Name>> {
    if let Some(begin) = way.iter().position(|earlier| earlier == at) {
        return Some(way[begin..].to_vec());
    }
    if done.contains(at) {
        return None;
    }
    way.push(at.clone());
    let found = graph.get(at).into_iter().flatten().find_map(|next| cycle(next, graph, way, done));
    way.pop();
    done.insert(at.clone());
    found
}

fn cycle_in(files: &[(Name, String)]) -> Option<Vec<Name>> {
    let modules: BTreeSet<Name> = files.iter().map(|(module, _)| module.clone()).collect();
    let mut imports = Imports::default();
    for (module, source) in files {
        imports.read(module, source, &modules);
    }
    let homes = imports.used.iter().map(|(module, used)| {
        let homes = used.iter().filter_map(|path| imports.home(path, &modules));
        (module.clone(), homes.filter(|home| home != module).collect())
    });
    let graph: BTreeMap<Name, BTreeSet<Name>> = homes.collect();
    let mut done = BTreeSet::new();
    graph.keys().find_map(|module| cycle(module, &graph, &mut Vec::new(), &mut done))
}

/// A cycle between the files of a program.
fn cycle_below(folder: &str, fewest_files: usize) -> Option<Vec<Name>> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let files: Vec<_> = sources(&src)
        .iter()
        .map(|path| {
            let source = fs::read_to_string(path).unwrap();
            (module_of(path.strip_prefix(&src).unwrap()), source)
        })
        .collect();
    assert!(files.len() > fewest_files, "{folder} has {} files", files.len());
    cycle_in(&files)
}

#[test]
fn no_file_of_the_bot_imports_from_itself_by_way_of_others() {
    assert_eq!(cycle_below("src", 100), None);
}

#[test]
fn no_file_of_the_sandbox_imports_from_itself_by_way_of_others() {
    assert_eq!(cycle_below("sandbox/src", 80), None);
}

#[test]
fn a_cycle_is_found_through_re_exports_and_groups() {
    let file = |module: &[&str], source: &str| {
        (module.iter().map(|part| (*part).to_owned()).collect::<Name>(), source.to_owned())
    };
    let shop = file(&["shop"], "mod till;\nmod price;\n\npub use till::Till;\n");
    let till = file(&["shop", "till"], "use super::{\n    price::{self, Price},\n};\n");
    let harmless = file(&["shop", "price"], "use std::fmt;\n");
    assert_eq!(cycle_in(&[shop.clone(), till.clone(), harmless]), None);
    let price = file(&["shop", "price"], "use crate::shop::Till as Desk;\n");
    assert_eq!(cycle_in(&[shop, till, price]).map(|cycle| cycle.len()), Some(2));
}
