//! A restore: at each moment the database is the old one or the new one.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::PathBuf,
};

use crate::{
    disk::Found,
    replay::{Judge, State},
    rows::Rows,
    scene::{CURRENT, DATABASE, Scene, judge, kept, read, read_after_start, write},
};

/// What a database is replaced with, and what it was.
struct Restore {
    old: Option<Rows>,
    /// The files of a database that can't be read.
    broken: BTreeMap<&'static str, Vec<u8>>,
    new: Rows,
    end: usize,
}

impl Restore {
    /// Whether the old database is kept under another name.
    async fn is_kept(&self, files: &Found) -> bool {
        let Some(kept) = kept(files, "replaced").first().copied() else {
            return self.old.is_none() && self.broken.is_empty();
        };
        let is_there =
            |(suffix, bytes): (&&str, _)| files.get(&format!("{kept}{suffix}")) == Some(bytes);
        match &self.old {
            Some(old) => read(files, kept).await.as_ref() == Ok(old),
            None => self.broken.iter().all(is_there),
        }
    }

    /// Whether the database is the old one.
    fn is_old(&self, files: &Found, rows: &Result<Rows, String>) -> bool {
        match (&self.old, rows) {
            (Some(old), Ok(rows)) => rows == old,
            (None, Ok(rows)) => self.broken.is_empty() && *rows == Rows::default(),
            _ => files.get(DATABASE) == self.broken.get("") && !self.broken.is_empty(),
        }
    }
}

impl Judge for Restore {
    async fn lost(&self, state: State) -> Option<String> {
        let rows = read_after_start(&state.files).await;
        if rows.as_ref() == Ok(&self.new) {
            let is_kept = self.is_kept(&state.files).await;
            return (!is_kept).then(|| "the old database is gone".to_owned());
        }
        let is_old = state.events < self.end && self.is_old(&state.files, &rows);
        (!is_old).then(|| {
            let ids = rows.map(|rows| rows.jobs.into_keys().collect::<BTreeSet<_>>());
            format!("neither old nor new: {ids:?}")
        })
    }
}

/// A scene with a copy of a database beside it.
async fn scene_with_copy() -> (Scene, PathBuf, Rows) {
    let scene = Scene::new();
    let copy = scene.base.path().join("copy.db");
    let new = write(&copy, CURRENT, 1000).await;
    (scene, copy, new)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restore_that_is_cut_off_leaves_the_old_database_or_the_new_one() {
    let (scene, copy, new) = scene_with_copy().await;
    let old = Some(write(&scene.database(), CURRENT, 1).await);
    let replay = scene.run(&["restore", copy.to_str().unwrap()]);
    let (broken, end) = (BTreeMap::new(), replay.events.len());
    judge("restore", &replay, Restore { old, broken, new, end }).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restore_to_a_new_place_is_on_disk_once_it_is_done() {
    for has_log in [false, true] {
        let (scene, copy, new) = scene_with_copy().await;
        if has_log {
            // Somebody has moved the database away, but not its log.
            write(&scene.database(), CURRENT, 1).await;
            fs::remove_file(scene.database()).unwrap();
        }
        let replay = scene.run(&["restore", copy.to_str().unwrap()]);
        let (old, broken, end) = (None, BTreeMap::new(), replay.events.len());
        judge("restore to a new place", &replay, Restore { old, broken, new, end }).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restore_over_a_broken_database_keeps_what_is_left_of_it() {
    let (scene, copy, new) = scene_with_copy().await;
    // SQLite removes a log that it can't read.
    let mut broken = BTreeMap::new();
    fs::create_dir_all(scene.database().parent().unwrap()).unwrap();
    for (suffix, left) in [("", "no database any more"), ("-wal", "nor a log")] {
        let bytes = left.repeat(300).into_bytes();
        fs::write(format!("{}{suffix}", scene.database().display()), &bytes).unwrap();
        broken.insert(suffix, bytes);
    }
    let replay = scene.run(&["restore", copy.to_str().unwrap()]);
    let (old, end) = (None, replay.events.len());
    judge("restore over a broken database", &replay, Restore { old, broken, new, end }).await;
}
