//! What must hold for input from outside, whatever bytes it is made of.
//!
//! Each function takes the bytes of one input and panics where its property is broken. A fuzz target
//! of the same name calls it with bytes that the fuzzer makes up, and the test below with those in
//! the target's folder in `fuzz/seeds/`.

pub use crate::{
    config::properties::env_file,
    discord_api::properties::discord_response,
    domain::properties::{blocked_words, link},
    messages::properties::markdown,
    retry_after::properties::retry_after,
    whisul::properties::{body, json, poll_url, whisul_response},
};

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs, panic, path::Path};

    /// A property by the name of its fuzz target.
    type Property = (&'static str, fn(&[u8]));

    const PROPERTIES: [Property; 10] = [
        ("blocked_words", super::blocked_words),
        ("body", super::body),
        ("discord_response", super::discord_response),
        ("env_file", super::env_file),
        ("json", super::json),
        ("link", super::link),
        ("markdown", super::markdown),
        ("poll_url", super::poll_url),
        ("retry_after", super::retry_after),
        ("whisul_response", super::whisul_response),
    ];

    fn names(folder: &Path) -> BTreeSet<String> {
        let entries = fs::read_dir(folder).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    #[test]
    fn properties_hold_for_every_seed() {
        let seeds = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds");
        for (name, property) in PROPERTIES {
            let folder = seeds.join(name);
            let files = names(&folder);
            assert!(!files.is_empty(), "{name} has no seeds");
            for file in files {
                let bytes = fs::read(folder.join(&file)).unwrap();
                let held = panic::catch_unwind(|| property(&bytes));
                assert!(held.is_ok(), "fuzz/seeds/{name}/{file}");
            }
        }
    }

    #[test]
    fn every_property_is_fuzzed() {
        let fuzz = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz");
        let properties = BTreeSet::from(PROPERTIES.map(|(name, _)| name.to_owned()));
        assert_eq!(names(&fuzz.join("seeds")), properties);
        let targets = properties.iter().map(|name| format!("{name}.rs")).collect();
        assert_eq!(names(&fuzz.join("fuzz_targets")), targets);
    }
}
