//! Prompts in a row for which Whisul rejected the key, although it answered a probe with the same key.
//! One may be the prompt's own fault: a firewall dislikes it. Several mean that the key may read, but
//! not submit.

use crate::domain::UserId;

/// How often a prompt is sent at most that Whisul turns away while it takes others.
pub(in crate::jobs) const KEY_REJECTION_TRIES: u32 = 3;

/// So many people's prompts.
const MIN_PEOPLE: usize = 2;
/// More than two prompts of one person, each of which is sent a few times.
const OF_ONE_PERSON: u32 = 2 * KEY_REJECTION_TRIES;

/// How often Whisul rejected the key for prompts. Ends with the next prompt that Whisul takes.
#[derive(Debug, Default)]
pub(super) struct KeyRejections {
    /// Those that no probe has told about yet, with the doubt that each has raised.
    suspected: Vec<(u64, Option<UserId>)>,
    /// Whose the others were.
    people: Vec<UserId>,
    count: u32,
}

impl KeyRejections {
    pub(super) fn suspect(&mut self, doubt: u64, of: Option<UserId>) {
        self.suspected.push((doubt, of));
    }

    /// Whisul is not well, which explains those up to this doubt.
    pub(super) fn explain(&mut self, doubt: u64) {
        self.suspected.retain(|(raised, _)| *raised > doubt);
    }

    /// Whisul is well: those up to this doubt count. Returns whether there were any.
    pub(super) fn confirm(&mut self, doubt: u64) -> bool {
        let before = self.count;
        for (_, of) in self.suspected.extract_if(.., |(raised, _)| *raised <= doubt) {
            self.count += 1;
            self.people.extend(of.filter(|of| !self.people.contains(of)));
        }
        self.count > before
    }

    /// Whether a person's prompt was among them.
    pub(super) fn concern(&self, person: UserId) -> bool {
        self.people.contains(&person)
    }

    /// Whether they are too many to be the prompts' own fault.
    pub(super) fn blame_the_key(&self) -> bool {
        self.people.len() >= MIN_PEOPLE || self.count > OF_ONE_PERSON
    }
}
