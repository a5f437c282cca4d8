//! The disk: the rows that were written, and nothing else of what the bot knew.

use std::{collections::BTreeMap, time::Duration};

use whisul_bot::{
    domain::{Charge, Charges, Failure, Job, Limits, Requester, State, Timestamp, UserId},
    store::Admission,
};

use super::world::index_of;

/// A row for each job that was accepted, as `store` keeps them.
#[derive(Default)]
pub(crate) struct Disk {
    rows: BTreeMap<usize, Job>,
}

impl Disk {
    pub(crate) fn row(&self, index: usize) -> Option<&Job> {
        self.rows.get(&index)
    }

    pub(crate) fn rows(&self) -> impl Iterator<Item = &Job> {
        self.rows.values()
    }

    /// What the next run of the bot finds.
    pub(crate) fn unsettled(&self) -> Vec<Job> {
        let mut left: Vec<Job> = self.rows().filter(|row| !row.is_settled()).cloned().collect();
        left.sort_by_key(|row| row.id);
        left
    }

    /// As `Store::rounds_called`.
    pub(crate) fn rounds_called(&self) -> Vec<(UserId, u32)> {
        let called = |row: &&Job| match &row.state {
            State::Submitting | State::Running { .. } | State::Completed { .. } => true,
            State::Failed(failure) => !matches!(failure, Failure::TooLate | Failure::Expired),
            _ => false,
        };
        self.rows().filter(called).map(|row| (row.requester, row.round)).collect()
    }

    /// As `Store::admit`: in one transaction.
    pub(crate) fn admit(
        &mut self,
        job: &Job,
        requester: &Requester<'_>,
        limits: &Limits,
    ) -> Admission {
        let index = index_of(job.id);
        if self.row(index).is_some() {
            return Admission::Known;
        }
        if let Err(refusal) = limits.admit(requester, &self.charges(job), job.id.created_at()) {
            return Admission::Refused(refusal);
        }
        self.rows.insert(index, job.clone());
        Admission::Accepted
    }

    /// As `Store::save`: only over a row that is still as far as `before`.
    pub(crate) fn save(&mut self, before: &Job, after: &Job) -> bool {
        let Some(row) = self.rows.get_mut(&index_of(before.id)) else { return false };
        let stage = |job: &Job| (job.state.name(), job.delivery, job.follow_ups);
        if stage(row) != stage(before) {
            return false;
        }
        *row = after.clone();
        if row.is_settled() {
            row.place.token = None;
        }
        true
    }

    /// As `Store::refunded`.
    pub(crate) fn refunded(&self, requester: UserId, since: Timestamp) -> u32 {
        let counts = |row: &&Job| {
            row.requester == requester && is_refunded(row) && row.id.created_at() > since
        };
        u32::try_from(self.rows().filter(counts).count()).unwrap()
    }

    fn charges(&self, job: &Job) -> Charges {
        let open = self.rows().filter(|row| row.requester == job.requester && !row.has_outcome());
        Charges {
            open: u32::try_from(open.count()).unwrap(),
            user: self.charged(|row| row.charge == Charge::Full && row.requester == job.requester),
            grants: Vec::new(),
            guild: self
                .charged(|row| row.charge == Charge::Full && row.place.guild == job.place.guild),
            global: self.charged(|row| row.charge != Charge::None),
        }
    }

    /// The times of some charges, latest first.
    pub(crate) fn charged(&self, counts: impl Fn(&Job) -> bool) -> Vec<Timestamp> {
        let counted = self.rows().filter(|row| counts(row));
        let mut times: Vec<_> = counted.map(|row| row.id.created_at()).collect();
        times.sort_unstable_by(|one, other| other.cmp(one));
        times
    }

    /// The most charges that any stretch of time as long as `window` holds.
    pub(crate) fn most_in(&self, window: Duration, counts: impl Fn(&Job) -> bool) -> usize {
        let times = self.charged(counts);
        let from = |(place, last): (usize, &Timestamp)| {
            times[place..].iter().take_while(|time| time.after(window) > *last).count()
        };
        times.iter().enumerate().map(from).max().unwrap_or(0)
    }
}

/// Whether a song failed for which Whisul may have been paid, and its requester was not charged.
pub(crate) fn is_refunded(row: &Job) -> bool {
    row.charge == Charge::KeyOnly && !matches!(row.state, State::Failed(Failure::Ended { .. }))
}
