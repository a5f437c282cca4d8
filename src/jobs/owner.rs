//! Telling the bot's owner what only they can mend.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::time::Instant;
use tracing::{info, warn};

use super::Jobs;
use crate::{
    delivery::{DiscordError, Message, Obstacle, sentences},
    domain::UserId,
};

/// The owner is told of the same problem once in so long a time, however often it comes and goes.
const AGAIN_AFTER: Duration = Duration::from_hours(1);

/// What the owner was told of, and when.
#[derive(Debug, Default)]
pub(super) struct Alerts(Mutex<Vec<(Obstacle, Instant)>>);

impl Alerts {
    /// Whether it is time to tell of this, which is done then.
    fn is_due(&self, obstacle: Obstacle) -> bool {
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        told.retain(|(_, at)| at.elapsed() < AGAIN_AFTER);
        let is_due = told.iter().all(|(other, _)| *other != obstacle);
        if is_due {
            told.push((obstacle, Instant::now()));
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
        if self.alerts.is_due(obstacle) {
            self.tasks.spawn(Arc::clone(self).tell_owners(sentence));
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
        assert!(alerts.is_due(Obstacle::BadKey));
        tokio::time::advance(Duration::from_mins(59)).await;
        assert!(!alerts.is_due(Obstacle::BadKey));
        assert!(alerts.is_due(Obstacle::OutOfCredit));
        tokio::time::advance(Duration::from_mins(1)).await;
        assert!(alerts.is_due(Obstacle::BadKey));
    }
}
