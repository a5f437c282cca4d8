//! Another process responds to this bot's interactions.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::time::Instant;
use tracing::error;

use super::Jobs;
use crate::{delivery::sentences, domain::JobId};

/// How often the owner is told of it, at most.
const INTERVAL: Duration = Duration::from_hours(1);

/// When the owner was last told of it.
#[derive(Debug, Default)]
pub(super) struct Elsewhere(Mutex<Option<Instant>>);

impl Elsewhere {
    fn is_news(&self) -> bool {
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_news = told.is_none_or(|told| told.elapsed() >= INTERVAL);
        if is_news {
            *told = Some(Instant::now());
        }
        is_news
    }
}

impl Jobs {
    /// An interaction has a first response that this process did not give. Whatever it asked for is
    /// left to the process that gave it: both would pay for the same song.
    pub fn answered_elsewhere(self: &Arc<Self>, interaction: JobId) {
        error!(%interaction, "another process responds with this bot's token");
        if self.elsewhere.is_news() {
            let told = Arc::clone(self).tell_owners(sentences::OWNER_OTHER_PROCESS);
            self.tasks.spawn(told);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn the_owner_is_told_at_most_once_an_hour() {
        let elsewhere = Elsewhere::default();
        assert!(elsewhere.is_news());
        tokio::time::advance(INTERVAL / 2).await;
        assert!(!elsewhere.is_news());
        tokio::time::advance(INTERVAL / 2).await;
        assert!(elsewhere.is_news());
        assert!(!elsewhere.is_news());
    }
}
