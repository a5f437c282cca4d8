//! What goes wrong while the bot runs has a name, and passes.

use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::{Executor, SqlSafeStr};

use super::*;
use crate::store::{DamagedRow, StoreError};

/// Edits the rows as a person with a database tool would.
async fn edit(store: &Store, statement: impl SqlSafeStr) {
    store.writer.pool.execute(statement.into_sql_str()).await.unwrap();
}

#[tokio::test]
async fn a_damaged_row_is_named_and_holds_up_no_other() {
    let edits = [
        ("requester", "UPDATE jobs SET requester = -1"),
        ("guild", "UPDATE jobs SET guild = 'home'"),
        ("channel", "UPDATE jobs SET channel = 1.5"),
        ("prompt", "UPDATE jobs SET prompt = ' '"),
        ("round", "UPDATE jobs SET round = -1"),
        ("prompt", "UPDATE jobs SET prompt = CAST(x'ff' AS TEXT)"),
        ("token", "UPDATE jobs SET token = x'00'"),
        ("access", "UPDATE jobs SET access = 'far'"),
        ("charge", "UPDATE jobs SET charge = 'FULL'"),
        ("delivery", "UPDATE jobs SET delivery = ''"),
        ("message", "UPDATE jobs SET message = -9"),
        ("state", "UPDATE jobs SET state = 'dancing'"),
        ("whisul_job", "UPDATE jobs SET state = 'running'"),
        ("whisul_job", "UPDATE jobs SET state = 'running', whisul_job = '../x'"),
        ("running_since", "UPDATE jobs SET state = 'running', whisul_job = 'x'"),
        ("tags", "UPDATE jobs SET state = 'completed'"),
        ("tags", "UPDATE jobs SET state = 'completed', tags = '[1]'"),
        ("bpm", "UPDATE jobs SET state = 'completed', tags = '[]', bpm = -1"),
        ("bpm", "UPDATE jobs SET state = 'completed', tags = '[]', bpm = 9e999"),
        ("length_seconds", "UPDATE jobs SET state = 'completed', tags = '[]', length_seconds = 0"),
        ("took_millis", "UPDATE jobs SET state = 'completed', tags = '[]', took_millis = -1"),
        ("failure", "UPDATE jobs SET state = 'failed', failure = 'bad luck'"),
    ];
    for (column, statement) in edits {
        let folder = Folder::new();
        let store = folder.store().await;
        let damaged = fresh(id_at(0, 0), 1, Some(2));
        let whole = fresh(id_at(1, 0), 1, Some(2));
        accept(&store, &damaged).await;
        edit(&store, statement).await;
        accept(&store, &whole).await;

        let row = DamagedRow { job: Some(damaged.id), column };
        let error = store.job(damaged.id).await.unwrap_err();
        assert!(
            matches!(error, StoreError::Damaged(found) if found == row),
            "{statement}: {error}"
        );
        let unsettled = store.unsettled().await.unwrap();
        assert_eq!(unsettled.damaged, [row]);
        assert_eq!(unsettled.jobs.len(), 1);
        assert!(store.recent_durations(9).await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn a_row_without_an_id_is_still_told_of() {
    let folder = Folder::new();
    let store = folder.store().await;
    accept(&store, &fresh(id_at(0, 0), 1, None)).await;
    edit(&store, "UPDATE jobs SET id = -1").await;
    let unsettled = store.unsettled().await.unwrap();
    assert_eq!(unsettled.damaged, [DamagedRow { job: None, column: "id" }]);
}

#[tokio::test]
async fn a_full_disk_is_told_of_and_passes() {
    let folder = Folder::new();
    let store = folder.store().await;
    accept(&store, &fresh(id_at(0, 0), 1, None)).await;
    edit(&store, "PRAGMA max_page_count = 1").await;
    let error = loop {
        static SERIAL: AtomicU32 = AtomicU32::new(1);
        let serial = SERIAL.fetch_add(1, Ordering::Relaxed);
        let job = fresh(id_at(0, serial.into()), 1, None);
        match store.admit(&job, &NOBODY_SPECIAL, &unlimited()).await {
            Ok(_) => assert!(serial < 1000, "the disk never fills"),
            Err(error) => break error,
        }
    };
    assert!(matches!(error, StoreError::Full(_)), "{error:?}");

    // The limit was that connection's own: the store has replaced it, as it must.
    accept(&store, &fresh(id_at(1, 0), 1, None)).await;
}

#[tokio::test]
async fn a_busy_database_is_told_of_and_passes() {
    let folder = Folder::new();
    let store = Store::open_within(&folder.url(), Duration::from_secs(1)).await.unwrap();
    let job = fresh(id_at(0, 0), 1, None);
    accept(&store, &job).await;

    let mut other = folder.bare().await;
    let holding = other.begin_with("BEGIN IMMEDIATE").await.unwrap();
    let next = fresh(id_at(1, 0), 1, None);
    let admitted = store.admit(&next, &NOBODY_SPECIAL, &unlimited()).await;
    assert!(matches!(admitted, Err(StoreError::Busy(_))), "{admitted:?}");
    let saved = store.save(&job, &job).await;
    assert!(matches!(saved, Err(StoreError::Busy(_))), "{saved:?}");
    assert!(store.job(job.id).await.unwrap().is_some(), "reading waits for nobody");

    holding.rollback().await.unwrap();
    accept(&store, &next).await;
}

#[tokio::test]
async fn a_closed_store_says_so() {
    let folder = Folder::new();
    let store = folder.store().await;
    store.close().await;
    assert!(matches!(store.unsettled().await, Err(StoreError::Other(_))));
}
