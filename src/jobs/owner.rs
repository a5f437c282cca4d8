//! Telling the bot's owner what only they can mend.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::time::Instant;
use tracing::{error, info, warn};

use super::Jobs;
use crate::{
    delivery::{DiscordError, Message, Obstacle, sentences},
    domain::{JobId, UserId},
};

/// The owner is told of the same problem once in so long a time, however often it comes and goes.
const AGAIN_AFTER: Duration = Duration::from_hours(1);

/// What the owner was told of, and when.
#[derive(Debug, Default)]
pub(super) struct Alerts(Mutex<Vec<(&'static str, Instant)>>);

impl Alerts {
    /// Whether it is time to tell of this, which is done then.
    fn is_due(&self, problem: &'static str) -> bool {
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        told.retain(|(_, at)| at.elapsed() < AGAIN_AFTER);
        let is_due = told.iter().all(|(other, _)| *other != problem);
        if is_due {
            told.push((problem, Instant::now()));
        }
        is_due
    }
}

impl Jobs {
    /// Tells the owner what holds songs up, if only they can mend that.
    pub(super) fn alert_owners(self: &Arc<Self>, obstacle: Obstacle) {
        let sentence = match obstacle {
            Obstacle::BadKey => sentences::OWNER_BAD_KEY,
            Obstacle::OutOfCredit => sentences::OWNER_OUT_OF_CREDIT,
            Obstacle::Unreachable | Obstacle::Busy => return,
        };
        self.alert_owners_of(sentence);
    }

    /// An interaction has a first response that this process did not give. What it asked for is left
    /// to the process that gave it: both would pay for the same song.
    pub fn answered_elsewhere(self: &Arc<Self>, interaction: JobId) {
        error!(%interaction, "another process responds with this bot's token");
        self.alert_owners_of(sentences::OWNER_OTHER_PROCESS);
    }

    fn alert_owners_of(self: &Arc<Self>, problem: &'static str) {
        if self.alerts.is_due(problem) {
            self.tasks.spawn(Arc::clone(self).tell_owners(problem));
        }
    }

    /// Sends a direct message to whoever is responsible for the application. One try: the log
    /// has it, too.
    pub(crate) async fn tell_owners(self: Arc<Self>, sentence: &'static str) {
        let owners = match self.discord.application().await {
            Ok(application) => application.owners,
            Err(error) => {
                warn!(%error, "the bot's owner could not be found");
                return;
            }
        };
        for owner in owners {
            match self.tell(owner, sentence).await {
                Ok(()) => info!(%owner, "told the bot's owner"),
                Err(error) => warn!(%owner, %error, "the bot's owner could not be told"),
            }
        }
    }

    async fn tell(&self, person: UserId, sentence: &str) -> Result<(), DiscordError> {
        let channel = self.discord.direct_channel(person).await?;
        let nonce = self.clock.now().millis().to_string();
        self.discord.post(channel, &Message::text(sentence), nonce).await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn the_same_problem_is_told_once_an_hour_and_another_one_at_once() {
        let alerts = Alerts::default();
        assert!(alerts.is_due("bad key"));
        tokio::time::advance(Duration::from_mins(59)).await;
        assert!(!alerts.is_due("bad key"));
        assert!(alerts.is_due("out of credit"));
        tokio::time::advance(Duration::from_mins(1)).await;
        assert!(alerts.is_due("bad key"));
    }
}
