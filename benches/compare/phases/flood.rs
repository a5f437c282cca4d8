//! More commands than a bot of this kind ever meets, and the polls of all their songs.

use std::time::Duration;

use sandbox::Plan;
use tokio::time::sleep;

use super::noticed::until_shown;
use crate::{
    column::Column,
    commands::prompt,
    figures::RunFigures,
    latency::Latencies,
    sizes::{Burst, Sizes},
    stage::{Stage, count},
};

/// How songs are asked for that a flood of commands did not bring, and how often at most.
const TOP_UP: Burst = Burst { commands: 2000, per_second: 200 };
const TOP_UPS: usize = 12;
/// The number of the first song that the bot learns from: beyond those of all others.
const TAUGHT: usize = 1_000_000;
/// From a first response to the acceptance of its song.
const SETTLES: Duration = Duration::from_secs(1);

pub(crate) async fn measure(column: &Column, sizes: &Sizes, figures: &mut RunFigures<'_>) {
    let name = &*column.name;
    let mut stage = Stage::new().await;
    let poll = format!("{}s", sizes.slow_poll.as_secs());
    stage.start(column, &[("POLL_INTERVAL", &poll)]).await;
    let taught = teach(&stage, sizes.taught).await;

    let before = stage.cpu();
    let sent = sizes.flood.send(&stage, 0).await;
    let (bot, generator) = stage.cpu().since(before);
    let shown = |it: &&sandbox::Invocation| it.message().is_some_and(|shown| !shown.ephemeral());
    let refused = sent.commands.len() - sent.commands.iter().filter(shown).count();
    let latencies = Latencies::of(&sent.commands);
    let pace = format!("{} a second", sizes.flood.per_second);
    figures.row(name, &format!("refused at {pace}"), "commands", count(refused));
    for percent in [50, 99] {
        let what = format!("event to callback at {pace}, p{percent}");
        figures.row(name, &what, "ms", latencies.percentile(percent));
    }
    figures.row(name, &format!("CPU at {pace}"), "cores", bot);
    figures.row(name, &format!("load generator at {pace}"), "cores", generator);
    let late = sent.lateness.percentile(99);
    figures.row(name, &format!("load generator's lateness at {pace}, p99"), "ms", late);

    let wanted = sizes.flood.commands + taught;
    let songs = top_up(&stage, wanted, wanted - refused).await - taught;
    sleep(sizes.slow_poll).await;
    stage.discord.requests().clear();
    let (polls, before) = (stage.polls(), stage.cpu());
    sleep(sizes.slow_poll * 2).await;
    let (bot, generator) = stage.cpu().since(before);
    let share = count(stage.polls() - polls) / count(songs * 2);
    let what =
        format!("with {} songs polled every {} s", sizes.flood.commands, sizes.slow_poll.as_secs());
    figures.row(name, &format!("songs {what}"), "songs", count(songs));
    figures.row(name, &format!("CPU {what}"), "cores", bot);
    let edits = stage.discord.requests().count("PATCH", "**");
    let edits = count(edits) / (sizes.slow_poll * 2).as_secs_f64();
    figures.row(name, &format!("edits {what}"), "edits/s", edits);
    figures.row(name, &format!("polls done of those due {what}"), "%", 100.0 * share);
    figures.row(name, &format!("load generator {what}"), "cores", generator);
    figures.row(name, &format!("memory {what}"), "MB", stage.memory() / 1000.0);
}

/// Lets the bot see songs of a second. From then on it takes every song for one that may be finished,
/// and polls it once an interval. Returns how many songs it has seen.
async fn teach(stage: &Stage, burst: Burst) -> usize {
    for number in 0..burst.commands {
        stage.whisul.plan(&prompt(TAUGHT + number), Plan::song().takes(Duration::from_secs(1)));
    }
    let sent = burst.send(stage, TAUGHT).await;
    // Without any known durations, polls are half a minute apart at first.
    until_shown(stage, &sent.commands, TAUGHT).await;
    burst.commands
}

/// Asks for what is missing to so many songs, at a gentler pace; returns how many are under way.
async fn top_up(stage: &Stage, wanted: usize, shown: usize) -> usize {
    let mut songs = stage.until_accepted(shown).await;
    for attempt in 1..=TOP_UPS {
        let commands = (wanted - songs).min(TOP_UP.commands);
        if commands == 0 {
            break;
        }
        Burst { commands, ..TOP_UP }.send(stage, attempt * wanted).await;
        // Refused commands bring no song, so this waits for a fixed time.
        sleep(SETTLES).await;
        let before = std::mem::replace(&mut songs, stage.whisul.accepted(""));
        // A bot that refuses most of these does not get there.
        if (songs - before) * 2 < commands {
            break;
        }
    }
    songs
}
