//! What commands have set above the settings, as far as it concerns one person in one place.

use std::collections::BTreeMap;

use crate::domain::{AdminAction, AuditEntry, GuildId, Limits, Quota, Scope, UserId};

/// What commands have set, as far as it concerns one person in one place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Overrides {
    /// The person's own quota, set by the owner.
    pub person: Option<Quota>,
    /// The server's quota, set by the owner.
    pub server: Option<Quota>,
    /// The server's quota, as lowered by its moderators.
    pub lowered: Option<Quota>,
    /// The quota over everybody, set by the owner.
    pub global: Option<Quota>,
    /// What keeps songs out.
    pub restriction: Option<Restriction>,
}

/// What keeps a song out, whatever the quotas say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Restriction {
    /// The person is blocked.
    Blocked(Scope),
    /// Nobody gets songs at present.
    Paused(Scope),
    /// The prompt has a blocked word.
    Word,
}

impl Overrides {
    /// What the admin actions in force say about this person in this server (`None`: outside of
    /// servers).
    pub fn of(in_force: &[AuditEntry], person: UserId, guild: Option<GuildId>) -> Self {
        let mut all = Self::default();
        let applies = |entry: &&AuditEntry| {
            let here = match entry.scope {
                Scope::Everywhere => true,
                Scope::Server(server) => Some(server) == guild,
            };
            here && entry.action.person().is_none_or(|concerned| concerned == person)
        };
        in_force.iter().filter(applies).for_each(|entry| all.take(entry));
        all
    }

    fn take(&mut self, entry: &AuditEntry) {
        match &entry.action {
            AdminAction::SetPersonQuota { quota, .. } => self.person = *quota,
            AdminAction::SetServerQuota(quota) => self.server = *quota,
            AdminAction::LowerServerQuota(quota) => self.lowered = *quota,
            AdminAction::SetGlobalQuota(quota) => self.global = *quota,
            AdminAction::Block(_) => self.restrict(Restriction::Blocked(entry.scope)),
            AdminAction::Pause => self.restrict(Restriction::Paused(entry.scope)),
            AdminAction::Grant { .. }
            | AdminAction::Reset { .. }
            | AdminAction::Unblock(_)
            | AdminAction::Resume
            | AdminAction::AddWord(_)
            | AdminAction::RemoveWord(_)
            | AdminAction::Cancel(_) => {}
        }
    }

    /// Of several bars the widest is the one to tell of, and what concerns the person before what
    /// concerns all.
    fn restrict(&mut self, restriction: Restriction) {
        let rank = |restriction: &Restriction| match restriction {
            Restriction::Blocked(Scope::Everywhere) => 0,
            Restriction::Blocked(Scope::Server(_)) => 1,
            Restriction::Paused(Scope::Everywhere) => 2,
            Restriction::Paused(Scope::Server(_)) => 3,
            Restriction::Word => 4,
        };
        if self.restriction.as_ref().is_none_or(|other| rank(&restriction) < rank(other)) {
            self.restriction = Some(restriction);
        }
    }
}

impl Quota {
    /// Whether it never allows what the other one refuses: no more songs, in no less time.
    pub fn is_within(self, other: Self) -> bool {
        match (self, other) {
            (_, Self::Unlimited) | (Self::Limited { count: 0, .. }, _) => true,
            (Self::Unlimited, Self::Limited { .. }) => false,
            (Self::Limited { count, window }, Self::Limited { count: most, window: least }) => {
                count <= most && window >= least
            }
        }
    }
}

impl Limits {
    /// The limits in force for the person whom these overrides concern, where these are the settings'.
    ///
    /// What moderators have lowered counts as long as it is within what they were given.
    #[must_use]
    pub fn with(&self, overrides: &Overrides) -> Self {
        let (user, roles) = match overrides.person {
            Some(quota) => (quota, BTreeMap::new()),
            None => (self.user, self.roles.clone()),
        };
        let given = overrides.server.unwrap_or(self.guild);
        Self {
            user,
            user_concurrency: self.user_concurrency,
            roles,
            guild: overrides.lowered.filter(|lowered| lowered.is_within(given)).unwrap_or(given),
            global: overrides.global.unwrap_or(self.global),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;
    use crate::domain::{Charges, Grant, InteractionId, Limit, Requester, Timestamp};

    const ANN: UserId = UserId(1);
    const HOME: GuildId = GuildId(7);

    fn entry(scope: Scope, action: AdminAction) -> AuditEntry {
        AuditEntry {
            id: InteractionId(1 << 30),
            admin: UserId(9),
            guild: HOME,
            scope,
            action,
            reason: None,
        }
    }

    fn quota(text: &str) -> Quota {
        text.parse().unwrap()
    }

    fn limits() -> Limits {
        Limits {
            user: quota("5/1d"),
            user_concurrency: 1,
            roles: BTreeMap::from([(crate::domain::RoleId(3), Quota::Unlimited)]),
            guild: quota("50/1d"),
            global: quota("100/1d"),
        }
    }

    #[test]
    fn only_what_concerns_a_person_in_a_place_applies() {
        let here = Scope::Server(HOME);
        let actions = [
            entry(here, AdminAction::Block(ANN)),
            entry(Scope::Everywhere, AdminAction::Block(UserId(2))),
            entry(Scope::Server(GuildId(8)), AdminAction::Pause),
        ];
        let restriction = |person, guild| Overrides::of(&actions, person, guild).restriction;
        assert_eq!(restriction(ANN, Some(HOME)), Some(Restriction::Blocked(here)));
        assert_eq!(restriction(ANN, None), None);
        assert_eq!(restriction(UserId(2), None), Some(Restriction::Blocked(Scope::Everywhere)));
        assert_eq!(
            restriction(UserId(3), Some(GuildId(8))),
            Some(Restriction::Paused(Scope::Server(GuildId(8))))
        );
    }

    #[test]
    fn what_the_owner_says_about_a_person_stands_above_their_roles() {
        let set = AdminAction::SetPersonQuota { person: ANN, quota: Some(quota("1/1d")) };
        let overrides = Overrides::of(&[entry(Scope::Everywhere, set)], ANN, None);
        let limits = limits().with(&overrides);
        let personal: Vec<_> = limits.personal(&[crate::domain::RoleId(3)]).collect();
        assert_eq!(personal, [quota("1/1d")]);
    }

    #[test]
    fn moderators_lower_and_never_lift() {
        let with = |server, lowered| {
            let overrides = Overrides { server, lowered, ..Overrides::default() };
            limits().with(&overrides).guild
        };
        assert_eq!(with(None, Some(quota("10/1d"))), quota("10/1d"));
        assert_eq!(with(None, Some(quota("60/1d"))), quota("50/1d"));
        assert_eq!(with(None, Some(Quota::Unlimited)), quota("50/1d"));
        assert_eq!(with(Some(quota("60/1d")), Some(quota("60/1w"))), quota("60/1w"));
    }

    #[test]
    fn a_grant_pays_for_what_the_persons_quota_refuses_and_nothing_else_does() {
        let at = |second: i64| Timestamp::from_millis(second * 1000);
        let grant =
            |id, left, expires| Grant { id: InteractionId(id), left, expires_at: at(expires) };
        let grants = vec![grant(1, 9, 101), grant(2, 0, 200), grant(3, 1, 200), grant(4, 1, 300)];
        let charges = Charges { user: vec![at(100)], grants, ..Charges::default() };
        let requester = Requester { roles: &[], in_guild: true };
        let with = |limits: Limits| limits.admit(&requester, &charges, at(101));
        let own = |text| Limits { user: quota(text), ..limits() };
        assert_eq!(with(own("2/1d")), Ok(None), "while the quota has room, no grant is used");
        assert_eq!(with(own("1/1d")), Ok(Some(InteractionId(3))));
        assert_eq!(with(own("0/1d")), Ok(Some(InteractionId(3))));
        let full = |limits| with(limits).unwrap_err().limit;
        assert_eq!(full(Limits { guild: quota("0/1d"), ..own("1/1d") }), Limit::Guild);
        assert_eq!(full(Limits { global: quota("0/1d"), ..own("1/1d") }), Limit::Global);
        assert_eq!(full(Limits { user_concurrency: 0, ..own("1/1d") }), Limit::Concurrency);
    }

    fn any_quota() -> impl Strategy<Value = Quota> {
        let limited = (0..5_u32, 1..60_u64)
            .prop_map(|(count, s)| Quota::Limited { count, window: Duration::from_secs(s) });
        prop_oneof![1 => Just(Quota::Unlimited), 5 => limited]
    }

    proptest! {
        /// Whatever was charged when: what a quota allows, the one that it is within allows too.
        #[test]
        fn a_quota_within_another_allows_no_more(
            (lower, upper) in (any_quota(), any_quota()),
            mut seconds in prop::collection::vec(0..100_i64, 0..12),
        ) {
            seconds.sort_unstable_by(|a, b| b.cmp(a));
            let at = |second: i64| Timestamp::from_millis(second * 1000);
            let charges: Vec<_> = seconds.into_iter().map(at).collect();
            if lower.is_within(upper) && lower.check(&charges, at(100)).is_ok() {
                prop_assert!(upper.check(&charges, at(100)).is_ok());
            }
        }
    }

    #[test]
    fn of_several_restrictions_the_widest_on_the_person_is_told() {
        let here = Scope::Server(HOME);
        let narrowest_first = [
            (AdminAction::Pause, here, Restriction::Paused(here)),
            (AdminAction::Pause, Scope::Everywhere, Restriction::Paused(Scope::Everywhere)),
            (AdminAction::Block(ANN), here, Restriction::Blocked(here)),
            (AdminAction::Block(ANN), Scope::Everywhere, Restriction::Blocked(Scope::Everywhere)),
        ];
        let mut in_force = Vec::new();
        for (action, scope, restriction) in narrowest_first {
            in_force.push(entry(scope, action));
            for _ in 0..2 {
                let told = Overrides::of(&in_force, ANN, Some(HOME)).restriction;
                assert_eq!(told, Some(restriction), "in either order");
                in_force.reverse();
            }
        }
    }
}
