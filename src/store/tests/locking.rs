//! A file has one bot.

use super::*;
use crate::store::OpenError;

async fn refused(url: &str) -> OpenError {
    let error = Store::open(url).await.unwrap_err();
    assert!(matches!(error, OpenError::Running { .. }), "{error}");
    error
}

#[tokio::test]
async fn a_second_store_is_refused_until_the_last_clone_is_gone() {
    let folder = Folder::new();
    let first = folder.store().await;
    let told = refused(&folder.url()).await.to_string();
    let file = folder.file().display().to_string();
    assert!(told.starts_with(&format!("another bot is running on {file}: ")), "{told}");
    assert!(told.contains(&format!("{file}.lock")), "{told}");

    let clone = first.clone();
    drop(first);
    refused(&folder.url()).await;
    drop(clone);
    folder.store().await;
}

#[tokio::test]
async fn a_closed_store_lets_the_next_one_in() {
    let folder = Folder::new();
    let first = folder.store().await;
    first.close().await;
    let second = folder.store().await;
    accept(&second, &fresh(id_at(0, 0), 1, None)).await;
    refused(&folder.url()).await;
}

#[tokio::test]
async fn a_store_that_did_not_open_holds_no_lock() {
    let folder = Folder::new();
    fs::create_dir_all(folder.path()).unwrap();
    fs::write(folder.file(), "letters to nobody\n".repeat(1000)).unwrap();
    for _ in 0..2 {
        let error = Store::open(&folder.url()).await.unwrap_err();
        assert!(matches!(error, OpenError::NotADatabase { .. }), "{error}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_link_is_the_same_file() {
    let folder = Folder::new();
    let _store = folder.store().await;
    let link = folder.path().join("link.db");
    std::os::unix::fs::symlink(folder.file(), &link).unwrap();
    refused(&format!("sqlite://{}", link.display())).await;
}

/// Closing a file lets go of all locks that its process holds on it (`fcntl(2)`), SQLite's among them.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_look_from_inside_the_bot_leaves_the_locks_of_its_database() {
    use std::os::unix::fs::MetadataExt as _;
    let folder = Folder::new();
    let store = folder.store().await;
    accept(&store, &fresh(id_at(0, 0), 1, None)).await;
    let inode = format!(":{} ", fs::metadata(folder.file()).unwrap().ino());
    let locks = || {
        let all = fs::read_to_string("/proc/locks").unwrap();
        all.lines().filter(|lock| lock.contains(&inode)).count()
    };
    let before = locks();
    assert!(before > 0, "SQLite holds a lock");
    crate::store::check_access(&folder.file()).unwrap();
    crate::store::inspect(&folder.url()).await.unwrap().expect("a database");
    assert_eq!(locks(), before);
    store.close().await;
}
