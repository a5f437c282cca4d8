//! Why a job ended without a song.

use super::Charge;

/// Why a job ended without a song, by what it means for the person and for the quota.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// It can't be found out any more whether its first answer stands: the bot was killed, or
    /// Discord was away for too long. Nothing was submitted.
    TooLate,
    /// Whisul would not take the prompt.
    Rejected {
        /// What Whisul said about it, if it said anything.
        reason: Option<String>,
    },
    /// Whisul answered the submission with something that it doesn't document, and surely made no
    /// job of it.
    Refused,
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
    /// Nobody can tell whether Whisul took the prompt. Submitting again could pay twice.
    UnknownFate,
}

impl Failure {
    /// What remains of a job's charge. Only where the key may have paid does its own guard, the
    /// global quota, keep the charge; the person never pays for a failure.
    pub fn remaining_charge(&self) -> Charge {
        match self {
            Self::UnknownFate | Self::Songless => Charge::KeyOnly,
            Self::TooLate
            | Self::Rejected { .. }
            | Self::Refused
            | Self::Generation { .. }
            | Self::Vanished
            | Self::GivenUp => Charge::None,
        }
    }
}
