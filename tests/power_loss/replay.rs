//! Every moment of a record, and the states in which a power cut could leave the disk then.

use std::{path::Path, sync::Arc};

use fastrand::Rng;
use tempfile::TempDir;
use tokio::{runtime::Handle, task::JoinSet};
use whisul_bot::store::Store;

use crate::{
    choice::Choice,
    disk::{Disk, Found, found_in},
    recording::{Event, Target},
};

/// How many states are judged at once.
const AT_ONCE: usize = 4;
/// One of so many moments between two syncs is tried as well.
const BETWEEN: usize = 40;
/// After so many losses, no more are looked for.
const LOSSES: usize = 12;

/// A record of what happened on a disk.
#[derive(Clone)]
pub(crate) struct Replay {
    pub(crate) begin: Disk,
    pub(crate) events: Vec<Event>,
}

/// What a power cut has left.
pub(crate) struct State {
    pub(crate) files: Found,
    /// The number of events before the power cut.
    pub(crate) events: usize,
    /// Which of the states it is.
    pub(crate) number: usize,
}

/// Says what a state has lost.
pub(crate) trait Judge: Send + Sync + 'static {
    async fn lost(&self, state: State) -> Option<String>;
}

/// What came of the states.
#[derive(Default)]
pub(crate) struct Verdict {
    pub(crate) moments: usize,
    pub(crate) states: usize,
    /// What some of them have lost.
    pub(crate) lost: Vec<String>,
}

impl Replay {
    /// A record of what happened below a folder since it was as in `begin`. What the recorder has not
    /// seen, no power cut would take.
    pub(crate) fn new(begin: Disk, events: Vec<Event>, folder: &Path) -> Self {
        let mut disk = begin.clone();
        for event in &events {
            disk.apply(event);
        }
        assert!(disk.seen() == found_in(folder), "the record holds all writes");
        Self { begin, events }
    }

    /// The same record, as if some syncs had not happened.
    pub(crate) fn without_syncs(&self, of: impl Fn(&Target) -> bool) -> Self {
        let mut other = self.clone();
        other.events.retain(|event| match event {
            Event::Synced { target, .. } => !of(target),
            _ => true,
        });
        other
    }

    /// Judges `most` states of every moment. Between the ends of two syncs, what may be lost and what
    /// others were told only grow: the last moment has the states of those before it. Some of them are
    /// tried all the same.
    pub(crate) async fn judge(
        &self,
        judge: &Arc<impl Judge>,
        most: usize,
        rng: &mut Rng,
    ) -> Verdict {
        let (mut verdict, mut under_way) = (Verdict::default(), JoinSet::new());
        let mut disk = self.begin.clone();
        for number in 0..=self.events.len() {
            let event = self.events.get(number);
            let is_sync = matches!(event, None | Some(Event::Synced { .. }));
            if is_sync || rng.usize(0..BETWEEN) == 0 {
                verdict.moments += 1;
                for choice in Choice::some(disk.unsynced(), most, rng) {
                    while under_way.len() >= AT_ONCE {
                        verdict.lost.extend(under_way.join_next().await.unwrap().unwrap());
                    }
                    let files = disk.after_power_cut(choice);
                    let state = State { files, events: number, number: verdict.states };
                    verdict.states += 1;
                    let (judge, runtime) = (Arc::clone(judge), Handle::current());
                    under_way.spawn_blocking(move || {
                        let lost = runtime.block_on(judge.lost(state));
                        lost.map(|lost| format!("after event {number}, {choice:?}: {lost}"))
                    });
                }
                if verdict.lost.len() >= LOSSES {
                    break;
                }
            }
            if let Some(event) = event {
                disk.apply(event);
            }
        }
        while let Some(lost) = under_way.join_next().await {
            verdict.lost.extend(lost.unwrap());
        }
        verdict
    }
}

/// Opens a database as a start of the bot does.
///
/// # Errors
/// When the bot would not start.
pub(crate) async fn start(database: &Path) -> Result<(), String> {
    let store = Store::open(&format!("sqlite://{}", database.display())).await;
    store.map_err(|error| format!("a start fails: {error}"))?.close().await;
    Ok(())
}

/// A folder in memory, if the system has one: a state is soon done with.
pub(crate) fn scratch() -> TempDir {
    let memory = Path::new("/dev/shm");
    let made = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
    made.unwrap()
}
