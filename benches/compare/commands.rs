//! The load generator: commands at a fixed pace, whatever becomes of them.

use std::time::Duration;

use sandbox::Invocation;
use serde_json::json;
use tokio::time::{Instant, sleep_until};

use crate::{latency::Latencies, sizes::Burst, stage::Stage};

/// How often it is looked whether everything is answered.
const LOOK: Duration = Duration::from_millis(20);
/// When an answer comes too late for Discord.
const TOO_LATE: Duration = Duration::from_millis(3200);

/// Commands that were sent.
pub(crate) struct Sent {
    pub(crate) commands: Vec<Invocation>,
    /// How much later than planned they were sent.
    pub(crate) lateness: Latencies,
}

impl Sent {
    /// How many were answered in time.
    pub(crate) fn answered(&self) -> usize {
        self.commands.iter().filter(|command| command.latency().is_some()).count()
    }
}

impl Burst {
    /// Sends `/song` with numbered prompts from `first` on, and waits until all are answered or it is
    /// too late for that. The moments are fixed beforehand, so a slow bot does not slow the load down.
    pub(crate) async fn send(self, stage: &Stage, first: usize) -> Sent {
        let (mut commands, mut lateness) = (Vec::new(), Vec::new());
        let begin = Instant::now();
        for number in 0..self.commands {
            let number_32 = u32::try_from(number).expect("not that many");
            let due = begin + Duration::from_secs(1) * number_32 / self.per_second;
            sleep_until(due).await;
            lateness.push(due.elapsed());
            let prompt = json!(prompt(first + number));
            let client = stage.person(first + number);
            let command = client.command("song", &[("prompt", prompt)]).await;
            commands.push(command.expect("a known command"));
        }
        let end = Instant::now() + TOO_LATE;
        while Instant::now() < end && commands.iter().any(|it| it.latency().is_none()) {
            tokio::time::sleep(LOOK).await;
        }
        Sent { commands, lateness: lateness.into_iter().collect() }
    }
}

/// The prompt of this number. None is part of another.
pub(crate) fn prompt(number: usize) -> String {
    format!("song number {number}.")
}
