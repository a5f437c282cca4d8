//! What past and unfinished jobs cost.

use std::time::Duration;

use sandbox::Plan;
use tokio::time::sleep;

use crate::{
    column::Column,
    commands::prompt,
    figures::RunFigures,
    history::Copies,
    latency::{Latencies, millis},
    sizes::{Burst, Sizes},
    stage::Stage,
};

/// From one past job to the next in milliseconds: a million of them fill 80 days.
const APART: u64 = 80 * 24 * 60 * 60 / 1000;
/// Windows of quotas: with the longer one, every past job counts.
const WINDOWS: [(&str, &str); 2] = [("1d", "a day"), ("12w", "12 weeks")];
/// Songs of a person, a server and everybody in such a window: so many that nobody is refused, and as
/// hosts set them. With those, most commands are refused, which takes the same look at the past.
const QUOTAS: [([u32; 3], &str); 2] =
    [([1_000_000; 3], "quotas"), ([20, 500, 10_000], "usual quotas")];
/// After a start with unfinished jobs, requests as slow as this: the start is measured, not what
/// comes of it.
const SLOW: [(&str, &str); 2] = [("WHISUL_RATE_LIMIT", "100/1s"), ("EDIT_INTERVAL", "1m")];
/// From the last edit of a song's message to the last write about it, at most.
const SETTLED: Duration = Duration::from_millis(500);

pub(crate) async fn measure(column: &Column, sizes: &Sizes, figures: &mut RunFigures<'_>) {
    past_jobs(column, sizes, figures).await;
    unfinished_jobs(column, sizes, figures).await;
}

/// Start, memory and latency with more and more past jobs.
async fn past_jobs(column: &Column, sizes: &Sizes, figures: &mut RunFigures<'_>) {
    let name = &*column.name;
    let mut stage = stage_with_one_job(column, true).await;
    let (mut written, mut asked) = (0, 1);
    for past in sizes.past_jobs {
        let copies = Copies {
            first: written,
            count: past - written,
            apart: APART,
            requesters: &stage.people_ids(),
        };
        copies.write(stage.folder.path()).await;
        written = *past;
        for ((window, said), (counts, kind)) in
            WINDOWS.iter().flat_map(|window| QUOTAS.map(|quotas| (*window, quotas)))
        {
            let [user, guild, global] = counts.map(|count| format!("{count}/{window}"));
            let quotas =
                [("USER_QUOTA", &*user), ("GUILD_QUOTA", &*guild), ("GLOBAL_QUOTA", &*global)];
            let ready = stage.start(column, &quotas).await;
            sleep(sizes.idle).await;
            let memory = stage.memory() / 1000.0;
            let p50 = latency(&stage, sizes.beside_past, &mut asked).await;
            stage.kill();
            let what = format!("event to callback by past jobs, {kind} of {said}, p50");
            figures.point(name, &what, "ms", *past, p50);
            if (window, kind) == (WINDOWS[0].0, QUOTAS[0].1) {
                figures.point(name, "idle memory by past jobs", "MB", *past, memory);
                figures.point(name, "start to READY by past jobs", "ms", *past, millis(ready));
            }
        }
    }
}

/// Start, memory and latency with more and more running jobs.
async fn unfinished_jobs(column: &Column, sizes: &Sizes, figures: &mut RunFigures<'_>) {
    let name = &*column.name;
    for unfinished in sizes.unfinished_jobs {
        let mut stage = stage_with_one_job(column, false).await;
        let copies =
            Copies { first: 0, count: *unfinished, apart: 0, requesters: &stage.people_ids() };
        copies.write(stage.folder.path()).await;
        let ready = stage.start(column, &SLOW).await;
        let p50 = latency(&stage, sizes.beside_past, &mut 1).await;
        sleep(sizes.idle).await;
        let memory = stage.memory() / 1000.0;
        figures.point(name, "start to READY by unfinished jobs", "ms", *unfinished, millis(ready));
        figures.point(name, "memory by unfinished jobs", "MB", *unfinished, memory);
        let what = "event to callback after a start by unfinished jobs, p50";
        figures.point(name, what, "ms", *unfinished, p50);
    }
}

/// A bot that has stopped, with a job that is settled or runs.
async fn stage_with_one_job(column: &Column, settled: bool) -> Stage {
    let mut stage = Stage::new().await;
    if settled {
        stage.whisul.plan("", Plan::song().takes(Duration::ZERO));
    }
    stage.start(column, &[("POLL_INTERVAL", "1s")]).await;
    let sent = Burst { commands: 1, per_second: 1 }.send(&stage, 0).await;
    let song = sent.commands.first().expect("one command");
    stage.until_accepted(1).await;
    if settled {
        let link = stage.whisul.jobs().first().map(|job| job.id.clone()).expect("one job");
        let shown = |json: &serde_json::Value| json.to_string().contains(&link);
        song.until("the song", |message| shown(message.json())).await;
    } else {
        stage.whisul.until_polled(&prompt(0), 1).await;
    }
    sleep(SETTLED).await;
    stage.kill();
    stage
}

/// The median latency of further commands.
async fn latency(stage: &Stage, burst: Burst, asked: &mut usize) -> f64 {
    let sent = burst.send(stage, *asked).await;
    *asked += burst.commands;
    Latencies::of(&sent.commands).percentile(50)
}
