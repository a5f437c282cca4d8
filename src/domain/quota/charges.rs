//! The charges of the past, as far as limits look at them.

use std::collections::BTreeMap;

use crate::domain::{Grant, Timestamp};

/// The charges of the past that count against a request. `Past` is what is known of those of one
/// payer: all of them, latest first, or [`LastPlaces`].
#[derive(Clone, Debug, Default)]
pub struct Charges<Past = Vec<Timestamp>> {
    /// The requester's jobs that have no outcome yet.
    pub open: u32,
    /// The requester's charges, in every server, without those that a grant paid for.
    pub user: Past,
    /// The requester's grants, the one to be used first in front.
    pub grants: Vec<Grant>,
    /// The server's.
    pub guild: Past,
    /// Everybody's.
    pub global: Past,
}

/// Past charges of which one can be looked up by its place.
pub trait PastCharges {
    /// The time of the charge in this place, counted back from the latest, which is in place 1.
    fn nth_latest(&self, place: u32) -> Option<Timestamp>;
}

/// The charges in the last places of some quotas, by how many places the quota has. No other charge
/// decides whether a quota is full.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LastPlaces(pub BTreeMap<u32, Timestamp>);

impl<Past> Charges<Past> {
    /// The grants that can pay for a song `at` this time, the one to be used first in front.
    pub fn usable_grants(&self, at: Timestamp) -> impl Iterator<Item = &Grant> {
        self.grants.iter().filter(move |grant| grant.left > 0 && grant.expires_at > at)
    }
}

/// All charges, latest first.
impl PastCharges for Vec<Timestamp> {
    fn nth_latest(&self, place: u32) -> Option<Timestamp> {
        self.get(place.checked_sub(1)? as usize).copied()
    }
}

impl PastCharges for LastPlaces {
    fn nth_latest(&self, place: u32) -> Option<Timestamp> {
        self.0.get(&place).copied()
    }
}
