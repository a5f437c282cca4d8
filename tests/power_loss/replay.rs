//! Every moment of a record, the states in which a power cut could leave the disk then, and what is
//! lost in them.

use std::{path::Path, sync::Arc};

use fastrand::Rng;
use tempfile::TempDir;
use tokio::{runtime::Handle, task::JoinSet};
use whisul_bot::store::Store;

use crate::{
    choice::Choice,
    disk::{Disk, Found, put},
    recording::Event,
    rows::Rows,
    told::Told,
};

/// How many states are judged at once.
const AT_ONCE: usize = 4;
/// One of so many states is opened as a start of the bot does, the others by SQLite alone.
const STARTS: usize = 8;
/// One of so many moments between two syncs is tried as well.
const BETWEEN: usize = 40;
/// No more is printed of what is lost.
const PRINTED: usize = 12;

/// A record, and what follows from it.
pub(crate) struct Replay {
    pub(crate) begin: Disk,
    pub(crate) events: Vec<Event>,
    /// The database's name below the folder.
    pub(crate) database: &'static str,
    pub(crate) told: Arc<Vec<Told>>,
    /// What the database held in the end.
    pub(crate) end: Arc<Rows>,
}

/// What came of the states.
#[derive(Default)]
pub(crate) struct Verdict {
    pub(crate) moments: usize,
    pub(crate) states: usize,
    /// How many of them the bot was started on.
    pub(crate) starts: usize,
    /// How many of them have lost something.
    pub(crate) losses: usize,
    /// What some of them have lost.
    pub(crate) lost: Vec<String>,
}

impl Replay {
    /// Judges states of every moment, `most` of each. Between two syncs, what may be lost is only
    /// added to, so that the last moment before the end of a sync has the states of all moments since
    /// the one before, and the most that others were told. Some of those are tried all the same.
    pub(crate) async fn judge(&self, most: usize, rng: &mut Rng) -> Verdict {
        let (mut verdict, mut under_way) = (Verdict::default(), JoinSet::new());
        let mut disk = self.begin.clone();
        for number in 0..=self.events.len() {
            let event = self.events.get(number);
            let is_sync = matches!(event, None | Some(Event::Synced { .. }));
            if is_sync || rng.usize(0..BETWEEN) == 0 {
                verdict.moments += 1;
                for choice in Choice::some(disk.unsynced(), most, rng) {
                    while under_way.len() >= AT_ONCE {
                        verdict.add(under_way.join_next().await.unwrap().unwrap());
                    }
                    let mut found = disk.after_power_cut(choice);
                    found.retain(|name, _| name.starts_with(self.database));
                    verdict.states += 1;
                    let starts = verdict.states.is_multiple_of(STARTS);
                    verdict.starts += usize::from(starts);
                    let (told, end) = (Arc::clone(&self.told), Arc::clone(&self.end));
                    let database = self.database;
                    let runtime = Handle::current();
                    under_way.spawn_blocking(move || {
                        let lost = lost(&found, database, starts, number, &told, &end);
                        runtime
                            .block_on(lost)
                            .map(|lost| format!("after event {number}, {choice:?}: {lost}"))
                    });
                }
            }
            if let Some(event) = event {
                disk.apply(event);
            }
        }
        while let Some(lost) = under_way.join_next().await {
            verdict.add(lost.unwrap());
        }
        verdict
    }
}

impl Verdict {
    fn add(&mut self, lost: Option<String>) {
        self.losses += usize::from(lost.is_some());
        self.lost.extend(lost.filter(|_| self.lost.len() < PRINTED));
    }
}

/// What a database has lost of what others were told before an event.
async fn lost(
    found: &Found,
    database: &str,
    starts: bool,
    event: usize,
    told: &[Told],
    end: &Rows,
) -> Option<String> {
    let folder = scratch();
    put(found, folder.path());
    let database = folder.path().join(database);
    if starts && let Err(error) = start(&database).await {
        return Some(format!("a start fails: {error}"));
    }
    let rows = match Rows::read(&database).await {
        Ok(rows) => rows,
        Err(error) => return Some(format!("the database is damaged: {error}")),
    };
    let mut told = told.iter().filter(|told| told.sent < event);
    let lost = told.find(|told| !told.fact.is_kept(&rows, end))?;
    Some(format!("{:?} was told at event {}", lost.fact, lost.sent))
}

/// Opens a database as a start of the bot does.
pub(crate) async fn start(database: &Path) -> Result<(), String> {
    let store = Store::open(&format!("sqlite://{}", database.display())).await;
    store.map_err(|error| error.to_string())?.close().await;
    Ok(())
}

/// A folder in memory, if the system has one: a state is soon done with.
pub(crate) fn scratch() -> TempDir {
    let memory = Path::new("/dev/shm");
    let made = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
    made.unwrap()
}
