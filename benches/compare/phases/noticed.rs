//! How soon and with how many polls the end of a song is noticed.
//!
//! The first wave meets a bot that knows nothing, the second one that has seen the first: a bot that
//! learns how long songs take shows it there.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use fastrand::Rng;
use sandbox::{Invocation, Plan, SandboxJob};
use tokio::time::sleep;

use crate::{
    column::Column,
    commands::prompt,
    figures::RunFigures,
    latency::millis,
    sizes::Sizes,
    stage::{Stage, count},
};

/// So that all bots and all runs meet the same songs.
const SEED: u64 = 1;
/// For how long all songs of a wave are waited for.
const PATIENCE: Duration = Duration::from_mins(3);
/// How often it is looked whether they are shown.
const LOOK: Duration = Duration::from_millis(200);

pub(crate) async fn measure(columns: &[Column], sizes: &Sizes, figures: &mut RunFigures<'_>) {
    let poll = format!("{}s", sizes.poll.as_secs());
    let mut stages = Vec::new();
    for column in columns.iter().filter(|column| column.makes_songs()) {
        let mut stage = Stage::new().await;
        plan_songs(&stage, sizes);
        stage.start(column, &[("POLL_INTERVAL", &poll)]).await;
        stages.push((&*column.name, stage));
    }
    let songs = sizes.noticed.commands;
    for (wave, what) in [(0, "of unknown duration"), (1, "of known durations")] {
        let sent = stages.iter().map(|(_, stage)| sizes.noticed.send(stage, wave * songs));
        let sent = futures_util::future::join_all(sent).await;
        for ((name, stage), sent) in stages.iter().zip(sent) {
            let ends = until_shown(stage, &sent.commands, wave * songs).await;
            let delays: Duration = ends.iter().map(|end| end.delay).sum();
            let polls: usize = ends.iter().map(|end| end.polls).sum();
            let row = format!("a finished song is shown after, {what}");
            let shown = count(ends.len());
            figures.row(name, &row, "s", millis(delays) / 1000.0 / shown);
            let row = format!("polls a song, {what}");
            figures.row(name, &row, "polls", count(polls) / shown);
        }
    }
}

fn plan_songs(stage: &Stage, sizes: &Sizes) {
    let mut random = Rng::with_seed(SEED);
    for number in 0..2 * sizes.noticed.commands {
        let takes = Duration::from_millis(random.u64(sizes.song_millis.clone()));
        stage.whisul.plan(&prompt(number), Plan::song().takes(takes));
    }
}

/// The end of a song.
pub(super) struct End {
    /// From its end at Whisul to the first form of its message that shows it.
    delay: Duration,
    polls: usize,
}

/// Waits until all songs are shown.
pub(super) async fn until_shown(stage: &Stage, commands: &[Invocation], first: usize) -> Vec<End> {
    let end = Instant::now() + PATIENCE;
    loop {
        let jobs = stage.whisul.jobs();
        let jobs: HashMap<&str, &SandboxJob> = jobs.iter().map(|job| (&*job.prompt, job)).collect();
        let shown = commands.iter().enumerate().filter_map(|(number, command)| {
            let job = jobs.get(&*prompt(first + number))?;
            shown(job, command)
        });
        let shown: Vec<End> = shown.collect();
        if shown.len() == commands.len() {
            return shown;
        }
        assert!(Instant::now() < end, "{} of {} songs shown", shown.len(), commands.len());
        sleep(LOOK).await;
    }
}

/// The end of a song whose message shows the link to its file.
fn shown(job: &SandboxJob, command: &Invocation) -> Option<End> {
    let (finished_at, message) = (job.finished_at?, command.message()?);
    // Its links end with the id of Whisul's job.
    let mut forms = message.revisions.iter();
    let first = forms.find(|form| form.json.to_string().contains(&job.id))?;
    Some(End { delay: first.at.saturating_duration_since(finished_at), polls: job.polls })
}
