//! Which event leads where, and for how long a state may last.

use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::domain::{Canceller, ChannelId, JobId, REFUNDS, UserId, fixtures, fixtures::whisul_job};

fn fresh_job() -> Job {
    fixtures::job(JobId(1), UserId(2))
}

fn delivered(follow_ups: FollowUps) -> Event {
    let shown = Shown { message: MessageId(9), channel: ChannelId(3), bare: false };
    Event::Delivered { shown, follow_ups }
}

fn any_event() -> impl Strategy<Value = Event> {
    let at = Timestamp::from_millis(0);
    let message = MessageId(9);
    let whisul_job = whisul_job();
    let follow_ups = (any::<bool>(), any::<bool>());
    prop_oneof![
        Just(Event::ResponsePosted { message, access: MessageAccess::Channel }),
        Just(Event::ResponseFailed),
        Just(Event::Cancelled(Cancellation::by(Canceller::Requester))),
        Just(Event::TurnCame),
        Just(Event::NotTaken),
        Just(Event::Taken { whisul_job, at }),
        Just(Event::Finished { song: Song::default(), at }),
        Just(Event::Failed(Failure::TooLate)),
        Just(Event::Failed(Failure::UnknownOutcome)),
        Just(Event::Failed(Failure::Vanished)),
        Just(Event::Failed(Failure::Expired)),
        Just(Event::Failed(Failure::Rejected { reason: None })),
        Just(Event::Failed(Failure::Ended { reason: None })),
        Just(Event::PostBegins(NewMessageTarget::Direct)),
        Just(Event::PostFailed),
        follow_ups.prop_map(|(notice, files)| delivered(FollowUps { notice, files })),
        Just(Event::DeliveryEnded),
        Just(Event::NoticeBegins),
        Just(Event::FilesSettled),
    ]
}

fn through(events: impl IntoIterator<Item = Event>) -> Job {
    let step = |job: Job, event| job.after(event).expect("a step of this life");
    events.into_iter().fold(fresh_job(), step)
}

#[test]
fn a_song_goes_all_the_way() {
    let at = Timestamp::from_millis;
    let message = MessageId(9);
    let whisul_job = whisul_job();
    let job = through([
        Event::ResponsePosted { message, access: MessageAccess::Channel },
        Event::TurnCame,
        Event::NotTaken,
        Event::TurnCame,
        Event::Taken { whisul_job, at: at(1000) },
        Event::Finished { song: Song::default(), at: at(91_000) },
        delivered(FollowUps { notice: true, files: true }),
        Event::NoticeBegins,
        Event::FilesSettled,
    ]);
    let took = Duration::from_secs(90);
    assert_eq!(job.state, State::Completed { song: Song::default(), took });
    assert!(job.is_settled());
    assert_eq!(job.charge, Charge::Full);
}

#[test]
fn what_ends_before_it_is_submitted_costs_nothing() {
    let announced = Event::ResponsePosted { message: MessageId(9), access: MessageAccess::Channel };
    let cancelled = Event::Cancelled(Cancellation::by(Canceller::Requester));
    let ends = [
        (vec![], Event::ResponseFailed, "abandoned", JobStep::Rest),
        (vec![], Event::Failed(Failure::TooLate), "failed", JobStep::Deliver),
        (vec![announced.clone()], cancelled, "cancelled", JobStep::Deliver),
        (vec![announced], Event::Failed(Failure::Expired), "failed", JobStep::Deliver),
    ];
    for (before, end, name, step) in ends {
        let job = through(before.into_iter().chain([end]));
        assert_eq!((job.charge, job.state.name()), (Charge::None, name));
        assert_eq!(job.next_step(), step, "{name}");
    }
}

#[test]
fn a_post_that_failed_may_begin_again_until_the_delivery_ends() {
    let post = NewMessageTarget::Direct;
    let mut job = through([Event::Failed(Failure::TooLate)]);
    for (event, delivery) in [
        (Event::PostBegins(post), Delivery::Posting(post)),
        (Event::PostFailed, Delivery::Pending),
        (Event::PostBegins(post), Delivery::Posting(post)),
        (Event::DeliveryEnded, Delivery::Undeliverable),
    ] {
        job = job.after(event).unwrap();
        assert_eq!(job.delivery, delivery);
    }
    assert!(job.is_settled());
}

fn any_failure() -> impl Strategy<Value = Failure> {
    let reason = || prop::option::of("[a-z ]{1,9}");
    prop_oneof![
        Just(Failure::TooLate),
        Just(Failure::Expired),
        reason().prop_map(|reason| Failure::Rejected { reason }),
        Just(Failure::Undocumented),
        reason().prop_map(|reason| Failure::Generation { reason }),
        Just(Failure::Songless),
        Just(Failure::Vanished),
        Just(Failure::GivenUp),
        reason().prop_map(|reason| Failure::Ended { reason }),
        Just(Failure::UnknownOutcome),
    ]
}

proptest! {
    /// One person fails again and again, in any way: what Whisul took is always charged to the
    /// key, what it surely did not take costs nothing, and what the person can take from the
    /// key without paying for it is bounded.
    #[test]
    fn what_whisul_took_stays_charged_and_few_failures_are_refunded(
        failures in prop::collection::vec((any_failure(), any::<bool>()), 0..30),
    ) {
        let mut refunded = 0;
        for (failure, is_taken) in failures {
            let at = Timestamp::from_millis(0);
            let mut events = vec![
                Event::ResponsePosted { message: MessageId(9), access: MessageAccess::Channel },
                Event::TurnCame,
            ];
            if is_taken {
                events.push(Event::Taken { whisul_job: whisul_job(), at });
            }
            let Some(failed) = through(events).after(Event::Failed(failure.clone())) else {
                continue;
            };
            let job = failed.with_refund_limit(refunded);
            let free = matches!(
                failure,
                Failure::TooLate | Failure::Expired | Failure::Rejected { .. } | Failure::Undocumented
            );
            prop_assert_eq!(job.charge == Charge::None, free);
            if matches!(failure, Failure::Ended { .. }) {
                prop_assert_eq!(job.charge, Charge::KeyOnly);
            } else {
                refunded += u32::from(job.charge == Charge::KeyOnly);
            }
            prop_assert!(refunded <= REFUNDS);
        }
    }
}

proptest! {
    /// Any events in any order: an outcome never changes, a charge never comes back, and a
    /// completed song is never refunded.
    #[test]
    fn outcomes_absorb_and_charges_only_fall(
        events in prop::collection::vec(any_event(), 0..40),
    ) {
        let rank = |charge| match charge {
            Charge::Full => 2,
            Charge::KeyOnly => 1,
            Charge::None => 0,
        };
        let mut job = fresh_job();
        for event in events {
            let Some(next) = job.after(event) else { continue };
            prop_assert!(!job.is_settled());
            prop_assert!(rank(next.charge) <= rank(job.charge));
            let fresh = !job.delivery_ended() && next.delivery == Delivery::Delivered;
            prop_assert!(fresh || next.follow_ups.notice <= job.follow_ups.notice, "told once at most");
            prop_assert!(fresh || next.follow_ups.files <= job.follow_ups.files);
            prop_assert!(next.follow_ups.is_empty() || next.delivery == Delivery::Delivered);
            prop_assert_eq!(next.next_step() == JobStep::Rest, next.is_settled());
            let phases = [next.awaits_turn(), next.is_at_whisul(), next.has_outcome()];
            let by_step = match next.next_step() {
                JobStep::FindResponse | JobStep::TakeTurn => 0,
                JobStep::SettleSubmission | JobStep::Follow => 1,
                JobStep::Deliver | JobStep::Notify | JobStep::Attach | JobStep::Rest => 2,
            };
            prop_assert_eq!(phases, [0, 1, 2].map(|phase| phase == by_step));
            if job.has_outcome() {
                prop_assert_eq!(&next.state, &job.state);
                prop_assert_eq!(next.charge, job.charge);
            }
            if matches!(next.state, State::Completed { .. }) || !next.has_outcome() {
                prop_assert_eq!(next.charge, Charge::Full);
            }
            job = next;
        }
    }
}
