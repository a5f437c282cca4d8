//! Routes are tried in order, and given up late.

use proptest::prelude::*;

use super::*;
use crate::domain::{ChannelId, JobId, UserId, fixtures};

fn any_way() -> impl Strategy<Value = DeliveryRoute> {
    let post = prop_oneof![Just(NewMessageTarget::InChannel), Just(NewMessageTarget::Direct)];
    prop_oneof![
        Just(DeliveryRoute::Token),
        Just(DeliveryRoute::Message(MessageId(9))),
        post.clone().prop_map(DeliveryRoute::New),
        post.clone().prop_map(DeliveryRoute::Again),
        post.prop_map(DeliveryRoute::Find),
    ]
}

#[test]
fn every_second_attempt_goes_by_the_channel_once_the_token_has_failed_for_a_minute() {
    let mut job = fixtures::job(JobId(1), UserId(2));
    (job.place.access, job.message) = (MessageAccess::Channel, Some(MessageId(9)));
    let other = Some(DeliveryRoute::Message(MessageId(9)));
    let mut trouble = TokenTrouble::default();
    for at in [0, 30, 59] {
        trouble.note(DeliveryRoute::Token, RouteOutcome::Unknown, Duration::from_secs(at));
        assert_eq!(job.detour(DeliveryRoute::Token, trouble), None, "{at}");
    }
    for at in [60, 90] {
        trouble.note(DeliveryRoute::Token, RouteOutcome::NotNow, Duration::from_secs(at));
        assert_eq!(job.detour(DeliveryRoute::Token, trouble), other);
        assert_eq!(job.detour(DeliveryRoute::New(NewMessageTarget::Direct), trouble), None);
        let unreachable = Job { message: None, ..job.clone() };
        assert_eq!(unreachable.detour(DeliveryRoute::Token, trouble), None, "nothing is posted");
        trouble.note(
            DeliveryRoute::Message(MessageId(9)),
            RouteOutcome::Unknown,
            Duration::from_secs(at),
        );
        assert_eq!(job.detour(DeliveryRoute::Token, trouble), None);
    }
    trouble.note(DeliveryRoute::Token, RouteOutcome::Rejected, Duration::from_secs(95));
    trouble.note(DeliveryRoute::Token, RouteOutcome::Unknown, Duration::from_secs(99));
    assert_eq!(job.detour(DeliveryRoute::Token, trouble), None, "it answered meanwhile");
    for attempt in [
        RouteOutcome::Closed,
        RouteOutcome::Unusable,
        RouteOutcome::Rejected,
        RouteOutcome::Unknown,
    ] {
        assert_eq!(job.after_detour(attempt), NextStep::Later(None));
    }
    assert_eq!(job.after_detour(RouteOutcome::NoSuchMessage), NextStep::End(Event::DeliveryEnded));
    let shown = Shown { message: MessageId(9), channel: ChannelId(3), bare: false };
    assert_eq!(job.after_detour(RouteOutcome::Delivered(shown)), NextStep::Delivered(shown));
}

proptest! {
    /// No route is given up soon, or after few tries; one that is rejected for good is.
    #[test]
    fn a_way_is_given_up_after_minutes_of_rejections(
        attempts in prop::collection::vec((any_way(), 0..90_u64), 1..200),
    ) {
        let (mut rejected, mut now) = (RejectedRoutes::default(), Duration::ZERO);
        let mut seen: Vec<(DeliveryRoute, Duration)> = Vec::new();
        for (route, pause) in attempts {
            now += Duration::from_secs(pause);
            seen.push((route, now));
            let of_way: Vec<_> = seen.iter().filter(|(other, _)| *other == route).collect();
            let lasted = now.saturating_sub(of_way[0].1);
            let expected = of_way.len() >= 5 && lasted >= Duration::from_mins(5);
            prop_assert_eq!(rejected.exhausts(route, now), expected);
        }
    }
}

#[test]
fn the_token_is_used_for_as_long_as_it_lives() {
    let mut job = fixtures::job(JobId(1 << 40), UserId(2));
    job.message = Some(MessageId(9));
    let expiry = job.token_expires_at();
    assert_eq!(expiry, job.id.created_at().saturating_add(Duration::from_mins(15)));
    let before = expiry.saturating_sub(Duration::from_millis(1));
    assert_eq!(job.first_route(before, true), DeliveryRoute::Token);
    assert_eq!(job.first_route(expiry, true), DeliveryRoute::Message(MessageId(9)));
    job.place.token = None;
    assert_eq!(job.first_route(before, true), DeliveryRoute::Message(MessageId(9)));
}

/// Once a post has begun, nothing else is tried before it is known what came of it.
#[test]
fn a_post_of_unknown_fate_is_repeated_while_its_nonce_counts_and_then_looked_for() {
    let post = NewMessageTarget::Direct;
    let mut job = fixtures::job(JobId(1 << 40), UserId(2));
    job.delivery = Delivery::Posting(post);
    let now = job.id.created_at();
    assert_eq!(job.first_route(now, true), DeliveryRoute::Again(post));
    assert_eq!(job.first_route(now, false), DeliveryRoute::Find(post));
}
