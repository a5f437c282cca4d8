//! Start, memory, latency and CPU time, beside a growing number of songs.

use tokio::time::sleep;

use crate::{
    column::Column,
    commands::Sent,
    figures::RunFigures,
    latency::{Latencies, millis},
    sizes::Sizes,
    stage::{Stage, count},
};

/// The plot of memory over songs under way.
const MEMORY: &str = "resident memory by songs under way";

pub(crate) async fn measure(column: &Column, sizes: &Sizes, figures: &mut RunFigures<'_>) {
    let name = &*column.name;
    let mut stage = Stage::new().await;
    let poll = format!("{}s", sizes.poll.as_secs());
    let ready = stage.start(column, &[("POLL_INTERVAL", &poll)]).await;
    figures.row(name, "start to READY", "ms", millis(ready));
    sleep(sizes.idle).await;
    let idle = stage.memory();
    figures.row(name, "idle memory", "MB", idle / 1000.0);
    figures.point(name, MEMORY, "MB", 0, idle / 1000.0);

    let calm = sizes.calm.send(&stage, 0).await;
    let pace = sizes.calm.per_second;
    note_latencies(figures, name, &format!("event to callback at {pace} a second"), &calm);
    let mut songs = calm.answered();
    if column.makes_songs() {
        songs += sizes.fill.send(&stage, sizes.calm.commands).await.answered();
        stage.until_accepted(songs).await;
        figures.point(name, MEMORY, "MB", songs as u64, stage.memory() / 1000.0);
    }
    let before = stage.cpu();
    let first = sizes.calm.commands + sizes.fill.commands;
    let busy = sizes.busy.send(&stage, first).await;
    let (_, generator) = stage.cpu().since(before);
    songs += busy.answered();
    let (pace, beside) = (sizes.busy.per_second, sizes.fill.commands);
    let what = format!("event to callback at {pace} a second beside {beside} songs");
    note_latencies(figures, name, &what, &busy);
    figures.row(name, &format!("load generator at {pace} a second"), "cores", generator);
    if column.makes_songs() {
        let unanswered = first + sizes.busy.commands - songs;
        figures.row(name, "commands without an answer in 3 s", "commands", count(unanswered));
        songs_under_way(&stage, name, songs, idle, sizes, figures).await;
    }
}

/// Memory and CPU time of songs under way.
async fn songs_under_way(
    stage: &Stage,
    name: &str,
    songs: usize,
    idle: f64,
    sizes: &Sizes,
    figures: &mut RunFigures<'_>,
) {
    let songs = stage.until_accepted(songs).await;
    // Until the bot has seen what came of the last ones.
    sleep(sizes.poll).await;
    stage.discord.requests().clear();
    let (polls, before) = (stage.polls(), stage.cpu());
    sleep(sizes.window).await;
    let (bot, generator) = stage.cpu().since(before);
    let polls = count(stage.polls() - polls) / sizes.window.as_secs_f64();
    let edits = stage.discord.requests().count("PATCH", "**");
    let planned = sizes.calm.commands + sizes.fill.commands + sizes.busy.commands;
    let what = format!("with {planned} songs polled every {} s", sizes.poll.as_secs());
    figures.row(name, &format!("CPU {what}"), "cores", bot);
    figures.row(name, &format!("polls {what}"), "polls/s", polls);
    let edits = count(edits) / sizes.window.as_secs_f64();
    figures.row(name, &format!("edits {what}"), "edits/s", edits);
    figures.row(name, &format!("load generator {what}"), "cores", generator);
    let memory = stage.memory();
    figures.point(name, MEMORY, "MB", songs as u64, memory / 1000.0);
    figures.row(name, "memory of a song under way", "kB", (memory - idle) / count(songs));
}

fn note_latencies(figures: &mut RunFigures<'_>, name: &str, what: &str, sent: &Sent) {
    let latencies = Latencies::of(&sent.commands);
    for percent in [50, 99] {
        let value = latencies.percentile(percent);
        figures.row(name, &format!("{what}, p{percent}"), "ms", value);
    }
}
