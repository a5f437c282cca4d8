//! The database is made where it is missing, and refused, untouched, where it isn't ours.

use sqlx::Executor;

use super::*;
use crate::{
    domain::{AdminAction, Page},
    store::{OpenError, file::migrations::migrator},
};

/// Opens a file that must be refused, and must be left as it is.
async fn refused(folder: &Folder) -> OpenError {
    let before = fs::read(folder.file()).unwrap();
    let error = Store::open_within(&folder.url(), Duration::from_millis(50)).await.unwrap_err();
    assert!(fs::read(folder.file()).unwrap() == before, "the file was changed: {error}");
    error
}

#[tokio::test]
async fn only_a_file_will_do() {
    for url in ["", "data/x.db", "sqlite:", "sqlite://", "postgres://bot:hunter2@db/jobs"] {
        let error = Store::open(url).await.unwrap_err();
        assert!(matches!(error, OpenError::NotSqlite), "{url}: {error}");
        assert!(!format!("{error} {error:?}").contains("hunter2"));
    }
    for url in ["sqlite::memory:", "sqlite://:memory:", "sqlite://x.db?mode=memory"] {
        assert!(matches!(Store::open(url).await, Err(OpenError::InMemory)), "{url}");
    }
    assert!(matches!(Store::open("sqlite://x.db?mode=ro").await, Err(OpenError::Parameters)));
}

#[cfg(unix)]
#[tokio::test]
async fn what_is_made_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;

    let folder = Folder::new();
    let inner = folder.path().join("deep/er");
    let store = Store::open(&format!("sqlite://{}/jobs.db", inner.display())).await.unwrap();
    accept(&store, &fresh(id_at(0, 0), 1, None)).await;
    let mode = |path: PathBuf| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(inner.clone()), 0o700);
    for file in ["jobs.db", "jobs.db-wal", "jobs.db-shm"] {
        assert_eq!(mode(inner.join(file)), 0o600, "{file}");
    }
}

#[tokio::test]
async fn every_commit_is_on_disk_before_it_counts() {
    let folder = Folder::new();
    let store = folder.store().await;
    for pool in [&store.writer.pool, &store.reader] {
        let journal: String =
            sqlx::query_scalar("PRAGMA journal_mode").fetch_one(pool).await.unwrap();
        let synchronous: i64 =
            sqlx::query_scalar("PRAGMA synchronous").fetch_one(pool).await.unwrap();
        let foreign_keys: i64 =
            sqlx::query_scalar("PRAGMA foreign_keys").fetch_one(pool).await.unwrap();
        assert_eq!((journal.as_str(), synchronous, foreign_keys), ("wal", 2, 1));
    }
}

#[tokio::test]
async fn a_folder_or_a_file_that_cannot_be_made_is_named() {
    let folder = Folder::new();
    fs::create_dir_all(folder.file()).unwrap();
    let is_folder = Store::open(&folder.url()).await.unwrap_err();
    assert!(matches!(is_folder, OpenError::NotAFile { .. }), "{is_folder}");
    fs::remove_dir(folder.file()).unwrap();
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("nowhere", folder.file()).unwrap();
        let leads_nowhere = Store::open(&folder.url()).await.unwrap_err();
        assert!(matches!(leads_nowhere, OpenError::NotAFile { .. }), "{leads_nowhere}");
        assert!(!folder.path().join("nowhere").exists());
    }

    fs::write(folder.path().join("file"), "").unwrap();
    let below_file = format!("sqlite://{}/file/jobs.db", folder.path().display());
    let error = Store::open(&below_file).await.unwrap_err();
    assert!(matches!(error, OpenError::Folder { .. }), "{error}");
}

#[tokio::test]
async fn a_file_that_is_no_database_is_refused() {
    for garbage in ["short".to_owned(), "letters to nobody\n".repeat(1000)] {
        let folder = Folder::new();
        fs::create_dir_all(folder.path()).unwrap();
        fs::write(folder.file(), garbage).unwrap();
        let error = refused(&folder).await;
        assert!(matches!(error, OpenError::NotADatabase { .. }), "{error}");
    }
}

#[tokio::test]
async fn a_damaged_database_is_refused() {
    let folder = Folder::new();
    let store = folder.store().await;
    for serial in 0..50 {
        accept(&store, &fresh(id_at(0, serial), 1, Some(2))).await;
    }
    store.close().await;
    let mut bytes = fs::read(folder.file()).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 4096].fill(0xA5);
    fs::write(folder.file(), bytes).unwrap();
    let error = refused(&folder).await;
    assert!(matches!(error, OpenError::Damaged { .. }), "{error}");
}

#[tokio::test]
async fn the_database_of_another_program_is_refused() {
    let folder = Folder::new();
    fs::create_dir_all(folder.path()).unwrap();
    let mut other = folder.bare().await;
    other.execute("CREATE TABLE recipes (name TEXT)").await.unwrap();
    other.close().await.unwrap();
    let error = refused(&folder).await;
    assert!(matches!(error, OpenError::Foreign { .. }), "{error}");
}

/// What the fourth version wrote for a job whose requester was never answered, and for a song that an
/// admin cancelled.
const OLD_NAMES: &str = "\
    INSERT INTO jobs (id, requester, channel, application, prompt, round, reach, \
        state, delivery, open, settled, charge, charged_at) \
    VALUES (8, 2, 3, 4, 'fog', 1, 'channel', 'withdrawn', 'pending', 0, 1, 'none', 1800000000000); \
    INSERT INTO acts (id, admin, guild, scope, topic, ends, person, value, done_at, in_force) \
    VALUES (9, 2, 5, 5, 'take_back', 0, 0, '7', 1800000000000, 0)";

#[tokio::test]
async fn rows_with_the_names_of_an_earlier_version_keep_their_meaning() {
    let folder = Folder::new();
    fs::create_dir_all(folder.path()).unwrap();
    let mut earlier = folder.bare().await;
    migrator(4).run(&mut earlier).await.unwrap();
    earlier.execute(OLD_NAMES).await.unwrap();
    earlier.close().await.unwrap();
    let store = folder.store().await;
    assert_eq!(store.job(JobId(8)).await.unwrap().unwrap().state, State::Abandoned);
    let recorded = store.audit_log(None, Page { number: 1, size: 5 }).await.unwrap();
    assert_eq!(recorded.items[0].action, AdminAction::Cancel(JobId(7)));
}

#[tokio::test]
async fn a_database_made_with_altered_tables_is_refused() {
    let folder = Folder::new();
    folder.store().await.close().await;
    let mut altered = folder.bare().await;
    altered.execute("UPDATE _sqlx_migrations SET checksum = x'00'").await.unwrap();
    altered.close().await.unwrap();
    let error = refused(&folder).await;
    assert!(matches!(error, OpenError::Foreign { .. }), "{error}");
}

#[tokio::test]
async fn a_database_that_another_program_holds_is_told_of() {
    let folder = Folder::new();
    fs::create_dir_all(folder.path()).unwrap();
    let mut holder = folder.bare().await;
    holder.execute("BEGIN EXCLUSIVE").await.unwrap();
    let opened = Store::open_within(&folder.url(), Duration::from_millis(50)).await;
    assert!(matches!(opened, Err(OpenError::Locked { .. })), "{opened:?}");
}
