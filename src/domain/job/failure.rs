//! Why a job ended without a song.

use crate::domain::Charge;

/// How many possibly paid failures are refunded to a person within their longest quota window.
/// Those after them count: otherwise one person could use up the global quota with a prompt that
/// fails each time.
pub const REFUNDS: u32 = 3;

/// Why a job ended without a song, by what it means for the person and for the quota.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// It can't be found out any more whether its first response exists: the bot was killed, or
    /// Discord was away for too long. Nothing was submitted.
    TooLate,
    /// It waited for its turn for so long that nobody expects it any more. Nothing was submitted.
    Expired,
    /// Whisul would not take the prompt.
    Rejected {
        /// What Whisul said about it, if it said anything.
        reason: Option<String>,
    },
    /// Whisul answered the submission with something that it doesn't document, and surely made no
    /// job of it.
    Undocumented,
    /// Whisul took the prompt, and reported failure later.
    Generation {
        /// What Whisul said about it, if it said anything.
        reason: Option<String>,
    },
    /// Whisul took the prompt, and reported success without a song.
    Songless,
    /// Whisul took the prompt and no longer knows the job: expired, or lost.
    Vanished,
    /// It ran for longer than the bot waits.
    GivenUp,
    /// The bot's owner ended it while it ran.
    Ended {
        /// The reason that they gave.
        reason: Option<String>,
    },
    /// Nobody can tell whether Whisul took the prompt. Submitting again could pay twice.
    UnknownOutcome,
}

impl Failure {
    /// What remains of a job's charge. What Whisul took, or may have taken, stays charged to the
    /// key: that is what the global quota is there for. The person gets their charge back, unless
    /// that has happened to them [`REFUNDS`] times already; `refunded` says how often it has.
    pub fn remaining_charge(&self, refunded: u32) -> Charge {
        match self {
            Self::TooLate | Self::Expired | Self::Rejected { .. } | Self::Undocumented => {
                Charge::None
            }
            // The owner ended it, so the person is refunded.
            Self::Ended { .. } => Charge::KeyOnly,
            Self::Generation { .. }
            | Self::Songless
            | Self::Vanished
            | Self::GivenUp
            | Self::UnknownOutcome => {
                if refunded < REFUNDS {
                    Charge::KeyOnly
                } else {
                    Charge::Full
                }
            }
        }
    }
}
