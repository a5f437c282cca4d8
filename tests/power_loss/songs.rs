//! A bot that runs: what others were told is on disk.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Instant,
};

use crate::{
    disk::{Disk, put},
    life::Life,
    random,
    recording::{Event, Target},
    replay::{Judge, Replay, State, scratch, start},
    requests::requests,
    rows::Rows,
    scene::DATABASE,
    states,
    told::{Fact, KINDS, Told},
};

/// One of so many states is opened as a start of the bot does, the others by SQLite alone.
const STARTS: usize = 8;

/// Compares a database with what others were told before.
struct Songs {
    told: Vec<Told>,
    /// What the database held in the end.
    end: Rows,
}

impl Judge for Songs {
    async fn lost(&self, mut state: State) -> Option<String> {
        let folder = scratch();
        state.files.retain(|name, _| name.starts_with(DATABASE));
        put(&state.files, folder.path());
        let database = folder.path().join(DATABASE);
        let is_started = state.number.is_multiple_of(STARTS);
        if is_started && let Err(error) = start(&database).await {
            return Some(error);
        }
        let rows = match Rows::read(&database).await {
            Ok(rows) => rows,
            Err(error) => return Some(format!("the database is damaged: {error}")),
        };
        let mut told = self.told.iter().filter(|told| told.sent < state.events);
        let lost = told.find(|told| !told.fact.is_kept(&rows, &self.end))?;
        Some(format!("{:?} was told at event {}", lost.fact, lost.sent))
    }
}

impl Songs {
    /// The same, as if others had been told everything before the last sync by then had ended.
    fn told_too_early(&self, events: &[Event]) -> Self {
        let told = self.told.iter().filter_map(|told| {
            let mut before = events.iter().take(told.sent);
            let sync = before.rposition(|event| matches!(event, Event::Synced { .. }))?;
            Some(Told { sent: sync.checked_sub(1)?, fact: told.fact.clone() })
        });
        Self { told: told.collect(), end: self.end.clone() }
    }
}

/// Whether a sync is one of the write-ahead log.
fn is_of_log(target: &Target) -> bool {
    matches!(target, Target::File { name, .. } if name.ends_with("-wal"))
}

/// How often the write-ahead log began anew, after all of it was in the database.
fn log_restarts(events: &[Event]) -> usize {
    let begins = events.iter().filter(|event| match event {
        Event::Write { name, offset: 0, .. } => name.ends_with("-wal"),
        _ => false,
    });
    let files = events.iter().filter(|event| match event {
        Event::Create { name, .. } => name.ends_with("-wal"),
        _ => false,
    });
    begins.count().saturating_sub(files.count())
}

/// The most jobs of which people first heard between the ends of two syncs: their writes have shared
/// a commit.
fn largest_commit(told: &[Told], events: &[Event]) -> usize {
    let (mut known, mut largest) = (BTreeSet::new(), 0);
    let syncs = events.iter().enumerate().filter_map(|(number, event)| match event {
        Event::Synced { target, .. } if is_of_log(target) => Some(number),
        _ => None,
    });
    let mut told = told.iter().peekable();
    for sync in syncs.chain([events.len()]) {
        let mut news = 0;
        while let Some(told) = told.next_if(|told| told.sent < sync) {
            let is_first = matches!(told.fact, Fact::Accepted(job) if known.insert(job));
            news += usize::from(is_first);
        }
        largest = largest.max(news);
    }
    largest
}

#[tokio::test(flavor = "multi_thread")]
async fn what_others_were_told_survives_a_power_cut() {
    let begun = Instant::now();
    let mut life = Life::new("power-loss").await;
    let blank = Disk::load(&life.recorder.folder);
    life.live().await;
    let events = life.recorder.events();
    let context = life.context().await;
    let told = context.told(&requests(&events));
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    for told in &told {
        *kinds.entry(told.fact.kind()).or_default() += 1;
    }
    let restarts = log_restarts(&events);
    println!("{} events in {:.1?}, {restarts} restarts of the log", events.len(), begun.elapsed());
    let largest = largest_commit(&told, &events);
    println!("told: {kinds:?}, of {largest} new jobs after one commit");
    assert_eq!(kinds.len(), KINDS, "everything was told that can be");
    assert!(restarts >= 1, "the log began anew");
    assert!(largest >= 2, "writes have shared a commit");

    let (replay, mut rng) = (Replay::new(blank, events, &life.recorder.folder), random());
    let songs = Arc::new(Songs { told, end: context.rows });
    let verdict = replay.judge(&songs, states(6), &mut rng).await;
    let (states, moments) = (verdict.states, verdict.moments);
    assert!(verdict.lost.is_empty(), "{}", verdict.lost.join("\n"));
    println!("power loss: {states} states of {moments} moments, all keep what was told");

    // That can fail.
    let unsynced = replay.without_syncs(is_of_log).judge(&songs, 3, &mut rng).await;
    assert!(!unsynced.lost.is_empty(), "a log that is not synced loses something");
    let early = Arc::new(songs.told_too_early(&replay.events));
    let early = replay.judge(&early, 3, &mut rng).await;
    assert!(!early.lost.is_empty(), "a response before the end of the sync is noticed");
    println!("{:.1?}", begun.elapsed());
    life.clean_up();
}
