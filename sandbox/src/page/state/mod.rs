//! What the page's request handlers share.

pub(crate) mod action;
pub(crate) mod environment;
pub(crate) mod faults;
pub(crate) mod scenario;

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::Mutex,
    time::{Instant, SystemTime},
};

use crate::Changes;
use environment::Environment;
use faults::FaultControls;
use scenario::Scenario;

/// What all requests share.
#[derive(Debug)]
pub(crate) struct PageState {
    pub(crate) environment: Environment,
    pub(crate) faults: Mutex<FaultControls>,
    pub(crate) scenario: Mutex<Option<Scenario>>,
    pub(crate) changes: Changes,
    pub(crate) address: SocketAddr,
    /// Each person's direct messages with the bot, by the person's id.
    pub(crate) dms: BTreeMap<u64, u64>,
    /// One moment on both clocks.
    pub(crate) opened: (Instant, SystemTime),
}

impl PageState {
    /// The wall clock's time of a moment, in milliseconds since 1970.
    pub(crate) fn wall_clock(&self, moment: Instant) -> u128 {
        let (instant, time) = self.opened;
        let moment = match moment.checked_duration_since(instant) {
            Some(after) => time + after,
            None => time - instant.duration_since(moment),
        };
        millis(moment)
    }
}

/// Milliseconds since 1970.
pub(crate) fn millis(time: SystemTime) -> u128 {
    time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_millis()
}
