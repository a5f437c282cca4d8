//! Dashboard and alert rules name metrics that the bot has.

use std::{collections::BTreeSet, fs};

/// What Prometheus appends to the name of a histogram.
const SUFFIXES: [&str; 3] = ["_bucket", "_sum", "_count"];

/// The names after the bot's prefix in a text.
fn names(text: &str) -> BTreeSet<String> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let after = text.split("whisul_bot_").skip(1);
    let name = |rest: &str| rest.chars().take_while(|c| is_name(*c)).collect::<String>();
    after.map(name).filter(|name| !name.is_empty()).collect()
}

#[test]
fn dashboard_and_alerts_name_metrics_that_exist() {
    let read = |path: &str| fs::read_to_string(path).unwrap();
    let source = [read("src/metrics/families.rs"), read("src/ops/health/exposition.rs")].concat();
    let used: BTreeSet<_> =
        ["deploy/monitoring/alerts.yml", "deploy/monitoring/grafana/whisul-bot.json"]
            .into_iter()
            .flat_map(|path| names(&read(path)))
            .collect();
    assert!(used.len() > 10, "{used:?}");
    for name in used {
        let base = SUFFIXES.iter().find_map(|suffix| name.strip_suffix(suffix));
        let exists = |name: &str| source.contains(&format!("\"{name}\""));
        assert!(exists(&name) || base.is_some_and(exists), "no metric whisul_bot_{name}");
    }
}
