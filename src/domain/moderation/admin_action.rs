//! Admin actions: where they hold, and what their outcome is.
//!
//! There is no list of blocks, grants or settings beside the record of admin actions: what is in
//! force is what the record says, so that the two can't drift apart.

use std::time::Duration;

use crate::domain::{BlockedWord, GuildId, InteractionId, JobId, Quota, Timestamp, UserId};

/// The most blocked words of one scope: a prompt is searched for each of them.
pub const WORDS_MAX: u32 = 200;

/// Where an admin action holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// In one server.
    Server(GuildId),
    /// Everywhere, direct messages included.
    Everywhere,
}

/// Something that an admin does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AdminAction {
    /// Gives a person songs beyond their quota.
    Grant {
        /// Whom.
        person: UserId,
        /// How many.
        songs: u32,
        /// Until when they can be used.
        expires_at: Timestamp,
    },
    /// Lets a person's own quota begin anew: what they were charged before no longer counts in it.
    Reset {
        /// Whose.
        person: UserId,
    },
    /// Gives a person a quota of their own, in place of the settings' and of their roles'; `None`
    /// takes it back.
    SetPersonQuota {
        /// Whom.
        person: UserId,
        /// Which.
        quota: Option<Quota>,
    },
    /// Gives a server a quota of its own, in place of the settings'; `None` takes it back.
    SetServerQuota(Option<Quota>),
    /// Lowers a server's quota, by its moderators' own wish; `None` takes that back.
    LowerServerQuota(Option<Quota>),
    /// Sets the quota over everybody, in place of the settings'; `None` takes it back.
    SetGlobalQuota(Option<Quota>),
    /// Takes no more songs from a person.
    Block(UserId),
    /// Takes songs from them again.
    Unblock(UserId),
    /// Takes no more songs from anybody.
    Pause,
    /// Takes songs again.
    Resume,
    /// Takes no prompts with this word.
    AddWord(BlockedWord),
    /// Takes them again.
    RemoveWord(BlockedWord),
    /// Cancels a waiting job, or ends a running one.
    Cancel(JobId),
}

/// An admin action: by whom, where, when and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntry {
    /// The interaction with which it was done: also when, by Discord's clock.
    pub id: InteractionId,
    /// By whom.
    pub admin: UserId,
    /// In which server.
    pub guild: GuildId,
    /// Where it holds.
    pub scope: Scope,
    /// What.
    pub action: AdminAction,
    /// Why, in the admin's words.
    pub reason: Option<String>,
}

/// What became of an admin action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActionOutcome {
    /// It is written down, and in force.
    Recorded,
    /// It is written down, but the same was in force already.
    Renewed,
    /// It was written down before: Discord delivered the same interaction twice.
    AlreadyRecorded,
    /// There is nothing that it could end.
    NothingToEnd,
    /// There are as many blocked words as there can be.
    TooManyWords,
}

impl AdminAction {
    /// Whether it belongs to the bot's owner alone: it holds in all servers, or lifts somebody
    /// above the settings, and so could spend the key.
    pub fn is_for_owner(&self, scope: Scope) -> bool {
        match self {
            Self::Grant { .. }
            | Self::Reset { .. }
            | Self::SetPersonQuota { .. }
            | Self::SetServerQuota(_)
            | Self::SetGlobalQuota(_) => true,
            Self::LowerServerQuota(_)
            | Self::Block(_)
            | Self::Unblock(_)
            | Self::Pause
            | Self::Resume
            | Self::AddWord(_)
            | Self::RemoveWord(_)
            | Self::Cancel(_) => scope == Scope::Everywhere,
        }
    }

    /// Whether it only ends what an earlier one began.
    pub fn is_end(&self) -> bool {
        match self {
            Self::SetPersonQuota { quota, .. }
            | Self::SetServerQuota(quota)
            | Self::LowerServerQuota(quota)
            | Self::SetGlobalQuota(quota) => quota.is_none(),
            Self::Unblock(_) | Self::Resume | Self::RemoveWord(_) => true,
            Self::Grant { .. }
            | Self::Reset { .. }
            | Self::Block(_)
            | Self::Pause
            | Self::AddWord(_)
            | Self::Cancel(_) => false,
        }
    }

    /// Whether it is in force or not, and nothing in between.
    pub fn is_switch(&self) -> bool {
        matches!(self, Self::Block(_) | Self::Pause | Self::AddWord(_))
    }

    /// Whether it stays in force until another one ends it.
    pub fn stays_in_force(&self) -> bool {
        !self.is_end() && !matches!(self, Self::Cancel(_))
    }

    /// Whom it concerns.
    pub fn person(&self) -> Option<UserId> {
        match self {
            Self::Grant { person, .. }
            | Self::Reset { person }
            | Self::SetPersonQuota { person, .. }
            | Self::Block(person)
            | Self::Unblock(person) => Some(*person),
            _ => None,
        }
    }
}

impl AuditEntry {
    /// For how long after song requested this action may need to know of it: settled jobs are
    /// forgotten no earlier.
    pub fn remembers(&self) -> Option<Duration> {
        match &self.action {
            AdminAction::Grant { expires_at, .. } => Some(expires_at.since(self.id.created_at())),
            AdminAction::SetPersonQuota { quota, .. }
            | AdminAction::SetServerQuota(quota)
            | AdminAction::LowerServerQuota(quota)
            | AdminAction::SetGlobalQuota(quota) => quota.and_then(Quota::window),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A person with a server of their own must not be able to spend the key.
    #[test]
    fn what_could_spend_the_key_is_the_owners() {
        let here = Scope::Server(GuildId(1));
        let person = UserId(2);
        let lifting = [
            AdminAction::Grant { person, songs: 1, expires_at: Timestamp::from_millis(0) },
            AdminAction::Reset { person },
            AdminAction::SetPersonQuota { person, quota: Some(Quota::Unlimited) },
            AdminAction::SetServerQuota(Some(Quota::Unlimited)),
            AdminAction::SetGlobalQuota(Some(Quota::Unlimited)),
        ];
        assert!(lifting.iter().all(|action| action.is_for_owner(here)));
        let word = BlockedWord::parse("word").unwrap();
        let others = [
            AdminAction::LowerServerQuota(None),
            AdminAction::Block(person),
            AdminAction::Unblock(person),
            AdminAction::Pause,
            AdminAction::Resume,
            AdminAction::AddWord(word.clone()),
            AdminAction::RemoveWord(word),
            AdminAction::Cancel(JobId(1)),
        ];
        assert!(others.iter().all(|action| !action.is_for_owner(here)));
        assert!(others.iter().all(|action| action.is_for_owner(Scope::Everywhere)));
    }

    /// Each action stays in force until the one beside it ends it, for the same person.
    #[test]
    fn an_action_that_ends_another_does_not_stay_in_force() {
        let person = UserId(2);
        let set = Some("5/1w".parse().unwrap());
        let word = BlockedWord::parse("word").unwrap();
        let of_person = |quota| AdminAction::SetPersonQuota { person, quota };
        let quotas = [
            (of_person(set), of_person(None)),
            (AdminAction::SetServerQuota(set), AdminAction::SetServerQuota(None)),
            (AdminAction::LowerServerQuota(set), AdminAction::LowerServerQuota(None)),
            (AdminAction::SetGlobalQuota(set), AdminAction::SetGlobalQuota(None)),
        ];
        let switches = [
            (AdminAction::Block(person), AdminAction::Unblock(person)),
            (AdminAction::Pause, AdminAction::Resume),
            (AdminAction::AddWord(word.clone()), AdminAction::RemoveWord(word)),
        ];
        assert!(switches.iter().all(|(action, _)| action.is_switch()));
        assert!(quotas.iter().all(|(action, _)| !action.is_switch()));
        for (action, end) in quotas.into_iter().chain(switches) {
            assert!(action.stays_in_force() && !action.is_end(), "{action:?}");
            assert!(end.is_end() && !end.stays_in_force() && !end.is_switch(), "{end:?}");
            assert_eq!(action.person(), end.person());
        }
        let cancel = AdminAction::Cancel(JobId(1));
        assert!(!cancel.stays_in_force() && !cancel.is_end());
        assert_eq!(cancel.person(), None);
    }

    /// A song is charged to a grant, or to a quota, for as long as that one counts.
    #[test]
    fn jobs_are_remembered_while_a_grant_or_a_quota_counts_them() {
        let (id, person) = (InteractionId(1 << 40), UserId(2));
        let (guild, scope) = (GuildId(1), Scope::Everywhere);
        let remembers = |action| {
            AuditEntry { id, admin: person, guild, scope, action, reason: None }.remembers()
        };
        let week = Duration::from_hours(7 * 24);
        let expires_at = id.created_at().saturating_add(week);
        let grant = AdminAction::Grant { person, songs: 1, expires_at };
        let quota = Some("5/1w".parse().unwrap());
        for action in [grant, AdminAction::SetPersonQuota { person, quota }] {
            assert_eq!(remembers(action), Some(week));
        }
        let unlimited = AdminAction::SetGlobalQuota(Some(Quota::Unlimited));
        for action in [unlimited, AdminAction::SetServerQuota(None), AdminAction::Pause] {
            assert_eq!(remembers(action), None);
        }
    }
}
