//! How the domain's enums are stored: as words. A word that has been released changes only by
//! migration.

use crate::domain::{
    Canceller, Charge, Delivery, Failure, MessageAccess, NewMessageTarget, State, UserId,
};

/// A kind that is stored as a word.
pub(in crate::store) trait Word: Copy + 'static {
    /// Every one of its kind.
    const ALL: &'static [Self];

    /// Its word.
    fn word(self) -> &'static str;

    /// The one that a word stands for.
    fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.word() == word)
    }
}

impl Word for MessageAccess {
    const ALL: &'static [Self] = &[Self::Channel, Self::TokenOnly];

    fn word(self) -> &'static str {
        match self {
            Self::Channel => "channel",
            Self::TokenOnly => "token",
        }
    }
}

impl Word for Charge {
    const ALL: &'static [Self] = &[Self::Full, Self::KeyOnly, Self::None];

    fn word(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::KeyOnly => "key",
            Self::None => "none",
        }
    }
}

impl Word for Delivery {
    const ALL: &'static [Self] = &[
        Self::Pending,
        Self::Posting(NewMessageTarget::InChannel),
        Self::Posting(NewMessageTarget::Direct),
        Self::Delivered,
        Self::Undeliverable,
    ];

    fn word(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Posting(NewMessageTarget::InChannel) => "posting_in_channel",
            Self::Posting(NewMessageTarget::Direct) => "posting_directly",
            Self::Delivered => "delivered",
            Self::Undeliverable => "undeliverable",
        }
    }
}

/// The word for a state; what else the state holds has its own columns.
pub(super) fn state_word(state: &State) -> &'static str {
    match state {
        State::Accepted => "accepted",
        State::Announced => "announced",
        State::Submitting => "submitting",
        State::Running { .. } => "running",
        State::Completed { .. } => "completed",
        State::Failed(_) => "failed",
        State::Abandoned => "abandoned",
        State::Cancelled(_) => "cancelled",
    }
}

/// The word for a failure; its reason has its own column.
pub(super) fn failure_word(failure: &Failure) -> &'static str {
    match failure {
        Failure::TooLate => "too_late",
        Failure::Expired => "expired",
        Failure::Rejected { .. } => "rejected",
        Failure::Undocumented => "refused",
        Failure::Generation { .. } => "generation",
        Failure::Songless => "songless",
        Failure::Vanished => "vanished",
        Failure::GivenUp => "given_up",
        Failure::Ended { .. } => "ended",
        Failure::UnknownOutcome => "unknown_fate",
    }
}

/// The word for who cancelled a song; a moderator's is their id.
pub(super) fn canceller_word(by: Canceller) -> String {
    match by {
        Canceller::Requester => "requester".to_owned(),
        Canceller::Owner => "owner".to_owned(),
        Canceller::Deletion => "deletion".to_owned(),
        Canceller::Moderator(person) => person.to_string(),
    }
}

/// Who cancelled a song, from such a word.
pub(in crate::store) fn canceller(word: &str) -> Option<Canceller> {
    Some(match word {
        "requester" => Canceller::Requester,
        "owner" => Canceller::Owner,
        "deletion" => Canceller::Deletion,
        id => Canceller::Moderator(UserId(id.parse().ok()?)),
    })
}
