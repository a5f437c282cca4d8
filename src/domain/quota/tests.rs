//! Which songs the quotas allow.

use proptest::prelude::*;

use super::*;

const fn at(seconds: i64) -> Timestamp {
    Timestamp::from_millis(seconds * 1000)
}

fn limits(user: &str) -> Limits {
    Limits {
        user: user.parse().unwrap(),
        user_concurrency: 1,
        roles: BTreeMap::from([(RoleId(7), "3/1h".parse().unwrap())]),
        guild: Quota::Unlimited,
        global: Quota::Unlimited,
    }
}

#[test]
fn quotas_read_and_show_as_people_write_them() {
    for text in ["5/1d", "0/1d", "10/30m", "1/1w", "7/90s", "unlimited"] {
        assert_eq!(text.parse::<Quota>().unwrap().to_string(), text);
    }
    for text in ["", "5", "5/", "/1d", "-1/1d", "5/0s", "5/9ms", "5/1y", "5/1d/1d", "5/d", "5/é"] {
        assert_eq!(text.parse::<Quota>(), Err(QuotaError::Form), "{text}");
    }
    assert_eq!("4294967296/1d".parse::<Quota>(), Err(QuotaError::TooMany));
}

#[test]
fn a_role_gives_what_the_person_alone_has_not() {
    let requester = |roles| Requester { roles, in_guild: true };
    let charges = Charges { user: vec![at(100)], ..Charges::default() };
    let none = limits("0/1d");
    assert_eq!(none.admit(&requester(&[RoleId(7)]), &charges, at(101)), Ok(None));
    let refusal = none.admit(&requester(&[RoleId(8)]), &charges, at(101)).unwrap_err();
    assert_eq!((refusal.limit, refusal.free_at), (Limit::Person, None));
}

#[test]
fn only_a_role_that_gives_songs_is_a_remedy() {
    let refused = |role: Option<&str>, in_guild| {
        let roles = role.map(|quota| (RoleId(7), quota.parse().unwrap()));
        let limits = Limits { roles: roles.into_iter().collect(), ..limits("0/1d") };
        let requester = Requester { roles: &[], in_guild };
        limits.admit(&requester, &Charges::<Vec<_>>::default(), at(1)).unwrap_err().remedy
    };
    assert_eq!(refused(None, true), Remedy::None);
    assert_eq!(refused(Some("0/1d"), true), Remedy::None);
    assert_eq!(refused(Some("1/1d"), true), Remedy::Role);
    assert_eq!(refused(Some("unlimited"), false), Remedy::Server);
}

#[test]
fn a_refusal_names_the_quota_that_frees_first() {
    let charges = Charges { user: vec![at(30), at(20), at(10)], ..Charges::default() };
    let refusal = limits("1/1d")
        .admit(&Requester { roles: &[RoleId(7)], in_guild: true }, &charges, at(40))
        .unwrap_err();
    assert_eq!(refusal.free_at, Some(at(10 + 3600)));
    assert_eq!(refusal.quota.to_string(), "3/1h");
}

#[test]
fn of_quotas_that_never_have_room_a_refusal_names_the_persons_own() {
    let nothing = || "0/1h".parse().unwrap();
    let limits = Limits { roles: BTreeMap::from([(RoleId(7), nothing())]), ..limits("0/1d") };
    let requester = Requester { roles: &[RoleId(7)], in_guild: true };
    let refusal = limits.admit(&requester, &Charges::<Vec<_>>::default(), at(40)).unwrap_err();
    assert_eq!(refusal.quota, limits.user);
    let usages = limits.usages(&requester, &Charges::default(), at(40));
    assert!(usages.iter().any(|usage| usage.quota == limits.user), "{usages:?}");
}

proptest! {
    /// Whatever comes when: no stretch as long as the window ever holds more than the count,
    /// and a refused song is allowed at the very time that the refusal named.
    #[test]
    fn a_window_never_holds_more_than_its_count(
        count in 0..6_u32,
        window in 1..100_i64,
        gaps in prop::collection::vec(0..40_i64, 1..80),
    ) {
        let duration = Duration::from_secs(window.unsigned_abs());
        let quota = Quota::Limited { count, window: duration };
        let mut charges: Vec<Timestamp> = Vec::new();
        let mut now = 0;
        for gap in gaps {
            now += gap;
            match quota.check(&charges, at(now)) {
                Ok(()) => charges.insert(0, at(now)),
                Err(Some(free_at)) => {
                    prop_assert!(free_at > at(now));
                    prop_assert_eq!(quota.check(&charges, free_at), Ok(()));
                }
                Err(None) => prop_assert_eq!(count, 0),
            }
            let inside = charges.iter().filter(|charge| charge.saturating_add(duration) > at(now));
            prop_assert!(inside.count() <= count as usize);
        }
    }

    #[test]
    fn any_text_is_a_quota_or_an_error(text in any::<String>()) {
        if let Ok(quota) = text.parse::<Quota>() {
            prop_assert_eq!(quota.to_string().parse(), Ok(quota));
        }
    }
}
