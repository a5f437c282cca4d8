//! Prompts of unknown outcome in a row. Several are an outage that probes can't see.

use crate::domain::UserId;

/// This many in a row count as an outage.
const OUTAGE: u32 = 2;

/// How many there were since Whisul last took a prompt, and whose.
#[derive(Debug, Default)]
pub(super) struct UnknownStreak {
    count: u32,
    /// Their requester, if it is one alone: then they may be the prompts' own fault.
    only_of: Option<UserId>,
}

impl UnknownStreak {
    pub(super) fn add(&mut self, prompt_of: Option<UserId>) {
        let is_first = self.count == 0;
        let is_same = |of: &UserId| is_first || self.only_of == Some(*of);
        self.only_of = prompt_of.filter(is_same);
        self.count += 1;
    }

    pub(super) fn is_outage(&self) -> bool {
        self.count >= OUTAGE
    }

    /// Whether all of them were this requester's.
    pub(super) fn is_of(&self, requester: UserId) -> bool {
        self.only_of == Some(requester)
    }

    /// Whether all of them were one other requester's.
    pub(super) fn is_only_of_others_than(&self, requester: UserId) -> bool {
        self.only_of.is_some_and(|other| other != requester)
    }
}
