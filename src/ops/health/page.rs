//! The status page, for people.

use std::{fmt::Write as _, time::Duration};

use super::{Health, Judgement, snapshot::Snapshot};

const STYLE: &str = "\
    body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 40rem; padding: 0 1rem; \
    background: Canvas; color: CanvasText; color-scheme: light dark } \
    table { border-collapse: collapse; width: 100% } \
    th, td { border-bottom: 1px solid GrayText; padding: .3rem .5rem; text-align: left } \
    .good { color: green } .bad { color: crimson }";

/// The whole page. All that it holds comes from fixed lists: nothing in it needs escaping.
pub(super) async fn render(health: &Health) -> String {
    let now = Snapshot::of(health).await;
    let mut page = format!(
        "<!doctype html><html lang=en><meta charset=utf-8>\
         <meta name=viewport content='width=device-width'><meta http-equiv=refresh content=10>\
         <title>whisul-bot</title><style>{STYLE}</style><h1>whisul-bot {}</h1>",
        env!("CARGO_PKG_VERSION")
    );
    judgement(&mut page, "Running", "Not running as it should", &now.alive);
    judgement(&mut page, "Ready for songs", "Not ready for songs", &now.ready);
    let names =
        ["Heartbeat answered by Discord", "Command or click", "Response to a poll", "Delivery"];
    let ages = names.into_iter().zip(now.ages);
    rows(&mut page, "Last", ages.map(|(name, (_, age))| (name.to_owned(), ago(age))));
    let jobs = now.jobs.unwrap_or_default();
    rows(&mut page, "Unfinished songs", jobs.into_iter().map(|(state, n)| (state, n.to_string())));
    let process = now.process;
    let memory = process.resident_bytes.map(|bytes| format!("{} MiB", bytes >> 20));
    let open = process.open_descriptors.map(|open| open.to_string());
    let facts = [("Memory", memory), ("Open files and connections", open)];
    let facts = facts.into_iter().filter_map(|(name, fact)| Some((name.to_owned(), fact?)));
    rows(&mut page, "Process", facts);
    page.push_str("<p>For programs: /healthz, /readyz, /metrics</html>\n");
    page
}

fn judgement(page: &mut String, good: &str, bad: &str, judgement: &Judgement) {
    let (class, sentence) = if judgement.is_good() { ("good", good) } else { ("bad", bad) };
    _ = write!(page, "<p class={class}><strong>{sentence}</strong>");
    for reason in &judgement.0 {
        _ = write!(page, "<br>{}", reason.reason);
    }
}

fn rows(page: &mut String, title: &str, rows: impl Iterator<Item = (String, String)>) {
    let mut table = String::new();
    for (name, value) in rows {
        _ = write!(table, "<tr><th>{name}<td>{value}");
    }
    if table.is_empty() {
        _ = write!(page, "<h2>{title}</h2><p>none");
    } else {
        _ = write!(page, "<h2>{title}</h2><table>{table}</table>");
    }
}

fn ago(age: Option<Duration>) -> String {
    age.map_or_else(|| "never since the start".to_owned(), |age| format!("{} s ago", age.as_secs()))
}
