//! What is written to disk while there is nothing new to write down.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant, SystemTime},
};

use tokio::time::sleep;

use crate::{
    column::Column,
    figures::RunFigures,
    sizes::{Burst, Sizes},
    stage::{Stage, count, to_f64},
};

/// Songs that are polled meanwhile.
const SONGS: Burst = Burst { commands: 100, per_second: 20 };
/// How often the files are looked at.
const LOOK: Duration = Duration::from_millis(500);

pub(crate) async fn measure(column: &Column, sizes: &Sizes, figures: &mut RunFigures<'_>) {
    let poll = format!("{}s", sizes.poll.as_secs());
    let settings = [("POLL_INTERVAL", &*poll)];
    let (mut idle, mut polled) = (Stage::new().await, Stage::new().await);
    idle.start(column, &settings).await;
    polled.start(column, &settings).await;
    SONGS.send(&polled, 0).await;
    let songs = polled.until_accepted(SONGS.commands).await;
    sleep(sizes.idle + sizes.poll).await;

    let polls = polled.polls();
    polled.discord.requests().clear();
    let (of_idle, of_polled) =
        futures_util::future::join(writes(&idle, sizes.quiet), writes(&polled, sizes.quiet)).await;
    let seconds = sizes.quiet.as_secs();
    for (writes, when) in [(of_idle, "idle"), (of_polled, "with songs polled and shown")] {
        let what = format!("written in {seconds} s, {when}");
        figures.row(&column.name, &what, "bytes", to_f64(writes.bytes));
        let what = format!("changes of files in {seconds} s, {when}");
        figures.row(&column.name, &what, "changes", count(writes.changes));
    }
    figures.row(&column.name, "songs meanwhile", "songs", count(songs));
    let what = format!("polls in these {seconds} s");
    figures.row(&column.name, &what, "polls", count(polled.polls() - polls));
    let edits = polled.discord.requests().count("PATCH", "**");
    figures.row(&column.name, &format!("edits in these {seconds} s"), "edits", count(edits));
}

struct Writes {
    /// As the system counts them for the process; none on a file system in memory.
    bytes: u64,
    /// How often a file in the bot's folder was found to be changed.
    changes: usize,
}

async fn writes(stage: &Stage, span: Duration) -> Writes {
    let (before, end) = (stage.bot().written, Instant::now() + span);
    let (mut known, mut changes) = (files(stage.folder.path()), 0);
    while Instant::now() < end {
        sleep(LOOK).await;
        let now = files(stage.folder.path());
        changes += usize::from(now != known);
        known = now;
    }
    Writes { bytes: stage.bot().written - before, changes }
}

/// Sizes and times of change of all files in a folder.
fn files(folder: &Path) -> BTreeMap<PathBuf, (u64, SystemTime)> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let Ok(about) = entry.metadata() else { continue };
        if about.is_dir() {
            found.append(&mut files(&entry.path()));
        } else if let Ok(modified) = about.modified() {
            found.insert(entry.path(), (about.len(), modified));
        }
    }
    found
}
