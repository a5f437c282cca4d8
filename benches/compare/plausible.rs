//! Whether figures can be true. How good they are is not judged: machines differ.

use crate::{figures::Figures, sizes::Sizes};

/// What figures of a unit lie between, whatever is measured.
const RANGES: [(&str, f64, f64); 9] = [
    ("ms", 0.01, 60_000.0),
    ("s", 0.0, 60.0),
    ("MB", 2.0, 4000.0),
    ("kB", 0.1, 4000.0),
    ("cores", 0.0, 256.0),
    ("%", 10.0, 400.0),
    ("commands", 0.0, 50.0),
    ("polls/s", 0.1, 10_000.0),
    ("polls", 1.0, 10_000.0),
];

/// What must be among the figures, by how its name begins, and how many there are for one bot.
fn expected(sizes: &Sizes) -> [(&'static str, usize); 17] {
    [
        ("start to READY", 1 + sizes.past_jobs.len() + sizes.unfinished_jobs.len()),
        ("idle memory", 1 + sizes.past_jobs.len()),
        ("resident memory by songs under way", 3),
        // Two paces with two percentiles, those of the flood, and those with jobs on disk: two windows
        // with two kinds of quotas.
        ("event to callback", 6 + 4 * sizes.past_jobs.len() + sizes.unfinished_jobs.len()),
        ("memory of a song under way", 1),
        ("memory by unfinished jobs", sizes.unfinished_jobs.len()),
        ("CPU", 3),
        ("polls", 5),
        ("edits", 3),
        ("refused", 1),
        ("songs with", 1),
        ("load generator", 5),
        ("a finished song is shown after", 2),
        ("written", 2),
        ("changes of files", 2),
        ("songs meanwhile", 1),
        ("commands without an answer", 1),
    ]
}

/// What can't be true, and what is missing.
pub(crate) fn complaints(figures: &Figures, sizes: &Sizes) -> Vec<String> {
    let mut complaints = Vec::new();
    for (begin, count) in expected(sizes) {
        let found = figures.list.iter().filter(|figure| figure.name.starts_with(begin)).count();
        if found != count {
            complaints.push(format!("{found} figures begin with {begin:?}, not {count}"));
        }
    }
    for figure in &figures.list {
        let range = RANGES.iter().find(|(unit, ..)| *unit == figure.unit);
        if range.is_some_and(|(_, least, most)| !(*least..=*most).contains(&figure.value)) {
            complaints.push(format!("{figure:?} can't be true"));
        }
    }
    complaints
}
