//! What is left of the limits: the same count by which a song is admitted, told beforehand.

use std::{cmp::Reverse, time::Duration};

use crate::domain::{
    Charges, Grant, Limit, LimitExceeded, Limits, Quota, Requester, RoleId, Timestamp,
};

/// What is left of one limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QuotaUsage {
    /// Which limit.
    pub limit: Limit,
    /// The quota behind it; for [`Limit::Concurrency`], how many at once.
    pub quota: Quota,
    /// How many songs it still allows.
    pub left: u32,
    /// When it allows one more than now; `None` where no charge will come back.
    pub next_at: Option<Timestamp>,
}

/// How many songs a person can ask for at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Available {
    /// As many as they like.
    Unlimited,
    /// So many.
    Songs {
        /// How many, extra songs included.
        left: u32,
        /// How many of them before one of theirs is done.
        at_once: u32,
    },
    /// None, for this reason.
    Nothing(LimitExceeded),
}

impl Limits {
    /// How many songs a person can ask for `at` this time. Where it is none for more than one
    /// reason, a quota is the one to tell of: it lasts longer than songs under way.
    pub fn available(
        &self,
        requester: &Requester<'_>,
        charges: &Charges,
        at: Timestamp,
    ) -> Available {
        let admitted = self.admit_by_quotas(requester, charges, at);
        if let Err(refusal) = admitted.and_then(|_| self.admit(requester, charges, at)) {
            return Available::Nothing(refusal);
        }
        let extra: u32 =
            charges.usable_grants(at).map(|grant: &Grant| grant.left).fold(0, u32::saturating_add);
        let usages = self.usages(requester, charges, at);
        let left = usages.iter().filter_map(|usage| match usage.limit {
            Limit::Concurrency => None,
            Limit::Person => Some(usage.left.saturating_add(extra)),
            Limit::Guild | Limit::Global => Some(usage.left),
        });
        let at_once = self.user_concurrency.saturating_sub(charges.open);
        left.min().map_or(Available::Unlimited, |left| Available::Songs { left, at_once })
    }

    /// What is left `at` this time of each limit that applies, from the narrowest to the widest. A
    /// song is admitted exactly if none of them is used up, but for grants.
    pub fn usages(
        &self,
        requester: &Requester<'_>,
        charges: &Charges,
        at: Timestamp,
    ) -> Vec<QuotaUsage> {
        let at_once = self.user_concurrency;
        let concurrency = QuotaUsage {
            limit: Limit::Concurrency,
            quota: Quota::Limited { count: at_once, window: Duration::ZERO },
            left: at_once.saturating_sub(charges.open),
            next_at: None,
        };
        let guild = if requester.in_guild { self.guild } else { Quota::Unlimited };
        let quotas = [
            self.personal_usage(requester.roles, &charges.user, at),
            usage(Limit::Guild, guild, &charges.guild, at),
            usage(Limit::Global, self.global, &charges.global, at),
        ];
        std::iter::once(concurrency).chain(quotas.into_iter().flatten()).collect()
    }

    /// Of the quotas of a person and their roles, any with room is enough: the one that leaves the
    /// most counts, and of full ones the one that has room first.
    fn personal_usage(
        &self,
        roles: &[RoleId],
        charges: &[Timestamp],
        at: Timestamp,
    ) -> Option<QuotaUsage> {
        let rank = |usage: &QuotaUsage| {
            let wait = usage.next_at.map_or(i64::MAX, Timestamp::millis);
            (usage.left, Reverse(wait))
        };
        let all: Option<Vec<QuotaUsage>> =
            self.personal(roles).map(|quota| usage(Limit::Person, quota, charges, at)).collect();
        let better =
            |best: QuotaUsage, other| if rank(&other) > rank(&best) { other } else { best };
        all?.into_iter().reduce(better)
    }
}

/// What the charges (latest first) leave of a quota; `None` where there is no limit.
fn usage(limit: Limit, quota: Quota, charges: &[Timestamp], at: Timestamp) -> Option<QuotaUsage> {
    let Quota::Limited { count, window } = quota else { return None };
    let inside = charges.iter().take_while(|charge| charge.saturating_add(window) > at).count();
    // There can be more than the count where the quota was larger when they were made.
    let used = u32::try_from(inside).unwrap_or(u32::MAX).min(count);
    let next = used.checked_sub(1).and_then(|last| charges.get(last as usize));
    let next_at = next.map(|charge| charge.saturating_add(window));
    Some(QuotaUsage { limit, quota, left: count - used, next_at })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;
    use crate::domain::{Grant, InteractionId};

    fn any_quota() -> impl Strategy<Value = Quota> {
        let limited = (0..6_u32, 1..100_u64)
            .prop_map(|(count, s)| Quota::Limited { count, window: Duration::from_secs(s) });
        prop_oneof![1 => Just(Quota::Unlimited), 5 => limited]
    }

    fn any_limits() -> impl Strategy<Value = Limits> {
        let roles = prop::collection::btree_map((0..4_u64).prop_map(RoleId), any_quota(), 0..3);
        (any_quota(), 0..8_u32, roles, any_quota(), any_quota()).prop_map(
            |(user, user_concurrency, roles, guild, global)| Limits {
                user,
                user_concurrency,
                roles,
                guild,
                global,
            },
        )
    }

    fn any_past() -> impl Strategy<Value = Vec<Timestamp>> {
        prop::collection::vec(0..120_i64, 0..12).prop_map(|mut seconds| {
            seconds.sort_unstable();
            seconds.iter().rev().map(|second| Timestamp::from_millis(second * 1000)).collect()
        })
    }

    fn any_grants() -> impl Strategy<Value = Vec<Grant>> {
        let grant = (0..4_u32, 100..250_i64);
        prop::collection::vec(grant, 0..3).prop_map(|grants| {
            let numbered = grants.into_iter().zip(1..);
            let grant = |((left, expires), id): ((u32, i64), u64)| Grant {
                id: InteractionId(id),
                expires_at: Timestamp::from_millis(expires * 1000),
                left,
            };
            numbered.map(grant).collect()
        })
    }

    proptest! {
        /// What is told is what is then allowed: so many songs one after the other, and no more,
        /// and the refusal names the same limit and the same time.
        #[test]
        fn what_is_left_is_what_is_admitted(
            limits in any_limits(),
            roles in prop::collection::vec((0..4_u64).prop_map(RoleId), 0..3),
            in_guild in any::<bool>(),
            open in 0..4_u32,
            (user, guild, global) in (any_past(), any_past(), any_past()),
            grants in any_grants(),
            later in 0..60_i64,
        ) {
            let at = Timestamp::from_millis((120 + later) * 1000);
            let requester = Requester { roles: &roles, in_guild };
            let mut charges = Charges { open, user, grants, guild, global };
            let granted: u32 = charges.usable_grants(at).map(|grant| grant.left).sum();
            let usages = limits.usages(&requester, &charges, at);
            let left = usages.iter().map(|usage| match usage.limit {
                Limit::Person => usage.left + granted,
                _ => usage.left,
            });
            let most = left.min().unwrap();
            let at_once = limits.user_concurrency.saturating_sub(open);
            match limits.available(&requester, &charges, at) {
                Available::Unlimited => prop_assert_eq!(most, at_once),
                Available::Songs { left, at_once } => prop_assert_eq!(most, left.min(at_once)),
                Available::Nothing(_) => prop_assert_eq!(most, 0),
            }
            for _ in 0..most {
                match limits.admit(&requester, &charges, at) {
                    Ok(None) => charges.user.insert(0, at),
                    Ok(Some(paid)) => {
                        let grant = charges.grants.iter_mut().find(|grant| grant.id == paid);
                        grant.unwrap().left -= 1;
                    }
                    Err(refusal) => prop_assert!(false, "{refusal:?}"),
                }
                charges.open += 1;
                charges.guild.insert(0, at);
                charges.global.insert(0, at);
            }
            let refusal = limits.admit(&requester, &charges, at).unwrap_err();
            let granted = charges.usable_grants(at).count() > 0;
            let full = limits.usages(&requester, &charges, at).into_iter().find(|usage| {
                usage.left == 0 && !(usage.limit == Limit::Person && granted)
            });
            let full = full.unwrap();
            prop_assert_eq!(
                (refusal.limit, refusal.quota, refusal.free_at),
                (full.limit, full.quota, full.next_at)
            );
        }

        /// A charge is kept for as long as it counts anywhere.
        #[test]
        fn a_charge_older_than_the_longest_window_counts_nowhere(
            limits in any_limits(),
            later in 0..60_i64,
        ) {
            let at = Timestamp::from_millis((120 + later) * 1000);
            let roles: Vec<RoleId> = limits.roles.keys().copied().collect();
            let held = (0..=roles.len()).map(|many| &roles[..many]);
            let old = vec![at.saturating_sub(limits.longest_window().unwrap_or_default())];
            let charges = Charges { user: old.clone(), global: old, ..Charges::default() };
            for roles in held {
                let requester = Requester { roles, in_guild: false };
                let told = |charges| limits.usages(&requester, charges, at);
                prop_assert_eq!(told(&charges), told(&Charges::default()));
            }
        }

        /// One more is left at the very time that is told, and not before.
        #[test]
        fn the_next_one_comes_back_when_it_is_told(
            (quota, charges) in (any_quota(), any_past()),
            later in 0..60_i64,
        ) {
            let at = Timestamp::from_millis((120 + later) * 1000);
            let left = |at| usage(Limit::Person, quota, &charges, at).map(|it| it.left);
            let Some(now) = usage(Limit::Person, quota, &charges, at) else { return Ok(()) };
            if let Some(next_at) = now.next_at {
                prop_assert!(next_at > at);
                prop_assert_eq!(left(next_at.saturating_sub(Duration::from_millis(1))), Some(now.left));
                prop_assert!(left(next_at) > Some(now.left));
            }
        }
    }

    #[test]
    fn a_role_without_a_limit_leaves_nothing_to_count() {
        let limits = Limits {
            user: "1/1d".parse().unwrap(),
            user_concurrency: 2,
            roles: BTreeMap::from([(RoleId(7), Quota::Unlimited)]),
            guild: Quota::Unlimited,
            global: Quota::Unlimited,
        };
        let told = |roles| {
            let requester = Requester { roles, in_guild: true };
            let usages = limits.usages(&requester, &Charges::default(), Timestamp::from_millis(0));
            usages.iter().map(|usage| usage.limit).collect::<Vec<_>>()
        };
        assert_eq!(told(&[]), [Limit::Concurrency, Limit::Person]);
        assert_eq!(told(&[RoleId(7)]), [Limit::Concurrency]);
    }
}
