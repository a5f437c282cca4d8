//! A first start, an update and a backup: at each moment there is a usable database with all that was
//! in it before.

use sqlx::{Connection as _, SqliteConnection, sqlite::SqliteConnectOptions};

use crate::{
    disk::{Disk, Found, put},
    life::first_start,
    replay::{Judge, Replay, State, scratch},
    rows::Rows,
    scene::{CURRENT, DATABASE, Scene, judge, kept, read, read_after_start, write},
};

/// The schema of an earlier version.
const EARLIER: i64 = 6;

struct FirstStart;

impl Judge for FirstStart {
    async fn lost(&self, state: State) -> Option<String> {
        match read_after_start(&state.files).await {
            Ok(rows) if rows == Rows::default() => None,
            other => Some(format!("{other:?}")),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_start_that_is_cut_off_keeps_nobody_from_the_next() {
    let (fixture, recorder) = first_start().await;
    let empty = tempfile::tempdir().unwrap();
    let replay = Replay::new(Disk::load(empty.path()), recorder.events(), &recorder.folder);
    judge("first start", &replay, FirstStart).await;
    fixture.clean_up();
}

/// What was in the database of an earlier version.
struct Update {
    before: Rows,
}

impl Judge for Update {
    async fn lost(&self, state: State) -> Option<String> {
        let copies = kept(&state.files, "before-update");
        for copy in &copies {
            if read(&state.files, copy).await.as_ref() != Ok(&self.before) {
                return Some(format!("{copy} is not whole"));
            }
        }
        match read_after_start(&state.files).await {
            Ok(rows) if rows == self.before => {}
            other => return Some(format!("{other:?}")),
        }
        let is_updated = schema(&state.files).await > EARLIER;
        (is_updated && copies.is_empty()).then(|| "updated without a copy".to_owned())
    }
}

/// The schema of the database in a state.
async fn schema(files: &Found) -> i64 {
    let folder = scratch();
    put(files, folder.path());
    let options = SqliteConnectOptions::new().filename(folder.path().join(DATABASE));
    let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
    let schema = sqlx::query_scalar("SELECT MAX(version) FROM _sqlx_migrations");
    let schema = schema.fetch_one(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    schema
}

#[tokio::test(flavor = "multi_thread")]
async fn an_update_that_is_cut_off_leaves_the_database_and_its_copy() {
    let scene = Scene::new();
    let before = write(&scene.database(), EARLIER.try_into().unwrap(), 1).await;
    judge("update", &scene.run(&["migrate"]), Update { before }).await;
}

/// What is copied, and after how many events that is done.
struct Backup {
    rows: Rows,
    end: usize,
}

impl Judge for Backup {
    async fn lost(&self, state: State) -> Option<String> {
        match read_after_start(&state.files).await {
            Ok(rows) if rows == self.rows => {}
            other => return Some(format!("{other:?}")),
        }
        match state.files.get("copy.db").map(Vec::len) {
            // The name is claimed first.
            None | Some(0) if state.events < self.end => None,
            None | Some(0) => Some("there is no copy".to_owned()),
            Some(_) => match read(&state.files, "copy.db").await {
                Ok(rows) if rows == self.rows => None,
                other => Some(format!("the copy: {other:?}")),
            },
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_is_on_disk_once_it_is_done() {
    let scene = Scene::new();
    let rows = write(&scene.database(), CURRENT, 1).await;
    let copy = scene.recorder.folder.join("copy.db");
    let replay = scene.run(&["backup", copy.to_str().unwrap()]);
    let end = replay.events.len();
    judge("backup", &replay, Backup { rows, end }).await;
}
