//! What alerts are about, and how each cause is seen.

use std::time::Duration;

use super::times::AlertTimes;
use crate::{domain::Obstacle, messages::text, ops::health::Facts};

/// Something that the bot's owner should know. Its names are part of what receivers rely on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum AlertCause {
    /// Whisul rejects the API key.
    KeyRefused,
    /// The key's account is out of credit.
    CreditUsedUp,
    /// No songs come from Whisul for a while.
    WhisulAway,
    /// Discord's gateway does not answer for a while.
    DiscordAway,
    /// 80 % of the quota over everybody is used.
    GlobalQuota80,
    /// All of the quota over everybody is used.
    GlobalQuota100,
    /// The database can't be written.
    DatabaseTrouble,
    /// Another process responds with the bot's token.
    OtherProcess,
    /// This start has updated the database's schema.
    SchemaUpdated,
}

/// What becomes of a cause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AlertState {
    /// It is there.
    Started,
    /// It is over.
    Ended,
    /// It was done in a moment, and has no end.
    Happened,
}

/// What was seen at one moment.
#[derive(Clone, Debug, Default)]
pub(super) struct Observation {
    pub(super) facts: Facts,
    /// How much of the quota over everybody is used up, in percent; 0 without one, and `None` where the
    /// database doesn't say.
    pub(super) global_quota_used: Option<u64>,
    /// How long ago another process last answered an interaction.
    pub(super) other_process: Option<Duration>,
}

impl AlertCause {
    /// All of them.
    pub(super) const ALL: [Self; 9] = [
        Self::KeyRefused,
        Self::CreditUsedUp,
        Self::WhisulAway,
        Self::DiscordAway,
        Self::GlobalQuota80,
        Self::GlobalQuota100,
        Self::DatabaseTrouble,
        Self::OtherProcess,
        Self::SchemaUpdated,
    ];

    /// Its name, for programs.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::KeyRefused => "key_refused",
            Self::CreditUsedUp => "credit_used_up",
            Self::WhisulAway => "whisul_away",
            Self::DiscordAway => "discord_away",
            Self::GlobalQuota80 => "global_quota_80",
            Self::GlobalQuota100 => "global_quota_100",
            Self::DatabaseTrouble => "database_trouble",
            Self::OtherProcess => "other_process",
            Self::SchemaUpdated => "schema_updated",
        }
    }

    /// Whether it is there; `None` where that is not known, or is no state that lasts.
    pub(super) fn is_present(self, seen: &Observation, times: &AlertTimes) -> Option<bool> {
        let facts = &seen.facts;
        Some(match self {
            Self::KeyRefused => is_obstacle(facts, Obstacle::BadKey)?,
            Self::CreditUsedUp => is_obstacle(facts, Obstacle::OutOfCredit)?,
            Self::WhisulAway => facts.whisul().is_away,
            Self::DiscordAway => facts.is_discord_away(),
            Self::GlobalQuota80 => seen.global_quota_used? >= 80,
            Self::GlobalQuota100 => seen.global_quota_used? >= 100,
            // A loop that hangs knows nothing of the database.
            Self::DatabaseTrouble if facts.is_check_late() => return None,
            Self::DatabaseTrouble => facts.is_database_failing(),
            // Nothing says that the other process has stopped, but that it answers no more.
            Self::OtherProcess => seen.other_process.is_some_and(|age| age < times.again_after),
            Self::SchemaUpdated => return None,
        })
    }

    /// For how long it must be there before it is worth an alert.
    pub(super) fn patience(self, times: &AlertTimes) -> Duration {
        match self {
            Self::WhisulAway | Self::DiscordAway => times.outage,
            _ => Duration::ZERO,
        }
    }

    /// What people are told.
    pub(super) fn sentence(self, state: AlertState) -> &'static str {
        match (self, state) {
            (Self::KeyRefused, AlertState::Ended) => text::ALERT_KEY_ENDED,
            (Self::KeyRefused, _) => text::OWNER_BAD_KEY,
            (Self::CreditUsedUp, AlertState::Ended) => text::ALERT_CREDIT_ENDED,
            (Self::CreditUsedUp, _) => text::OWNER_OUT_OF_CREDIT,
            (Self::WhisulAway, AlertState::Ended) => text::ALERT_WHISUL_ENDED,
            (Self::WhisulAway, _) => text::ALERT_WHISUL_AWAY,
            (Self::DiscordAway, AlertState::Ended) => text::ALERT_DISCORD_ENDED,
            (Self::DiscordAway, _) => text::ALERT_DISCORD_AWAY,
            (Self::GlobalQuota80, AlertState::Ended) => text::ALERT_QUOTA_80_ENDED,
            (Self::GlobalQuota80, _) => text::ALERT_QUOTA_80,
            (Self::GlobalQuota100, AlertState::Ended) => text::ALERT_QUOTA_100_ENDED,
            (Self::GlobalQuota100, _) => text::ALERT_QUOTA_100,
            (Self::DatabaseTrouble, AlertState::Ended) => text::ALERT_DATABASE_ENDED,
            (Self::DatabaseTrouble, _) => text::ALERT_DATABASE,
            (Self::OtherProcess, AlertState::Ended) => text::ALERT_OTHER_PROCESS_ENDED,
            (Self::OtherProcess, _) => text::OWNER_OTHER_PROCESS,
            (Self::SchemaUpdated, _) => text::ALERT_SCHEMA_UPDATED,
        }
    }
}

/// Whether this keeps songs from Whisul; `None` while something else does, which hides it.
fn is_obstacle(facts: &Facts, obstacle: Obstacle) -> Option<bool> {
    match facts.whisul().obstacle {
        Some(other) if other != obstacle => None,
        found => Some(found.is_some()),
    }
}

impl AlertState {
    /// Its name, for programs.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Started => "started",
            Self::Ended => "ended",
            Self::Happened => "happened",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::WhisulHealth;

    fn is_present(cause: AlertCause, facts: Facts) -> Option<bool> {
        let seen = Observation { facts, ..Observation::default() };
        cause.is_present(&seen, &AlertTimes::default())
    }

    fn whisul(obstacle: Option<Obstacle>, is_away: bool) -> Facts {
        Facts { whisul: WhisulHealth { obstacle, is_away }, ..Facts::default() }
    }

    #[test]
    fn an_outage_says_nothing_about_the_key_and_the_credit() {
        let away = || whisul(Some(Obstacle::Unreachable), true);
        for (cause, obstacle) in [
            (AlertCause::KeyRefused, Obstacle::BadKey),
            (AlertCause::CreditUsedUp, Obstacle::OutOfCredit),
        ] {
            assert_eq!(is_present(cause, whisul(Some(obstacle), false)), Some(true));
            assert_eq!(is_present(cause, away()), None);
            assert_eq!(is_present(cause, whisul(None, false)), Some(false));
        }
        assert_eq!(is_present(AlertCause::WhisulAway, away()), Some(true));
    }

    #[test]
    fn an_outage_that_is_over_is_over_though_nobody_has_asked_for_a_song() {
        let held_back = whisul(Some(Obstacle::Unreachable), false);
        assert_eq!(is_present(AlertCause::WhisulAway, held_back), Some(false));
    }

    #[test]
    fn a_loop_that_hangs_is_no_trouble_of_the_database() {
        let age = |seconds| Some(Duration::from_secs(seconds));
        let facts = |checked| Facts { checked, database: age(60), ..Facts::default() };
        assert_eq!(is_present(AlertCause::DatabaseTrouble, facts(age(5))), Some(true));
        assert_eq!(is_present(AlertCause::DatabaseTrouble, facts(age(60))), None);
    }
}
