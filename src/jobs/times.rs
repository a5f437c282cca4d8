//! What a job's message has told about times: kept, so that it is not told otherwise without need.

use super::Jobs;
use crate::domain::{Job, Outlook, State};

/// See the module.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct ToldTimes {
    /// About the song, since Whisul makes it.
    outlook: Option<Outlook>,
}

impl ToldTimes {
    /// What can be said about the song. It stays the same while the song is made.
    pub(super) fn outlook(&mut self, jobs: &Jobs, job: &Job) -> Outlook {
        match job.state {
            State::Running { .. } => *self.outlook.get_or_insert_with(|| jobs.estimate().outlook()),
            _ => Outlook::default(),
        }
    }
}
