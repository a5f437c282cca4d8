//! Writes that wait are committed together, and each caller hears of its own alone.

use futures_util::future::join_all;
use sqlx::{Executor, SqliteConnection};

use super::*;
use crate::store::StoreError;

const MANY: u64 = 100;

/// Asks for songs while another program holds the database, so that the requests wait together.
async fn ask_together(
    store: &Store,
    other: &mut SqliteConnection,
    jobs: &[Job],
) -> Vec<Result<Admission, StoreError>> {
    let limits = unlimited();
    other.execute("BEGIN IMMEDIATE").await.unwrap();
    let asked = join_all(jobs.iter().map(|job| store.admit(job, &NOBODY_SPECIAL, &limits)));
    let release = async {
        // The first batch may hold one of them; the others are in line by the time it gives up.
        tokio::task::yield_now().await;
        other.execute("ROLLBACK").await.unwrap();
    };
    tokio::join!(asked, release).0
}

/// How many transactions the write-ahead log holds: a frame that ends one tells the size of the
/// database (<https://www.sqlite.org/fileformat2.html#the_write_ahead_log>).
fn commits(folder: &Folder) -> usize {
    const HEADER: usize = 32;
    const FRAME: usize = 24 + 4096;
    let log = fs::read(folder.path().join("jobs.db-wal")).unwrap();
    log[HEADER..].chunks_exact(FRAME).filter(|frame| frame[4..8] != [0; 4]).count()
}

fn jobs() -> Vec<Job> {
    (0..MANY).map(|number| fresh(id_at(0, number), number, None)).collect()
}

#[tokio::test]
async fn a_burst_costs_few_commits() {
    let folder = Folder::new();
    let store = folder.store().await;
    let mut other = folder.bare().await;
    let before = commits(&folder);
    let admissions = ask_together(&store, &mut other, &jobs()).await;
    assert!(admissions.iter().all(|admission| matches!(admission, Ok(Admission::Accepted))));
    let commits = commits(&folder) - before;
    assert!((1..=3).contains(&commits), "{commits}");
    assert_eq!(store.unsettled().await.unwrap().jobs.len(), jobs().len());
}

/// Be it that the statement fails, or, as on a full disk, the whole transaction with it.
#[tokio::test]
async fn one_that_fails_fails_alone() {
    for failure in ["ABORT", "ROLLBACK"] {
        let folder = Folder::new();
        let store = folder.store().await;
        let mut other = folder.bare().await;
        let trigger = format!(
            "CREATE TRIGGER unlucky BEFORE INSERT ON jobs WHEN NEW.requester = 13 \
             BEGIN SELECT RAISE({failure}, 'no'); END"
        );
        other.execute(sqlx::AssertSqlSafe(trigger)).await.unwrap();
        let mut jobs = jobs();
        jobs[50].id = JobId(u64::MAX);
        let admissions = ask_together(&store, &mut other, &jobs).await;
        for (number, admission) in admissions.iter().enumerate() {
            match (number, admission) {
                (13, Err(StoreError::Other(_))) | (50, Err(StoreError::TooLarge { .. })) => {}
                (13 | 50, other) => panic!("{number}: {other:?}"),
                (_, admission) => assert!(matches!(admission, Ok(Admission::Accepted))),
            }
        }
        assert_eq!(store.unsettled().await.unwrap().jobs.len(), jobs.len() - 2);
        store.check_writable().await.unwrap();
    }
}
