//! Quotas: how many songs in a rolling window, for whom.
//!
//! A quota is no ledger of its own. It is the count of charged jobs in its window, so that a
//! charge and its job can't drift apart; a refund clears the job's charge.

mod charges;
mod grant;
mod quota_usage;

pub use charges::{Charges, LastPlaces, PastCharges};
pub use grant::Grant;
pub use quota_usage::{Available, QuotaUsage};

use std::{collections::BTreeMap, fmt, str::FromStr, time::Duration};

use crate::domain::{InteractionId, RoleId, Timestamp, format_duration, parse_count_per_window};

/// Songs per rolling window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quota {
    /// No limit.
    Unlimited,
    /// At most `count` songs in any stretch of time as long as `window`.
    Limited {
        /// How many. None at all is possible.
        count: u32,
        /// In how long.
        window: Duration,
    },
}

/// The quotas in force.
#[derive(Clone, Debug)]
pub struct Limits {
    /// For each person.
    pub user: Quota,
    /// Songs at once for each person, those in the queue included.
    pub user_concurrency: u32,
    /// For each person who holds the role.
    pub roles: BTreeMap<RoleId, Quota>,
    /// For each server.
    pub guild: Quota,
    /// For everybody together: it protects the credit of the key's account.
    pub global: Quota,
}

/// Which limit refused a song.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// Songs at once.
    Concurrency,
    /// The person's own quota, or the best of their roles'.
    Person,
    /// The server's quota.
    Guild,
    /// The quota over everybody.
    Global,
}

impl Limit {
    /// Its name, for metrics.
    pub fn name(self) -> &'static str {
        match self {
            Self::Concurrency => "concurrency",
            Self::Person => "user",
            Self::Guild => "guild",
            Self::Global => "global",
        }
    }
}

/// A song refused by a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LimitExceeded {
    /// Which limit.
    pub limit: Limit,
    /// The quota behind it; for [`Limit::Concurrency`], how many at once.
    pub quota: Quota,
    /// When the next song is free; `None` where waiting alone does not help.
    pub free_at: Option<Timestamp>,
    /// What helps the person where waiting does not.
    pub remedy: Remedy,
}

/// What helps somebody whom waiting does not help.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// Nothing that they could do: the bot's owner decides, or the server's moderators.
    None,
    /// One of the roles that have a quota.
    Role,
    /// To ask in a server: outside of servers nobody can tell which roles they hold.
    Server,
}

/// Who asks, as far as quotas go.
#[derive(Clone, Debug)]
pub struct Requester<'a> {
    /// The roles held in the server where they ask.
    pub roles: &'a [RoleId],
    /// Whether they ask in a server.
    pub in_guild: bool,
}

impl Quota {
    /// Whether one more song is allowed `at` this time, given the past charges.
    ///
    /// # Errors
    /// When the window is full: with the time at which it no longer is, if that ever comes.
    pub fn check(self, charges: &impl PastCharges, at: Timestamp) -> Result<(), Option<Timestamp>> {
        let Self::Limited { count, window } = self else { return Ok(()) };
        if count == 0 {
            return Err(None);
        }
        // The window is full while the charge that filled its last place is inside.
        match charges.nth_latest(count).map(|charge| charge.saturating_add(window)) {
            Some(free_at) if free_at > at => Err(Some(free_at)),
            _ => Ok(()),
        }
    }

    /// For how long a charge counts in it.
    pub fn window(self) -> Option<Duration> {
        match self {
            Self::Unlimited => None,
            Self::Limited { window, .. } => Some(window),
        }
    }

    /// How many past charges matter to it, at most.
    pub fn depth(self) -> u32 {
        match self {
            Self::Unlimited => 0,
            Self::Limited { count, .. } => count,
        }
    }
}

impl Limits {
    /// Whether this person may have one more song `at` this time.
    ///
    /// The person's own quota or that of any role they hold must have room, or else one of their
    /// grants, which is returned then: it pays for the song. The server's quota and everybody's
    /// must have room, too.
    ///
    /// # Errors
    /// The first limit that has no room, from the narrowest to the widest.
    pub fn admit(
        &self,
        requester: &Requester<'_>,
        charges: &Charges<impl PastCharges>,
        at: Timestamp,
    ) -> Result<Option<InteractionId>, LimitExceeded> {
        if charges.open >= self.user_concurrency {
            let quota = Quota::Limited { count: self.user_concurrency, window: Duration::ZERO };
            return Err(LimitExceeded::of(Limit::Concurrency, quota, None));
        }
        self.admit_by_quotas(requester, charges, at)
    }

    /// The same, however many songs the person has under way.
    pub(in crate::domain) fn admit_by_quotas(
        &self,
        requester: &Requester<'_>,
        charges: &Charges<impl PastCharges>,
        at: Timestamp,
    ) -> Result<Option<InteractionId>, LimitExceeded> {
        let grant = match self.admit_person(requester, &charges.user, at) {
            Ok(()) => None,
            Err(refusal) => Some(charges.usable_grants(at).next().ok_or(refusal)?.id),
        };
        let refuse = |limit, quota| move |free_at| LimitExceeded::of(limit, quota, free_at);
        if requester.in_guild {
            self.guild.check(&charges.guild, at).map_err(refuse(Limit::Guild, self.guild))?;
        }
        self.global.check(&charges.global, at).map_err(refuse(Limit::Global, self.global))?;
        Ok(grant)
    }

    /// The longest window of any quota that counts a person's songs, for everybody or for them
    /// alone; `None` where nothing limits either.
    pub fn longest_window(&self) -> Option<Duration> {
        let all = self.roles.values().chain([&self.user, &self.global]);
        all.filter_map(|quota| quota.window()).max()
    }

    /// The quotas that apply to a person with these roles: any with room is enough.
    pub fn personal(&self, roles: &[RoleId]) -> impl Iterator<Item = Quota> {
        let of_roles = roles.iter().filter_map(|role| self.roles.get(role).copied());
        std::iter::once(self.user).chain(of_roles)
    }

    /// Of several full quotas, the one that has room first is the one to tell of.
    fn admit_person(
        &self,
        requester: &Requester<'_>,
        charges: &impl PastCharges,
        at: Timestamp,
    ) -> Result<(), LimitExceeded> {
        let remedy = self.remedy(requester);
        let mut soonest: Option<LimitExceeded> = None;
        for quota in self.personal(requester.roles) {
            let Err(free_at) = quota.check(charges, at) else { return Ok(()) };
            let wait =
                |refusal: &LimitExceeded| refusal.free_at.map_or(i64::MAX, Timestamp::millis);
            let refusal =
                LimitExceeded { remedy, ..LimitExceeded::of(Limit::Person, quota, free_at) };
            if soonest.as_ref().is_none_or(|other| wait(&refusal) < wait(other)) {
                soonest = Some(refusal);
            }
        }
        soonest.map_or(Ok(()), Err)
    }

    /// Whether a role with a quota would help somebody without songs of their own.
    fn remedy(&self, requester: &Requester<'_>) -> Remedy {
        let helps = |quota: &Quota| *quota == Quota::Unlimited || quota.depth() > 0;
        match self.roles.values().any(helps) {
            true if requester.in_guild => Remedy::Role,
            true => Remedy::Server,
            false => Remedy::None,
        }
    }
}

impl LimitExceeded {
    fn of(limit: Limit, quota: Quota, free_at: Option<Timestamp>) -> Self {
        Self { limit, quota, free_at, remedy: Remedy::None }
    }
}

/// Why a text is no quota.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QuotaError {
    /// Something else.
    #[error(
        "expected COUNT/WINDOW, such as 5/1d, or unlimited; a window is a number and s, m, h, d or w"
    )]
    Form,
    /// More songs than can be counted.
    #[error("too many songs: at most 4294967295 can be counted; write unlimited for no limit")]
    TooMany,
}

/// `COUNT/WINDOW` (`5/1d`), or `unlimited`. A window is a whole number of seconds.
impl FromStr for Quota {
    type Err = QuotaError;

    fn from_str(text: &str) -> Result<Self, QuotaError> {
        if text.eq_ignore_ascii_case("unlimited") {
            return Ok(Self::Unlimited);
        }
        let in_seconds = |(_, window): &(&str, Duration)| window.subsec_nanos() == 0;
        let (count, window) =
            parse_count_per_window(text).filter(in_seconds).ok_or(QuotaError::Form)?;
        let number = || !count.is_empty() && count.chars().all(|c| c.is_ascii_digit());
        let error = |_| if number() { QuotaError::TooMany } else { QuotaError::Form };
        Ok(Self::Limited { count: count.parse().map_err(error)?, window })
    }
}

impl fmt::Display for Quota {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unlimited => formatter.write_str("unlimited"),
            Self::Limited { count, window } => {
                write!(formatter, "{count}/{}", format_duration(*window))
            }
        }
    }
}

#[cfg(test)]
mod tests;
