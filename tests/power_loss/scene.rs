//! Commands of the program, recorded, and the databases that they work on.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::Arc,
};

use sqlx::{
    AssertSqlSafe, Connection as _, Executor as _, SqliteConnection,
    migrate::Migrator,
    sqlite::{SqliteConnectOptions, SqliteJournalMode},
};
use tempfile::TempDir;

use crate::{
    disk::{Disk, Found, put},
    random,
    recording::{Recorder, Target},
    replay::{Judge, Replay, scratch, start},
    rows::Rows,
    states,
};

/// The database's name below the recorder's folder.
pub(crate) const DATABASE: &str = "data/jobs.db";
/// All steps to the tables of this version.
pub(crate) const CURRENT: usize = usize::MAX;
/// How many songs are in a database.
const SONGS: u64 = 30;
/// How many states of a moment are tried.
const STATES: usize = 30;

/// A command of the program, recorded.
pub(crate) struct Scene {
    pub(crate) base: TempDir,
    pub(crate) recorder: Recorder,
}

impl Scene {
    pub(crate) fn new() -> Self {
        let base = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let recorder = Recorder::new(base.path());
        Self { base, recorder }
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.recorder.folder.join(DATABASE)
    }

    /// Runs the program with these words, and returns what it has done to the disk.
    pub(crate) fn run(&self, words: &[&str]) -> Replay {
        let begin = Disk::load(&self.recorder.folder);
        let mut command = Command::new(env!("CARGO_BIN_EXE_whisul-bot"));
        command.args(words).current_dir(self.base.path()).env_clear();
        command.envs(self.recorder.variables());
        command.env("DATABASE_URL", format!("sqlite://{}", self.database().display()));
        let output = command.output().unwrap();
        assert!(output.status.success(), "{output:?}");
        Replay::new(begin, self.recorder.events(), &self.recorder.folder)
    }
}

/// Judges a command's states, and makes sure that a state can fail: without the syncs of files,
/// something is lost.
pub(crate) async fn judge(name: &str, replay: &Replay, judge: impl Judge) {
    let (judge, mut rng) = (Arc::new(judge), random());
    let verdict = replay.judge(&judge, states(STATES), &mut rng).await;
    assert!(verdict.lost.is_empty(), "{name}: {}", verdict.lost.join("\n"));
    println!("{name}: {} states of {} moments", verdict.states, verdict.moments);
    let unsynced = replay.without_syncs(|target| matches!(target, Target::File { .. }));
    let unsynced = unsynced.judge(&judge, states(STATES), &mut rng).await;
    assert!(!unsynced.lost.is_empty(), "{name}: a loss is noticed");
}

/// Writes a database with this schema and songs from the id `first` on, as a killed bot leaves it:
/// much of it in the write-ahead log. Returns what is in it.
pub(crate) async fn write(database: &Path, schema: usize, first: u64) -> Rows {
    let folder = scratch();
    let place = folder.path().join("jobs.db");
    let options = SqliteConnectOptions::new().filename(&place).create_if_missing(true);
    let options = options.journal_mode(SqliteJournalMode::Wal);
    let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
    let steps = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store/migrations");
    let steps = Migrator::new(steps).await.unwrap();
    let steps = Migrator { migrations: steps.iter().take(schema).cloned().collect(), ..steps };
    steps.run(&mut connection).await.unwrap();
    for id in first..first + SONGS {
        let song = format!(
            "INSERT INTO jobs (id, requester, channel, application, prompt, round, access, message, \
             state, delivery, open, settled, charge, charged_at, title) VALUES ({id}, 2, 3, 4, \
             '{}', 1, 'channel', 9, 'completed', 'delivered', 0, 1, 'full', 1700000000000, 'Rain')",
            "rain ".repeat(150)
        );
        connection.execute(AssertSqlSafe(song)).await.unwrap();
        if id == first + SONGS / 2 {
            connection.execute("PRAGMA wal_checkpoint(PASSIVE)").await.unwrap();
        }
    }
    fs::create_dir_all(database.parent().unwrap()).unwrap();
    for suffix in ["", "-wal"] {
        let copy = format!("{}{suffix}", database.display());
        fs::copy(format!("{}{suffix}", place.display()), copy).unwrap();
    }
    connection.close().await.unwrap();
    let rows = Rows::read(&place).await.unwrap();
    assert_eq!(rows.jobs.len() as u64, SONGS);
    rows
}

/// What is in a file of a state, or why it is no database.
pub(crate) async fn read(files: &Found, name: &str) -> Result<Rows, String> {
    let folder = scratch();
    put(files, folder.path());
    Rows::read(&folder.path().join(name)).await
}

/// What is in the database once the bot was started on a state.
pub(crate) async fn read_after_start(files: &Found) -> Result<Rows, String> {
    let folder = scratch();
    put(files, folder.path());
    let database = folder.path().join(DATABASE);
    start(&database).await?;
    Rows::read(&database).await
}

/// The files that are kept beside the database under names with this label.
pub(crate) fn kept<'a>(files: &'a Found, label: &str) -> Vec<&'a str> {
    let prefix = format!("{DATABASE}.{label}-");
    let kept = files.keys().filter_map(|name| {
        let rest = name.strip_prefix(&prefix)?;
        (!rest.contains("-wal")).then_some(name.as_str())
    });
    kept.collect()
}
