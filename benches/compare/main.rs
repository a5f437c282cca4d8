//! The bot beside two peers in one run, and what it costs as it grows. `docs/performance.md` tells the
//! method and shows the outcome.
//!
//! `benches/compare.sh` does all of it. `cargo bench --bench compare -- ours` measures this build
//! alone; `-- --help` lists the rest. Under `cargo test`, a short form runs with the debug program and
//! checks that the figures are there and plausible.

#![expect(clippy::expect_used, reason = "a measurement stops at the first surprise")]

#[path = "../bot/mod.rs"]
mod bot;

mod arguments;
mod column;
mod commands;
mod figures;
mod floor;
mod history;
mod latency;
mod phases;
mod plausible;
mod render;
mod sizes;
mod stage;
mod svg;

use std::{env, path::Path, process::ExitCode};

use arguments::{Arguments, HELP, Task};
use column::{Column, FLOOR};
use figures::Figures;
use phases::Phase;
use sizes::Sizes;

#[tokio::main]
async fn main() -> ExitCode {
    let given: Vec<String> = env::args().skip(1).collect();
    if given == [FLOOR] {
        floor::run().await;
        return ExitCode::SUCCESS;
    }
    // What `cargo bench` passes and `cargo test` does not.
    if !given.iter().any(|argument| argument == "--bench") {
        return test(&given).await;
    }
    match arguments::parse(&given) {
        Ok(Task::Help) => println!("{HELP}"),
        Ok(Task::Measure(arguments)) => {
            let figures = measure(&arguments).await;
            println!("\n{}", render::table(&figures));
        }
        Ok(Task::Render { results, docs }) => render::write(&Figures::read(&results), &docs),
        Err(problem) => {
            eprintln!("{problem}\n\n{HELP}");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

async fn measure(arguments: &Arguments) -> Figures {
    let mut figures = Figures::create(&arguments.results);
    for run in 1..=arguments.runs {
        for phase in arguments.phases.iter().filter(|phase| run == 1 || phase.is_repeated()) {
            phase.run(&arguments.columns, &arguments.sizes, &mut figures.of_run(run)).await;
        }
    }
    figures
}

/// The short form. A filter that names another test leaves nothing to do.
async fn test(given: &[String]) -> ExitCode {
    if given.iter().any(|argument| !argument.starts_with('-') && !"compare".contains(&**argument))
        || given.iter().any(|argument| argument == "--list")
    {
        return ExitCode::SUCCESS;
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let arguments = Arguments {
        columns: vec![Column::ours(Path::new(bot::PROGRAM))],
        runs: 1,
        sizes: Sizes::short(),
        phases: Phase::ALL.to_vec(),
        results: folder.path().join("results.jsonl"),
    };
    let figures = measure(&arguments).await;
    let complaints = plausible::complaints(&figures, &arguments.sizes);
    for complaint in &complaints {
        println!("WRONG: {complaint}");
    }
    if complaints.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
