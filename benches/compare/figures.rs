//! What was measured: printed at once, kept as JSON lines, and summed up in medians.

use std::{
    fs::{self, File},
    io::Write as _,
    path::Path,
};

use serde::{Deserialize, Serialize};

/// One measurement.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Figure {
    pub(crate) run: usize,
    pub(crate) column: String,
    /// What it is; a row of the table, or a plot.
    pub(crate) name: String,
    pub(crate) unit: String,
    /// On the horizontal axis, for a point of a plot.
    pub(crate) size: Option<u64>,
    pub(crate) value: f64,
}

/// All measurements, the oldest first.
pub(crate) struct Figures {
    pub(crate) list: Vec<Figure>,
    file: Option<File>,
}

impl Figures {
    /// None yet. They go to this file as well.
    pub(crate) fn create(file: &Path) -> Self {
        let file = File::create(file).expect("the file for the results can be written");
        Self { list: Vec::new(), file: Some(file) }
    }

    /// Those of an earlier run.
    pub(crate) fn read(file: &Path) -> Self {
        let lines = fs::read_to_string(file).expect("the file with the results can be read");
        let read = |line| serde_json::from_str(line).expect("each line is a figure");
        Self { list: lines.lines().map(read).collect(), file: None }
    }

    /// Where the measurements of a run go.
    pub(crate) fn of_run(&mut self, run: usize) -> RunFigures<'_> {
        RunFigures { run, figures: self }
    }

    /// The medians over the runs, in the order of the first run.
    pub(crate) fn medians(&self) -> Vec<Figure> {
        let mut medians: Vec<Figure> = Vec::new();
        for figure in &self.list {
            let is_same = |other: &&Figure| {
                (&other.column, &other.name, other.size)
                    == (&figure.column, &figure.name, figure.size)
            };
            if medians.iter().any(|known| is_same(&known)) {
                continue;
            }
            let same = self.list.iter().filter(is_same);
            let mut values: Vec<f64> = same.map(|same| same.value).collect();
            values.sort_by(f64::total_cmp);
            let value = values.get(values.len() / 2).copied().unwrap_or_default();
            medians.push(Figure { value, ..figure.clone() });
        }
        medians
    }
}

/// Where the measurements of one run go.
pub(crate) struct RunFigures<'a> {
    run: usize,
    figures: &'a mut Figures,
}

impl RunFigures<'_> {
    /// A row of the table.
    pub(crate) fn row(&mut self, column: &str, name: &str, unit: &str, value: f64) {
        self.note(column, name, unit, None, value);
    }

    /// A point of a plot.
    pub(crate) fn point(&mut self, column: &str, name: &str, unit: &str, size: u64, value: f64) {
        self.note(column, name, unit, Some(size), value);
    }

    fn note(&mut self, column: &str, name: &str, unit: &str, size: Option<u64>, value: f64) {
        let at = size.map(|size| format!(" at {size}")).unwrap_or_default();
        println!("run {} {column:10} {name}{at}: {value:.3} {unit}", self.run);
        let [column, name, unit] = [column, name, unit].map(str::to_owned);
        let figure = Figure { run: self.run, column, name, unit, size, value };
        if let Some(file) = &mut self.figures.file {
            let line = serde_json::to_string(&figure).expect("a figure is JSON");
            writeln!(file, "{line}").expect("the file for the results can be written");
        }
        self.figures.list.push(figure);
    }
}
