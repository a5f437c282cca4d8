//! What goes wrong: how often at all in a world, and how it is at present.

use super::chance::Chance;

/// How it is on the way to a service at present.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sky {
    /// All is well.
    Clear,
    /// Any request may go wrong.
    Stormy,
    /// None gets through.
    Down,
}

/// What becomes of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    Fine,
    /// It surely was not sent.
    NotSent,
    /// It was turned away before anything was done about it.
    TurnedAway,
    /// It broke off on the way there.
    CutBefore,
    /// It was carried out, and the answer broke off.
    CutAfter,
}

/// What becomes of a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WriteFate {
    Fine,
    Failed,
    /// It was carried out, and said to have failed.
    Doubtful,
}

/// How often things go wrong in a world.
pub(crate) struct Climate {
    not_sent: f64,
    turned_away: f64,
    cut_before: f64,
    cut_after: f64,
    /// How often the bot's own rate limits keep a delivery back for long.
    pub(crate) kept_back: f64,
    write_failed: f64,
    write_doubtful: f64,
    /// How often a service goes down altogether when the weather changes.
    pub(crate) outage: f64,
    /// How often the bot is killed in the moment after it has asked for something.
    pub(crate) crash: f64,
    /// How often it stays away for longer than a token lives.
    pub(crate) long_absence: f64,
    /// How often an interaction comes twice.
    pub(crate) redelivery: f64,
    /// How often a person deletes a message.
    pub(crate) deletion: f64,
    pub(crate) cancellation: f64,
    /// How often the bot's clock is wrong when it starts.
    pub(crate) wrong_clock: f64,
    /// How often Discord takes offence at a message.
    pub(crate) offence: f64,
    /// How often who can reach what changes when the weather does.
    pub(crate) access: f64,
}

impl Climate {
    pub(crate) fn random(chance: &mut Chance) -> Self {
        Self {
            not_sent: chance.rate(0.2),
            turned_away: chance.rate(0.2),
            cut_before: chance.rate(0.2),
            cut_after: chance.rate(0.2),
            kept_back: chance.rate(0.1),
            write_failed: chance.rate(0.3),
            write_doubtful: chance.rate(0.1),
            outage: chance.rate(0.4),
            crash: chance.rate(0.03),
            long_absence: chance.rate(0.3),
            redelivery: chance.rate(0.3),
            deletion: chance.rate(0.2),
            cancellation: chance.rate(0.2),
            wrong_clock: chance.rate(0.5),
            offence: chance.rate(0.1),
            access: chance.rate(0.5),
        }
    }

    /// One in which nothing goes wrong any more.
    pub(crate) fn kind() -> Self {
        Self {
            not_sent: 0.0,
            turned_away: 0.0,
            cut_before: 0.0,
            cut_after: 0.0,
            kept_back: 0.0,
            write_failed: 0.0,
            write_doubtful: 0.0,
            outage: 0.0,
            crash: 0.0,
            long_absence: 0.0,
            redelivery: 0.0,
            deletion: 0.0,
            cancellation: 0.0,
            wrong_clock: 0.0,
            offence: 0.0,
            access: 0.0,
        }
    }

    pub(crate) fn sky(&self, chance: &mut Chance) -> Sky {
        if chance.of(self.outage) {
            Sky::Down
        } else if chance.of(0.5) {
            Sky::Stormy
        } else {
            Sky::Clear
        }
    }

    pub(crate) fn fate(&self, sky: Sky, chance: &mut Chance) -> Fate {
        match sky {
            Sky::Clear => Fate::Fine,
            Sky::Down if chance.of(0.5) => Fate::NotSent,
            Sky::Down => Fate::CutBefore,
            Sky::Stormy => {
                let faults = [
                    (self.not_sent, Fate::NotSent),
                    (self.turned_away, Fate::TurnedAway),
                    (self.cut_before, Fate::CutBefore),
                    (self.cut_after, Fate::CutAfter),
                ];
                let happens = faults.into_iter().find(|(rate, _)| chance.of(*rate));
                happens.map_or(Fate::Fine, |(_, fate)| fate)
            }
        }
    }

    pub(crate) fn write_fate(&self, sky: Sky, chance: &mut Chance) -> WriteFate {
        match sky {
            Sky::Down => WriteFate::Failed,
            Sky::Stormy if chance.of(self.write_failed) => WriteFate::Failed,
            Sky::Stormy if chance.of(self.write_doubtful) => WriteFate::Doubtful,
            Sky::Stormy | Sky::Clear => WriteFate::Fine,
        }
    }
}
