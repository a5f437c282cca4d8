//! A backup is whole, its owner's alone, and takes no other file's place.

use std::path::Path;

use sqlx::Executor;

use super::*;
use crate::store::{BackupError, OpenError, backup, file::backup::Partial};

/// Everything in a folder, by name; but not what SQLite keeps beside a database, which comes and
/// goes with the person who reads it.
fn listing(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
    let names = entries.map(|name| name.into_string().unwrap());
    let mut names: Vec<_> = names.filter(|name| !name.starts_with("jobs.db-")).collect();
    names.sort();
    names
}

/// A backup that must fail, and must leave nothing behind.
async fn refused(folder: &Folder, to: &Path) -> BackupError {
    let before = listing(to.parent().unwrap());
    let error = backup(&folder.url(), to).await.unwrap_err();
    assert_eq!(listing(to.parent().unwrap()), before, "{error}");
    error
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_is_one_state_while_the_bot_writes() {
    let folder = Folder::new();
    let store = folder.store().await;
    accept(&store, &fresh(id_at(0, 0), 1, Some(2))).await;
    let writing = tokio::spawn({
        let store = store.clone();
        async move {
            for serial in 1..200 {
                accept(&store, &fresh(id_at(0, serial), 1, Some(2))).await;
            }
        }
    });
    let (to, copy) = (Folder::new(), Folder::new());
    fs::create_dir_all(to.path()).unwrap();
    for serial in 0..5 {
        backup(&folder.url(), &to.path().join(format!("{serial}.db"))).await.unwrap();
    }
    writing.await.unwrap();
    assert_eq!(listing(&to.path()), ["0.db", "1.db", "2.db", "3.db", "4.db"]);

    let mut before = 0;
    fs::create_dir_all(copy.path()).unwrap();
    for serial in 0..5 {
        fs::rename(to.path().join(format!("{serial}.db")), copy.file()).unwrap();
        let restored = copy.store().await;
        let jobs = restored.unsettled().await.unwrap().jobs.len();
        assert!(jobs > 0 && jobs >= before, "{before}, then {jobs}");
        before = jobs;
        accept(&restored, &fresh(id_at(1, 0), 1, Some(2))).await;
        restored.close().await;
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_copy_is_for_its_owner_only_and_the_source_stays_as_it_is() {
    use std::os::unix::fs::PermissionsExt;

    let folder = Folder::new();
    let store = folder.store().await;
    accept(&store, &fresh(id_at(0, 0), 1, None)).await;
    store.close().await;
    let before = (fs::read(folder.file()).unwrap(), fs::metadata(folder.file()).unwrap());
    let to = folder.path().join("copy.db");
    backup(&folder.url(), &to).await.unwrap();
    assert_eq!(fs::metadata(&to).unwrap().permissions().mode() & 0o777, 0o600);
    let after = (fs::read(folder.file()).unwrap(), fs::metadata(folder.file()).unwrap());
    assert!(before.0 == after.0, "the database was changed");
    assert_eq!(before.1.modified().unwrap(), after.1.modified().unwrap());
    folder.store().await;
}

#[tokio::test]
async fn nothing_is_ever_replaced() {
    let folder = Folder::new();
    let _store = folder.store().await;
    let to = folder.path().join("copy.db");
    for name in ["copy.db", "copy.db.partial"] {
        let file = folder.path().join(name);
        fs::write(&file, "precious").unwrap();
        let error = refused(&folder, &to).await;
        assert!(matches!(&error, BackupError::Exists { path } if *path == file), "{error}");
        assert_eq!(fs::read(&file).unwrap(), b"precious");
        fs::remove_file(file).unwrap();
    }
    let error = refused(&folder, &folder.file()).await;
    assert!(matches!(error, BackupError::Exists { .. }), "{error}");
    // Nor what a link leads to.
    #[cfg(unix)]
    {
        let (link, empty) = (folder.path().join("copy.db.partial"), folder.path().join("empty"));
        fs::write(&empty, "").unwrap();
        std::os::unix::fs::symlink(&empty, &link).unwrap();
        let error = refused(&folder, &to).await;
        assert!(matches!(error, BackupError::Exists { .. }), "{error}");
        fs::remove_file(link).unwrap();
    }

    // Nor the copy that another process is making.
    let other = Partial::beside(&to).unwrap();
    let error = refused(&folder, &to).await;
    assert!(matches!(error, BackupError::UnderWay { .. }), "{error}");
    drop(other);

    // Not even what comes while the copy is made.
    let partial = Partial::beside(&to).unwrap();
    fs::write(&to, "precious").unwrap();
    let error = partial.finish(&to).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::AlreadyExists);
    assert_eq!(fs::read(&to).unwrap(), b"precious");
    assert!(!folder.path().join("copy.db.partial").exists());
}

#[cfg(unix)]
#[tokio::test]
async fn what_a_killed_backup_has_left_is_taken_over() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = Folder::new();
    let store = folder.store().await;
    accept(&store, &fresh(id_at(0, 1), 1, Some(2))).await;
    let whole = folder.path().join("whole.db");
    backup(&folder.url(), &whole).await.unwrap();
    let whole = fs::read(whole).unwrap();
    for (number, left) in [&whole[..], &whole[..5000], &[0; 4096], b""].into_iter().enumerate() {
        let to = folder.path().join(format!("copy-{number}.db"));
        let partial = to.with_added_extension("partial");
        fs::write(&partial, left).unwrap();
        fs::set_permissions(&partial, fs::Permissions::from_mode(0o644)).unwrap();
        backup(&folder.url(), &to).await.unwrap();
        assert!(!partial.exists() && fs::read(&to).unwrap() == whole, "{number}");
        assert_eq!(fs::metadata(&to).unwrap().permissions().mode() & 0o777, 0o600, "{number}");
    }
}

#[tokio::test]
async fn what_is_no_database_of_ours_is_not_copied() {
    let folder = Folder::new();
    fs::create_dir_all(folder.path()).unwrap();
    let to = folder.path().join("copy.db");
    let error = refused(&folder, &to).await;
    assert!(matches!(error, BackupError::NoDatabase { .. }), "{error}");

    fs::write(folder.file(), "").unwrap();
    let error = refused(&folder, &to).await;
    assert!(matches!(error, BackupError::NoDatabase { .. }), "{error}");

    fs::write(folder.file(), "letters to nobody\n".repeat(1000)).unwrap();
    let error = refused(&folder, &to).await;
    assert!(matches!(error, BackupError::Database(OpenError::NotADatabase { .. })), "{error}");

    fs::remove_file(folder.file()).unwrap();
    let mut other = folder.bare().await;
    other.execute("CREATE TABLE recipes (name TEXT)").await.unwrap();
    other.close().await.unwrap();
    let error = refused(&folder, &to).await;
    assert!(matches!(error, BackupError::Database(OpenError::Foreign { .. })), "{error}");
}

#[tokio::test]
async fn a_damaged_database_is_not_copied() {
    let folder = Folder::new();
    let store = folder.store().await;
    for serial in 0..50 {
        accept(&store, &fresh(id_at(0, serial), 1, Some(2))).await;
    }
    store.close().await;
    let mut bytes = fs::read(folder.file()).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..].fill(0xA5);
    fs::write(folder.file(), bytes).unwrap();
    let error = refused(&folder, &folder.path().join("copy.db")).await;
    assert!(matches!(error, BackupError::Database(OpenError::Damaged { .. })), "{error}");
}

#[tokio::test]
async fn a_place_where_nothing_can_be_written_is_named() {
    let folder = Folder::new();
    let _store = folder.store().await;
    let nowhere = folder.path().join("nowhere/copy.db");
    let error = backup(&folder.url(), &nowhere).await.unwrap_err();
    assert!(matches!(error, BackupError::Copy { .. }), "{error}");
    assert!(!nowhere.parent().unwrap().exists());
}
