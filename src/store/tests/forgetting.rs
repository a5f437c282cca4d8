//! What is long over is forgotten, and nothing else.

use super::*;
use crate::domain::Event;

/// Writes down a job that is over since its very beginning.
async fn over(store: &Store, id: JobId, requester: u64) {
    let job = fresh(id, requester, None);
    accept(store, &job).await;
    let abandoned = job.after(Event::ResponseFailed).unwrap();
    assert!(store.save(&job, &abandoned).await.unwrap());
}

async fn known(store: &Store, ids: &[JobId]) -> Vec<bool> {
    let mut known = Vec::new();
    for id in ids {
        known.push(store.job(*id).await.unwrap().is_some());
    }
    known
}

#[tokio::test]
async fn only_settled_jobs_from_before_a_time_are_forgotten_oldest_first() {
    let folder = Folder::new();
    let store = folder.store().await;
    assert_eq!(store.latest().await.unwrap(), None);
    let ids: Vec<JobId> = (0..5).map(|seconds| id_at(seconds, 0)).collect();
    for id in [ids[3], ids[1], ids[2], ids[4]] {
        over(&store, id, 1).await;
    }
    // Still waits for somebody.
    accept(&store, &fresh(ids[0], 1, None)).await;
    assert_eq!(store.latest().await.unwrap(), Some(ids[4].created_at()));

    let before = ids[3].created_at();
    assert_eq!(store.forget(before, 1).await.unwrap(), 1);
    assert_eq!(known(&store, &ids).await, [true, false, true, true, true]);
    assert_eq!(store.forget(before, 9).await.unwrap(), 1);
    assert_eq!(store.forget(before, 9).await.unwrap(), 0);
    assert_eq!(known(&store, &ids).await, [true, false, false, true, true]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    /// With a history as long as the longest window, or longer, no request is decided otherwise
    /// than if nothing were ever forgotten; the clock may show what it likes.
    #[test]
    fn no_quota_notices_that_jobs_are_forgotten(
        steps in prop::collection::vec((0..40_i64, 0..2_u64, any::<bool>()), 1..40),
        clock in -100_000..100_000_i64,
    ) {
        let hour = Duration::from_hours(1);
        let quota = |count| Quota::Limited { count, window: 2 * hour };
        let limits = Limits { user: quota(3), global: quota(4), ..unlimited() };
        let (folder, whole) = (Folder::new(), Folder::new());
        runtime().block_on(async {
            let (store, whole) = (folder.store().await, whole.store().await);
            let mut minutes = 0;
            for (serial, (gap, person, done)) in (0_u64..).zip(steps) {
                minutes += gap;
                let job = fresh(id_at(minutes * 60, serial), person, None);
                let admission = store.admit(&job, &NOBODY_SPECIAL, &limits).await.unwrap();
                let expected = whole.admit(&job, &NOBODY_SPECIAL, &limits).await.unwrap();
                prop_assert_eq!(admission, expected);
                if admission != Admission::Accepted { continue }
                let mut after = job.clone();
                after.state = State::Completed { song: Song::default(), took: hour };
                after.delivery = if done { Delivery::Delivered } else { Delivery::Pending };
                for store in [&store, &whole] {
                    prop_assert!(store.save(&job, &after).await.unwrap());
                }
                let latest = store.latest().await.unwrap().unwrap();
                let now = Timestamp::from_millis(latest.millis() + clock * 1000);
                store.forget(forgotten_before(now, latest, 2 * hour), 9).await.unwrap();
            }
            Ok(())
        })?;
    }
}
