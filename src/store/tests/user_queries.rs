//! What a person sees of their own, and what is left when they want to be forgotten.

use super::*;
use crate::{
    domain::{Limit, LimitExceeded, Record},
    store::Erasure,
};

const ANN: u64 = 1;
const BOB: u64 = 2;

/// Writes down a job as it is in this state, delivered if it can be.
async fn written(store: &Store, id: JobId, requester: u64, prompt: &str, state: State) -> Job {
    let mut job = fresh(id, requester, Some(9));
    job.prompt = Prompt::parse(prompt).unwrap();
    accept(store, &job).await;
    let mut after = job.clone();
    after.message = Some(MessageId(id.0 + 1));
    after.state = state;
    if after.has_outcome() {
        after.delivery = Delivery::Delivered;
    }
    assert!(store.save(&job, &after).await.unwrap());
    after
}

fn song(title: &str) -> State {
    let song = Song { title: Some(title.to_owned()), ..Song::default() };
    State::Completed { song, took: Duration::from_secs(90) }
}

fn failed() -> State {
    State::Failed(Failure::Rejected { reason: Some("no marzipan".to_owned()) })
}

/// All records of a person, read so many at a time.
async fn records(store: &Store, person: u64, most: u32) -> Vec<Record> {
    let (mut all, mut from) = (Vec::new(), None);
    loop {
        let part = store.records_of(UserId(person), from, most).await.unwrap();
        all.extend(part.records);
        from = part.next;
        if from.is_none() {
            return all;
        }
    }
}

#[tokio::test]
async fn records_of_one_moment_are_read_once_each() {
    let folder = Folder::new();
    let store = folder.store().await;
    // Three moments with several songs each.
    let ids = (0..3).flat_map(|second| (0..5).map(move |serial| id_at(second, serial)));
    let ids: Vec<JobId> = ids.collect();
    for id in &ids {
        accept(&store, &fresh(*id, ANN, None)).await;
    }
    for most in 1..17 {
        let mut read: Vec<_> = records(&store, ANN, most).await.iter().map(Record::id).collect();
        let times: Vec<_> = read.iter().map(|id| id.created_at()).collect();
        assert!(times.is_sorted_by(|one, next| one >= next), "{most}: the latest come first");
        read.sort_unstable_by_key(|id| id.0);
        assert_eq!(read, ids, "{most} at a time");
    }
}

#[tokio::test]
async fn each_sees_their_own_the_latest_first() {
    let folder = Folder::new();
    let store = folder.store().await;
    let ids: Vec<JobId> = (0..7).map(|seconds| id_at(seconds, 0)).collect();
    written(&store, ids[0], ANN, "rain", song("Rain")).await;
    written(&store, ids[1], BOB, "sun", song("Sun")).await;
    written(&store, ids[2], ANN, "snow", failed()).await;
    written(&store, ids[3], ANN, "hail", song("Hail")).await;
    written(&store, ids[4], ANN, "fog", State::Abandoned).await;
    written(&store, ids[5], ANN, "wind", State::Announced).await;
    accept(&store, &fresh(ids[6], ANN, None)).await;

    let of = |jobs: Vec<Job>| jobs.iter().map(|job| job.id).collect::<Vec<_>>();
    assert_eq!(of(store.songs_of(UserId(ANN)).await.unwrap()), [ids[3], ids[0]]);
    assert_eq!(of(store.songs_of(UserId(BOB)).await.unwrap()), [ids[1]]);
    assert_eq!(of(store.under_way(UserId(ANN)).await.unwrap()), [ids[5], ids[6]]);
    let recent = store.recent_prompts(UserId(ANN)).await.unwrap();
    let recent: Vec<&str> = recent.iter().map(|(_, prompt)| prompt.as_str()).collect();
    assert_eq!(recent, ["rain", "wind", "hail", "snow", "rain"]);
    for most in 1..9 {
        assert_eq!(records(&store, ANN, most).await.len(), 6, "{most} at a time");
    }
    for nobody in [3, u64::MAX] {
        assert!(store.songs_of(UserId(nobody)).await.unwrap().is_empty());
        assert!(records(&store, nobody, 9).await.is_empty());
    }
}

#[tokio::test]
async fn what_is_erased_is_gone_and_still_counts() {
    let folder = Folder::new();
    let store = folder.store().await;
    let ids: Vec<JobId> = (0..4).map(|seconds| id_at(seconds, 0)).collect();
    let done = written(&store, ids[0], ANN, "marzipan waltz", song("Marzipan")).await;
    written(&store, ids[1], ANN, "marzipan polka", failed()).await;
    let running = written(&store, ids[2], ANN, "marzipan tango", State::Announced).await;
    let of_bob = written(&store, ids[3], BOB, "marzipan march", song("March")).await;

    let erasure = store.erase(UserId(ANN)).await.unwrap();
    assert_eq!(erasure, Erasure { erased: 2, kept: 1 });
    assert_eq!(store.erase(UserId(ANN)).await.unwrap(), Erasure { erased: 0, kept: 1 });
    for id in &ids[..2] {
        assert!(store.job(*id).await.unwrap().is_none());
    }
    assert!(store.job(running.id).await.unwrap().is_some());
    assert!(store.job(of_bob.id).await.unwrap().is_some());
    assert!(store.songs_of(UserId(ANN)).await.unwrap().is_empty());
    let unsettled = store.unsettled().await.unwrap();
    assert_eq!((unsettled.jobs.len(), unsettled.damaged.len()), (1, 0));
    // Nothing that comes late brings it back.
    assert!(!store.save(&done, &done).await.unwrap());

    // The charges are as they were.
    let limits = Limits { user: "3/1d".parse().unwrap(), ..unlimited() };
    let next = store.admit(&fresh(id_at(9, 0), ANN, None), &NOBODY_SPECIAL, &limits).await;
    let Admission::OverLimit(LimitExceeded { limit, free_at, .. }) = next.unwrap() else {
        panic!()
    };
    let day = Duration::from_hours(24);
    assert_eq!((limit, free_at), (Limit::Person, Some(ids[0].created_at().saturating_add(day))));

    let records = records(&store, ANN, 9).await;
    let erased = records.iter().filter(|record| matches!(record, Record::Erased { .. }));
    assert_eq!((records.len(), erased.count()), (3, 2));
    let mut bare = folder.bare().await;
    let rows: Vec<String> = sqlx::query_scalar(
        "SELECT COALESCE(prompt, '') || COALESCE(title, '') || COALESCE(failure_reason, '') \
            || COALESCE(message, '') FROM jobs WHERE requester = 1 AND settled = 1",
    )
    .fetch_all(&mut bare)
    .await
    .unwrap();
    assert_eq!(rows, ["", ""]);
}

#[tokio::test]
async fn what_is_erased_is_in_the_file_no_more() {
    let folder = Folder::new();
    let store = folder.store().await;
    for second in 0..20 {
        let prompt = "marzipan 🌧 ".repeat(3 + usize::try_from(second).unwrap() * 4);
        written(&store, id_at(second, 0), ANN, &prompt, song("marzipan")).await;
    }
    store.erase(UserId(ANN)).await.unwrap();
    store.close().await;
    let bytes = fs::read(folder.file()).unwrap();
    let left = bytes.windows(8).filter(|part| *part == b"marzipan").count();
    assert_eq!(left, 0);
}
