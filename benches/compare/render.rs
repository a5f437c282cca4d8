//! The table as Markdown, and the page and plots in the documentation.

use std::{fmt::Write as _, fs, path::Path};

use crate::{
    figures::{Figure, Figures},
    svg::{Plot, Series},
};

/// Between these two lines of the page stands the table.
const BEGIN: &str = "<!-- The table is written by benches/compare.sh. -->";
const END: &str = "<!-- The table ends here. -->";

/// A plot in the documentation: the figures with these names, each under a label.
struct Page {
    file: &'static str,
    title: &'static str,
    across: &'static str,
    series: &'static [(&'static str, &'static str)],
    /// Sizes that grow tenfold stand at equal distances.
    by_steps: bool,
}

const PAGES: [Page; 6] = [
    Page {
        file: "memory-by-songs.svg",
        title: "Resident memory",
        across: "songs under way",
        series: &[("resident memory by songs under way", "")],
        by_steps: false,
    },
    Page {
        file: "latency-by-past-jobs.svg",
        title: "Event to callback, median",
        across: "past jobs on disk",
        series: &[
            ("event to callback by past jobs, quotas of a day, p50", "quotas of a day"),
            ("event to callback by past jobs, quotas of 12 weeks, p50", "quotas of 12 weeks"),
            ("event to callback by past jobs, usual quotas of a day, p50", "usual, a day"),
            ("event to callback by past jobs, usual quotas of 12 weeks, p50", "usual, 12 weeks"),
        ],
        by_steps: true,
    },
    Page {
        file: "memory-by-past-jobs.svg",
        title: "Idle memory",
        across: "past jobs on disk",
        series: &[("idle memory by past jobs", "")],
        by_steps: true,
    },
    Page {
        file: "start-by-past-jobs.svg",
        title: "Start to READY",
        across: "past jobs on disk",
        series: &[("start to READY by past jobs", "")],
        by_steps: true,
    },
    Page {
        file: "start-by-unfinished-jobs.svg",
        title: "Start to READY",
        across: "unfinished jobs on disk",
        series: &[("start to READY by unfinished jobs", "")],
        by_steps: true,
    },
    Page {
        file: "memory-by-unfinished-jobs.svg",
        title: "Memory after a start",
        across: "unfinished jobs on disk",
        series: &[("memory by unfinished jobs", "")],
        by_steps: true,
    },
];

/// Writes the table into the page about performance, and the plots beside it.
pub(crate) fn write(figures: &Figures, docs: &Path) {
    let page = docs.join("performance.md");
    let text = fs::read_to_string(&page).expect("the page about performance");
    let (before, rest) = text.split_once(BEGIN).expect("the line before the table");
    let (_, after) = rest.split_once(END).expect("the line after the table");
    let (machine, table) = (machine(), table(figures));
    let text = format!("{before}{BEGIN}\n\n{machine}\n\n{table}\n{END}{after}");
    fs::write(&page, text).expect("the page can be written");
    let (medians, folder) = (figures.medians(), docs.join("pictures/performance"));
    fs::create_dir_all(&folder).expect("a folder for the plots");
    for page in &PAGES {
        let plot = plot(page, &medians);
        if !plot.series.is_empty() {
            fs::write(folder.join(page.file), plot.draw()).expect("the plot can be written");
        }
    }
}

/// The rows in the order in which they were measured first, a column for each bot.
pub(crate) fn table(figures: &Figures) -> String {
    let mut rows = figures.medians();
    rows.retain(|figure| figure.size.is_none());
    let columns = distinct(rows.iter().map(|figure| &*figure.column));
    let names = distinct(rows.iter().map(|figure| &*figure.name));
    let mut table =
        format!("| | {} |\n|---|{}\n", columns.join(" | "), "---:|".repeat(columns.len()));
    for name in names {
        let of_row: Vec<&Figure> = rows.iter().filter(|figure| figure.name == name).collect();
        let unit = of_row.first().map_or("", |figure| &*figure.unit);
        let cells = columns.iter().map(|column| {
            let found = of_row.iter().find(|figure| figure.column == *column);
            found.map_or("–".to_owned(), |figure| short(figure.value))
        });
        let cells: Vec<String> = cells.collect();
        _ = writeln!(table, "| {name} ({unit}) | {} |", cells.join(" | "));
    }
    table
}

/// What this machine is, in a sentence.
fn machine() -> String {
    let read = |file| fs::read_to_string(file).unwrap_or_default();
    let (processors, kernel) = (read("/proc/cpuinfo"), read("/proc/sys/kernel/osrelease"));
    let models: Vec<&str> =
        processors.lines().filter_map(|line| line.strip_prefix("model name\t: ")).collect();
    let kernel = kernel.split(['.', '-']).take(2).collect::<Vec<_>>().join(".");
    let model = models.first().copied().unwrap_or("unknown processor");
    format!("Measured on {} cores ({model}), Linux {kernel}.", models.len())
}

fn plot(page: &Page, medians: &[Figure]) -> Plot {
    let unit = medians.iter().find(|it| page.series.iter().any(|(name, _)| it.name == *name));
    let unit = unit.map_or("", |figure| &*figure.unit);
    let columns = distinct(medians.iter().map(|figure| &*figure.column));
    let mut series = Vec::new();
    for column in columns {
        for (name, label) in page.series {
            let own = medians.iter().filter(|it| it.name == *name && it.column == column);
            let points: Vec<_> = own.filter_map(|it| Some((it.size?, it.value))).collect();
            let said = if label.is_empty() { "" } else { ", " };
            if !points.is_empty() {
                series.push(Series { label: format!("{column}{said}{label}"), points });
            }
        }
    }
    Plot {
        title: format!("{} in {unit}", page.title),
        across: page.across.to_owned(),
        series,
        by_steps: page.by_steps,
    }
}

/// Each text once, in the order of their first places.
fn distinct<'a>(texts: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut found = Vec::new();
    for text in texts {
        if !found.contains(&text) {
            found.push(text);
        }
    }
    found
}

/// A number with about three digits.
pub(crate) fn short(value: f64) -> String {
    let digits = match value.abs() {
        0.0 => 0,
        size if size < 0.1 => 3,
        size if size < 10.0 => 2,
        size if size < 100.0 => 1,
        _ => 0,
    };
    format!("{value:.digits$}")
}
