//! Jobs come back as they were written, and only the fastest change is written.

use super::*;
use crate::domain::Event;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Any job, and whatever becomes of it, reads as it was written, and is among the unsettled
    /// exactly while something is left to do.
    #[test]
    fn any_job_comes_back_as_it_was(
        jobs in prop::collection::vec((any_job(), any_job()), 1..6),
    ) {
        let folder = Folder::new();
        runtime().block_on(async {
            let store = folder.store().await;
            for (before, mut after) in jobs {
                accept(&store, &before).await;
                let read = store.job(before.id).await.unwrap().unwrap();
                prop_assert_eq!(facts(&read), facts(&before));

                after.id = before.id;
                after.requester = before.requester;
                after.prompt = before.prompt.clone();
                after.round = before.round;
                let access = after.place.access;
                let token = after.place.token.clone();
                after.place = Place { access, token, ..before.place.clone() };
                prop_assert!(store.save(&before, &after).await.unwrap());
                let read = store.job(after.id).await.unwrap().unwrap();
                prop_assert_eq!(facts(&read), facts(&after));

                let unsettled = store.unsettled().await.unwrap();
                prop_assert!(unsettled.damaged.is_empty());
                let left = unsettled.jobs.iter().any(|job| job.id == after.id);
                prop_assert_eq!(left, !after.is_settled());
            }
            store.close().await;
            Ok(())
        })?;
    }
}

#[tokio::test]
async fn of_two_changes_only_the_first_is_written() {
    let folder = Folder::new();
    let store = folder.store().await;
    let job = fresh(id_at(0, 0), 1, None);
    accept(&store, &job).await;
    let posted = Event::ResponsePosted { message: MessageId(9), access: MessageAccess::Channel };
    let announced = job.after(posted).unwrap();
    let abandoned = job.after(Event::ResponseFailed).unwrap();

    assert!(store.save(&job, &announced).await.unwrap());
    assert!(!store.save(&job, &abandoned).await.unwrap());
    let read = store.job(job.id).await.unwrap().unwrap();
    assert_eq!(facts(&read), facts(&announced));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_changes_at_once_exactly_one_is_written() {
    let folder = Folder::new();
    let store = folder.store().await;
    let job = fresh(id_at(0, 0), 1, None);
    accept(&store, &job).await;
    let abandoned = job.after(Event::ResponseFailed).unwrap();
    let tasks: Vec<_> = (0..20)
        .map(|_| {
            let (store, before, after) = (store.clone(), job.clone(), abandoned.clone());
            tokio::spawn(async move { store.save(&before, &after).await.unwrap() })
        })
        .collect();
    let mut written = 0;
    for task in tasks {
        written += u32::from(task.await.unwrap());
    }
    assert_eq!(written, 1);
}

#[tokio::test]
async fn a_delivery_is_a_change_of_its_own() {
    let folder = Folder::new();
    let store = folder.store().await;
    let mut job = fresh(id_at(0, 0), 1, None);
    job.state = State::Failed(Failure::GivenUp);
    accept(&store, &job).await;
    let delivered = job.after(delivered(FollowUps::default())).unwrap();
    let ended = job.after(Event::DeliveryEnded).unwrap();

    assert!(store.save(&job, &delivered).await.unwrap());
    assert!(!store.save(&job, &ended).await.unwrap());
    let read = store.job(job.id).await.unwrap().unwrap();
    assert_eq!(read.delivery, Delivery::Delivered);
    assert!(read.place.token.is_none());
}

/// The outcome is where people can see it.
fn delivered(follow_ups: FollowUps) -> Event {
    let shown = Shown { message: MessageId(9), channel: ChannelId(3), bare: false };
    Event::Delivered { shown, follow_ups }
}

#[tokio::test]
async fn a_job_is_unsettled_and_keeps_its_token_while_anything_is_owed() {
    let folder = Folder::new();
    let store = folder.store().await;
    let mut job = fresh(id_at(0, 0), 1, None);
    job.state = State::Completed { song: Song::default(), took: Duration::ZERO };
    accept(&store, &job).await;
    let job = job_after(&store, &job, delivered(FollowUps { notice: true, files: true })).await;
    let told = job.after(Event::NoticeBegins).unwrap();
    assert!(store.save(&job, &told).await.unwrap());
    assert!(!store.save(&job, &told).await.unwrap(), "nobody is told twice");
    let left = store.unsettled().await.unwrap().jobs;
    assert_eq!(left.iter().map(facts).collect::<Vec<_>>(), [facts(&told)]);
    assert!(left[0].place.token.is_some());
    let done = job_after(&store, &told, Event::FilesSettled).await;
    assert!(store.unsettled().await.unwrap().jobs.is_empty());
    assert!(store.job(done.id).await.unwrap().unwrap().place.token.is_none());
}

/// Writes an event down.
async fn job_after(store: &Store, job: &Job, event: Event) -> Job {
    let next = job.after(event).unwrap();
    assert!(store.save(job, &next).await.unwrap());
    next
}

#[tokio::test]
async fn a_job_that_was_never_written_is_neither_found_nor_saved() {
    let folder = Folder::new();
    let store = folder.store().await;
    let job = fresh(id_at(0, 0), 1, None);
    assert!(store.job(job.id).await.unwrap().is_none());
    assert!(store.job(JobId(u64::MAX)).await.unwrap().is_none());
    assert!(!store.save(&job, &job).await.unwrap());
}

#[tokio::test]
async fn jobs_outlive_the_process_oldest_first() {
    let folder = Folder::new();
    let store = folder.store().await;
    for seconds in [20, 10, 30] {
        accept(&store, &fresh(id_at(seconds, 0), 1, Some(2))).await;
    }
    let settled = fresh(id_at(15, 0), 1, None);
    accept(&store, &settled).await;
    let abandoned = settled.after(Event::ResponseFailed).unwrap();
    assert!(store.save(&settled, &abandoned).await.unwrap());
    store.close().await;

    let unsettled = folder.store().await.unsettled().await.unwrap();
    let ids: Vec<JobId> = unsettled.jobs.iter().map(|job| job.id).collect();
    assert_eq!(ids, [id_at(10, 0), id_at(20, 0), id_at(30, 0)]);
}

#[tokio::test]
async fn the_rounds_that_were_called_are_those_of_jobs_whose_turn_came() {
    let folder = Folder::new();
    let store = folder.store().await;
    let states = [
        State::Submitting,
        State::Completed { song: Song::default(), took: Duration::ZERO },
        State::Failed(Failure::UnknownOutcome),
        State::Failed(Failure::TooLate),
        State::Abandoned,
        State::Announced,
    ];
    for (number, state) in (0_u32..).zip(states) {
        let mut job = fresh(id_at(number.into(), 0), 7, None);
        (job.state, job.round) = (state, number);
        accept(&store, &job).await;
    }
    let called = [2, 1, 0].map(|round| (UserId(7), round));
    assert_eq!(store.rounds_called(2).await.unwrap(), called[..2]);
    assert_eq!(store.rounds_called(9).await.unwrap(), called);
}

#[tokio::test]
async fn the_estimate_learns_from_the_latest_songs() {
    let folder = Folder::new();
    let store = folder.store().await;
    for seconds in 1..=5 {
        let mut job = fresh(id_at(seconds, 0), 1, None);
        let took = Duration::from_secs(seconds.unsigned_abs());
        job.state = State::Completed { song: Song::default(), took };
        accept(&store, &job).await;
    }
    let mut failed = fresh(id_at(6, 0), 1, None);
    failed.state = State::Failed(Failure::Vanished);
    accept(&store, &failed).await;

    let durations = store.recent_durations(3).await.unwrap();
    assert_eq!(durations, [3, 4, 5].map(Duration::from_secs));
}
