//! The command line.

use std::{env, path::PathBuf};

use crate::{column::Column, phases::Phase, sizes::Sizes};

pub(crate) const HELP: &str = "\
Usage: cargo bench --bench compare -- [COLUMN ...] [OPTION ...]
       cargo bench --bench compare -- render RESULTS DOCS

Columns: ours, discord.js, discord.py, floor (a bot that only answers), all. Default: ours,
unless there is --program.

  --program PATH   an earlier build of this program, as a further column (before)
  --phases LIST    of load, flood, noticed, scale; comma-separated. Default: all
  --runs N         medians of so many runs; noticed and scale happen in the first. Default: 1
  --short          small numbers: shows that everything works, not how fast
  --peers FOLDER   where the peers' libraries are installed; their scripts are copied to it
  --results FILE   where the figures go, one JSON object a line. Default: target/compare.jsonl

render writes the table into DOCS/performance.md and the plots into DOCS/pictures/performance.";

/// What the command line asks for.
pub(crate) enum Task {
    Help,
    Measure(Box<Arguments>),
    Render { results: PathBuf, docs: PathBuf },
}

/// What is measured.
pub(crate) struct Arguments {
    pub(crate) columns: Vec<Column>,
    pub(crate) runs: usize,
    pub(crate) sizes: Sizes,
    pub(crate) phases: Vec<Phase>,
    pub(crate) results: PathBuf,
}

/// Reads the arguments.
///
/// # Errors
/// A sentence about the first that means nothing.
pub(crate) fn parse(given: &[String]) -> Result<Task, String> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let (mut names, mut before, mut peers) = (Vec::new(), None, None);
    let mut arguments = Arguments {
        columns: Vec::new(),
        runs: 1,
        sizes: Sizes::full(),
        phases: Phase::ALL.to_vec(),
        results: root.join("target/compare.jsonl"),
    };
    let mut rest = given.iter().map(String::as_str).filter(|argument| *argument != "--bench");
    while let Some(argument) = rest.next() {
        let mut value = || rest.next().ok_or(format!("{argument} needs a value"));
        match argument {
            "--help" | "-h" => return Ok(Task::Help),
            "render" => {
                let (results, docs) = (value()?.into(), value()?.into());
                return Ok(Task::Render { results, docs });
            }
            "--program" => before = Some(Column::before(value()?.as_ref())),
            "--phases" => {
                let phase = |it| Phase::named(it).ok_or(format!("there is no phase {it}"));
                arguments.phases = value()?.split(',').map(phase).collect::<Result<_, _>>()?;
            }
            "--runs" => {
                arguments.runs =
                    value()?.parse().map_err(|_| "--runs needs a number".to_owned())?;
            }
            "--short" => arguments.sizes = Sizes::short(),
            "--peers" => {
                let folder = PathBuf::from(value()?);
                let found = folder.canonicalize();
                peers = Some(found.map_err(|error| format!("{}: {error}", folder.display()))?);
            }
            "--results" => arguments.results = value()?.into(),
            "all" => names.extend(["ours", "discord.js", "discord.py", "floor"]),
            name => names.push(name),
        }
    }
    if names.is_empty() && before.is_none() {
        names.push("ours");
    }
    arguments.columns.extend(before);
    for name in names {
        let column = Column::named(name, peers.as_deref())?;
        arguments.columns.push(column);
    }
    Ok(Task::Measure(Box::new(arguments)))
}
