//! The bytes of a file: those that are on disk, and changes that may be.

use std::sync::Arc;

use crate::choice::Choice;

/// What a disk writes in one step, in bytes.
const SECTOR: u64 = 512;

/// See the module.
#[derive(Clone, Default)]
pub(crate) struct File {
    synced: Vec<u8>,
    /// By the number of events before them.
    unsynced: Vec<(usize, Change)>,
    /// What a program that runs reads.
    seen: Vec<u8>,
}

/// A change of a file.
#[derive(Clone)]
pub(crate) enum Change {
    /// The offset, and the bytes.
    Write(u64, Arc<[u8]>),
    Length(u64),
}

impl File {
    /// A file all of which is synced.
    pub(crate) fn of(bytes: Vec<u8>) -> Self {
        Self { synced: bytes.clone(), unsynced: Vec::new(), seen: bytes }
    }

    /// Changes it after so many events.
    pub(crate) fn change(&mut self, events: usize, change: Change) {
        change.apply(&mut self.seen, |_| true);
        self.unsynced.push((events, change));
    }

    /// The number of changes that may be kept or lost.
    pub(crate) fn unsynced(&self) -> usize {
        self.unsynced.len()
    }

    pub(crate) fn seen(&self) -> &[u8] {
        &self.seen
    }

    /// Nobody can find it any more.
    pub(crate) fn forget(&mut self) {
        self.unsynced.clear();
    }

    /// Brings to disk what was changed before so many events.
    pub(crate) fn sync(&mut self, before: usize) {
        let Self { synced, unsynced, .. } = self;
        unsynced.retain(|(event, change)| {
            let is_synced = *event <= before;
            if is_synced {
                change.apply(synced, |_| true);
            }
            !is_synced
        });
    }

    /// What is left of it. `number` is that of its first change in the choice.
    pub(crate) fn kept(&self, number: usize, choice: Choice) -> Vec<u8> {
        let mut bytes = self.synced.clone();
        for (number, (_, change)) in (number..).zip(&self.unsynced) {
            change.apply(&mut bytes, |sector| choice.keeps(number, sector));
            // The length is not written with the bytes.
            if let Change::Write(offset, data) = change
                && choice.keeps_length(number)
            {
                let end = usize::try_from(*offset).unwrap() + data.len();
                bytes.resize(bytes.len().max(end), 0);
            }
        }
        bytes
    }
}

impl Change {
    /// Carries out what is kept, by the numbers of the sectors.
    fn apply(&self, bytes: &mut Vec<u8>, keeps: impl Fn(u64) -> bool) {
        match self {
            Self::Length(length) if keeps(0) => bytes.resize(usize::try_from(*length).unwrap(), 0),
            Self::Length(_) => {}
            Self::Write(offset, data) => {
                let mut rest = &data[..];
                let mut at = *offset;
                while !rest.is_empty() {
                    let left = usize::try_from(SECTOR - at % SECTOR).unwrap().min(rest.len());
                    let (sector, others) = rest.split_at(left);
                    if keeps(at / SECTOR) {
                        let begin = usize::try_from(at).unwrap();
                        bytes.resize(bytes.len().max(begin + left), 0);
                        bytes[begin..begin + left].copy_from_slice(sector);
                    }
                    at += left as u64;
                    rest = others;
                }
            }
        }
    }
}
