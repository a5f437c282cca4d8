//! What the signs of life mean.

use std::time::Duration;

use serde::Serialize;

use crate::{
    domain::Obstacle,
    metrics::{Heartbeat, WhisulHealth},
};

/// A check may be late by a database that takes its time, but not by more than this.
const CHECK_LATE: Duration = Duration::from_secs(30);
/// For how long the database may be busy with something else, such as another program's write.
const DATABASE_LATE: Duration = Duration::from_secs(15);
/// Heartbeat intervals without an acknowledgement before this counts as unhealthy. It leaves time
/// to reconnect after the first.
const MISSED_INTERVALS_MAX: u32 = 3;

/// What is known.
#[derive(Clone, Debug, Default)]
pub(in crate::ops) struct Facts {
    /// How long ago the bot last looked at itself.
    pub(in crate::ops) checked: Option<Duration>,
    /// How long ago the database last let it write.
    pub(in crate::ops) database: Option<Duration>,
    pub(in crate::ops) heartbeats: Vec<Heartbeat>,
    pub(in crate::ops) are_commands_registered: bool,
    pub(in crate::ops) is_key_accepted: bool,
    pub(in crate::ops) whisul: WhisulHealth,
}

/// Something that is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(super) struct HealthProblem {
    /// For programs.
    pub(super) code: &'static str,
    /// For people.
    pub(super) reason: &'static str,
}

/// Good, or what is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Judgement(pub(super) Vec<HealthProblem>);

impl Judgement {
    pub(super) fn is_good(&self) -> bool {
        self.0.is_empty()
    }
}

impl Facts {
    /// A fresh start has no signs yet, and is no failure.
    pub(super) fn alive(&self) -> Judgement {
        let mut wrong = Vec::new();
        if is_late(self.checked, CHECK_LATE) {
            // What the loop would have found out about the database is not known then.
            wrong.push(HealthProblem { code: "hung", reason: "the bot's own loop has stopped" });
        } else if self.is_database_failing() {
            wrong.push(HealthProblem { code: "database", reason: "the database can't be written" });
        }
        Judgement(wrong)
    }

    /// Whether the database has not let the bot write for a while.
    pub(in crate::ops) fn is_database_failing(&self) -> bool {
        let is_silent = self.checked.is_some() && self.database.is_none();
        is_silent || is_late(self.database, DATABASE_LATE)
    }

    /// Whether Discord's gateway has not answered for a while, or never has.
    pub(in crate::ops) fn is_discord_away(&self) -> bool {
        let is_silent = |it: &Heartbeat| it.age > it.interval * MISSED_INTERVALS_MAX;
        self.heartbeats.is_empty() || self.heartbeats.iter().any(is_silent)
    }

    /// Whether the loop that looks at the database has been silent for so long that nothing is known of
    /// it.
    pub(in crate::ops) fn is_check_late(&self) -> bool {
        is_late(self.checked, DATABASE_LATE)
    }

    /// How Whisul was found by the latest check.
    pub(in crate::ops) fn whisul(&self) -> WhisulHealth {
        self.whisul
    }

    pub(super) fn ready(&self) -> Judgement {
        let Judgement(mut wrong) = self.alive();
        let mut add = |code, reason| wrong.push(HealthProblem { code, reason });
        if self.checked.is_none() {
            add("starting", "the bot has just started");
        }
        if self.heartbeats.is_empty() {
            add("gateway", "the bot has not connected to Discord yet");
        } else if self.is_discord_away() {
            add("gateway", "Discord's gateway does not answer");
        }
        if !self.are_commands_registered {
            add("commands", "the commands are not registered with Discord yet");
        }
        match self.whisul.obstacle {
            Some(Obstacle::BadKey) => add("key", "Whisul rejects the API key"),
            Some(Obstacle::OutOfCredit) => add("credit", "the API key's account is out of credit"),
            Some(Obstacle::Unreachable) => add("whisul", "Whisul can't be reached"),
            Some(Obstacle::Busy) => add("whisul", "Whisul has asked for a pause"),
            None if !self.is_key_accepted => add("key", "Whisul has not accepted the API key yet"),
            None => {}
        }
        Judgement(wrong)
    }
}

fn is_late(age: Option<Duration>, limit: Duration) -> bool {
    age.is_some_and(|age| age > limit)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn well() -> Facts {
        Facts {
            checked: Some(SECOND),
            database: Some(SECOND),
            heartbeats: vec![Heartbeat { age: 40 * SECOND, interval: 41 * SECOND }],
            are_commands_registered: true,
            is_key_accepted: true,
            whisul: WhisulHealth::default(),
        }
    }

    fn codes(Judgement(wrong): Judgement) -> Vec<&'static str> {
        wrong.iter().map(|reason| reason.code).collect()
    }

    #[test]
    fn a_bot_that_works_is_alive_and_ready() {
        assert!(well().alive().is_good() && well().ready().is_good());
    }

    #[test]
    fn a_bot_that_starts_is_alive_and_not_ready() {
        let facts = Facts::default();
        assert!(facts.alive().is_good());
        assert_eq!(codes(facts.ready()), ["starting", "gateway", "commands", "key"]);
    }

    #[test]
    fn only_what_a_restart_may_mend_makes_it_dead() {
        let hung = Facts { checked: Some(31 * SECOND), ..well() };
        assert_eq!(codes(hung.alive()), ["hung"]);
        for database in [None, Some(16 * SECOND)] {
            assert_eq!(codes(Facts { database, ..well() }.alive()), ["database"]);
        }
        let silent = Heartbeat { age: 124 * SECOND, interval: 41 * SECOND };
        let away = Facts {
            heartbeats: vec![silent],
            whisul: WhisulHealth { obstacle: Some(Obstacle::Unreachable), is_away: true },
            is_key_accepted: false,
            are_commands_registered: false,
            ..well()
        };
        assert!(away.alive().is_good());
        assert_eq!(codes(away.ready()), ["gateway", "commands", "whisul"]);
    }

    #[test]
    fn one_silent_shard_is_enough() {
        let beats = |age| Heartbeat { age, interval: 41 * SECOND };
        let facts = |other| Facts { heartbeats: vec![beats(SECOND), beats(other)], ..well() };
        assert!(facts(123 * SECOND).ready().is_good());
        assert_eq!(codes(facts(124 * SECOND).ready()), ["gateway"]);
    }
}
