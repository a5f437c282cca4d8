//! Limits hold, however many ask at once, and charges are counted where they belong.

use super::*;
use crate::{
    domain::{Cancellation, Canceller, Charges, Event, Limit, RoleId},
    store::StoreError,
};

/// Asks with every job at once, in turns through the stores; returns how many were accepted.
async fn rush(stores: &[Store], jobs: Vec<Job>, limits: &Limits) -> usize {
    let tasks: Vec<_> = jobs
        .into_iter()
        .zip(stores.iter().cycle().cloned())
        .map(|(job, store)| {
            let limits = limits.clone();
            tokio::spawn(async move { store.admit(&job, &NOBODY_SPECIAL, &limits).await.unwrap() })
        })
        .collect();
    let mut accepted = 0;
    for task in tasks {
        accepted += usize::from(task.await.unwrap() == Admission::Accepted);
    }
    accepted
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rush_never_exceeds_a_limit() {
    let quota = || "5/1d".parse().unwrap();
    let all = [
        (Limits { user: quota(), ..unlimited() }, 5),
        (Limits { user_concurrency: 2, ..unlimited() }, 2),
        (Limits { guild: quota(), ..unlimited() }, 5),
        (Limits { global: quota(), ..unlimited() }, 5),
    ];
    for (limits, room) in all {
        let folder = Folder::new();
        let store = folder.store().await;
        let stores = [folder.twin(&store).await, store];
        let jobs = (0..40).map(|serial| fresh(id_at(0, serial), 1, Some(2))).collect();
        assert_eq!(rush(&stores, jobs, &limits).await, room, "{limits:?}");
        assert_eq!(stores[0].unsettled().await.unwrap().jobs.len(), room);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interaction_delivered_many_times_is_one_job() {
    let folder = Folder::new();
    let store = folder.store().await;
    let stores = [folder.twin(&store).await, store];
    let job = fresh(id_at(0, 0), 1, Some(2));
    assert_eq!(rush(&stores, vec![job.clone(); 20], &unlimited()).await, 1);
    assert_eq!(stores[0].unsettled().await.unwrap().jobs.len(), 1);

    // Known comes before any limit: a job is not refused for its own sake.
    let none = Limits { user_concurrency: 0, ..unlimited() };
    let admission = stores[1].admit(&job, &NOBODY_SPECIAL, &none).await.unwrap();
    assert_eq!(admission, Admission::Known);
}

#[tokio::test]
async fn a_refund_frees_exactly_one_place() {
    let folder = Folder::new();
    let store = folder.store().await;
    let limits = Limits { user: "2/1d".parse().unwrap(), ..unlimited() };
    let ask = |seconds| {
        let (store, limits) = (&store, &limits);
        let job = fresh(id_at(seconds, 0), 1, None);
        async move { store.admit(&job, &NOBODY_SPECIAL, limits).await.unwrap() }
    };
    assert_eq!(ask(0).await, Admission::Accepted);
    assert_eq!(ask(1).await, Admission::Accepted);
    assert!(matches!(ask(2).await, Admission::OverLimit(_)));

    let job = store.job(id_at(0, 0)).await.unwrap().unwrap();
    let abandoned = job.after(Event::ResponseFailed).unwrap();
    assert!(store.save(&job, &abandoned).await.unwrap());
    assert!(!store.save(&job, &abandoned).await.unwrap());

    assert_eq!(ask(3).await, Admission::Accepted);
    let refused = ask(4).await;
    let Admission::OverLimit(refusal) = refused else { panic!("{refused:?}") };
    assert_eq!(refusal.limit, Limit::Person);
    assert_eq!(refusal.free_at, Some(id_at(86_400 + 1, 0).created_at()));
}

#[tokio::test]
async fn a_charge_to_the_key_counts_for_everybody_together_alone() {
    let folder = Folder::new();
    let store = folder.store().await;
    let mut job = fresh(id_at(0, 0), 1, Some(2));
    job.state = State::Failed(Failure::UnknownOutcome);
    job.charge = Charge::KeyOnly;
    accept(&store, &job).await;

    let one = || "1/1d".parse().unwrap();
    let next = fresh(id_at(1, 0), 1, Some(2));
    let everybody = Limits { global: one(), ..unlimited() };
    let admission = store.admit(&next, &NOBODY_SPECIAL, &everybody).await.unwrap();
    assert!(matches!(admission, Admission::OverLimit(refusal) if refusal.limit == Limit::Global));
    let others = Limits { user: one(), guild: one(), user_concurrency: 1, ..unlimited() };
    let admission = store.admit(&next, &NOBODY_SPECIAL, &others).await.unwrap();
    assert_eq!(admission, Admission::Accepted);
}

#[tokio::test]
async fn what_discord_would_never_send_is_refused() {
    let folder = Folder::new();
    let store = folder.store().await;
    let job = fresh(id_at(0, 0), u64::MAX, None);
    let error = store.admit(&job, &NOBODY_SPECIAL, &unlimited()).await.unwrap_err();
    assert!(matches!(error, StoreError::TooLarge { column: "requester", .. }), "{error}");
}

fn any_quota() -> impl Strategy<Value = Quota> {
    let window = (1..60_u64).prop_map(Duration::from_secs);
    let limited = (0..5_u32, window).prop_map(|(count, window)| Quota::Limited { count, window });
    prop_oneof![1 => Just(Quota::Unlimited), 4 => limited]
}

prop_compose! {
    fn any_limits()(
        user in any_quota(),
        user_concurrency in 2..20_u32,
        roles in prop::collection::btree_map((0..2_u64).prop_map(RoleId), any_quota(), 0..3),
        guild in any_quota(),
        global in any_quota(),
    ) -> Limits {
        Limits { user, user_concurrency, roles, guild, global }
    }
}

/// Every charge there is, for one job that asks: what the store may leave out, this does not.
fn all_charges(jobs: &[Job], asking: &Job) -> Charges {
    let times = |of: &dyn Fn(&Job) -> bool| {
        let mut times: Vec<Timestamp> =
            jobs.iter().filter(|job| of(job)).map(|job| job.id.created_at()).collect();
        times.sort_unstable_by(|a, b| b.cmp(a));
        times
    };
    let own = |job: &Job| job.requester == asking.requester;
    let full = |job: &Job| job.charge == Charge::Full;
    let open = jobs.iter().filter(|job| own(job) && !job.has_outcome()).count();
    Charges {
        open: u32::try_from(open).unwrap(),
        user: times(&|job| own(job) && full(job)),
        grants: Vec::new(),
        guild: times(&|job| job.place.guild == asking.place.guild && full(job)),
        global: times(&|job| job.charge != Charge::None),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// The store decides as the domain does on all charges, although it loads only some; whatever
    /// becomes of the jobs, and even if interactions arrive out of order.
    #[test]
    fn the_store_decides_as_if_it_had_counted_everything(
        limits in any_limits(),
        steps in prop::collection::vec(
            (0..6_i64, 0..2_u64, prop::option::of(0..2_u64), 0..3_u64, 0..6_u8),
            1..60,
        ),
    ) {
        let folder = Folder::new();
        runtime().block_on(async {
            let store = folder.store().await;
            let mut jobs: Vec<Job> = Vec::new();
            let mut now = 100;
            for (serial, (gap, person, guild, role, ending)) in (0_u64..).zip(steps) {
                now += gap - 1;
                let mut job = fresh(id_at(now, serial), person, guild);
                let roles = [RoleId(role)];
                let requester = Requester { roles: &roles, in_guild: guild.is_some() };
                let at = job.id.created_at();
                let expected = match limits.admit(&requester, &all_charges(&jobs, &job), at) {
                    Ok(_) => Admission::Accepted,
                    Err(refusal) => Admission::OverLimit(refusal),
                };
                let admission = store.admit(&job, &requester, &limits).await.unwrap();
                prop_assert_eq!(admission, expected);
                if admission != Admission::Accepted { continue }
                let before = job.clone();
                (job.state, job.charge) = match ending {
                    0 => (State::Cancelled(Cancellation::by(Canceller::Requester)), Charge::None),
                    1 => (State::Failed(Failure::UnknownOutcome), Charge::KeyOnly),
                    2 => (State::Running {
                        whisul_job: fixtures::whisul_job(),
                        since: at,
                    }, Charge::Full),
                    _ => (State::Completed {
                        song: Song::default(),
                        took: Duration::ZERO,
                    }, Charge::Full),
                };
                prop_assert!(store.save(&before, &job).await.unwrap());
                jobs.push(job);
            }
            store.close().await;
            Ok(())
        })?;
    }
}
