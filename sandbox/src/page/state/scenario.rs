//! A running scenario.

use serde::Deserialize;

use super::{action::PersonAction, faults::ChosenFaults};

/// A scenario that a browser plays, and what to restore after it.
#[derive(Debug)]
pub(crate) struct Scenario {
    pub(crate) before: ChosenFaults,
    pub(crate) bot_ran: bool,
    pub(crate) cleanup: Cleanup,
}

/// What to clean up after a scenario, even if it is cut short.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Cleanup {
    /// The prompts of its songs: the server completes those that still run.
    pub(crate) prompts: Vec<String>,
    /// What people do to undo what others did.
    pub(crate) actions: Vec<PersonAction>,
}
