//! Telling the bot's owner what only they can mend.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::time::Instant;
use tracing::{debug, error, info, warn};

use super::{Backoff, Jobs};
use crate::{
    discord_api::{DiscordError, Message},
    domain::{InteractionId, Obstacle, UserId},
    messages::text,
    metrics::Activity,
};

/// The owner is told of the same problem once in so long a time, however often it comes and goes.
const AGAIN_AFTER: Duration = Duration::from_hours(1);

/// How often it is tried to tell them, and how long is waited in between.
const ALERT_TRIES: u32 = 8;
const FIRST_WAIT: Duration = Duration::from_secs(1);
const LONGEST_WAIT: Duration = Duration::from_mins(2);

/// What only the owner can mend.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OwnerProblem {
    /// Whisul rejects the key.
    BadKey,
    /// The key's account is out of credit.
    OutOfCredit,
    /// Another process responds with the bot's token.
    OtherProcess,
    /// Interactions go to an address, and so none to the bot.
    InteractionsEndpoint,
}

impl OwnerProblem {
    fn sentence(self) -> &'static str {
        match self {
            Self::BadKey => text::OWNER_BAD_KEY,
            Self::OutOfCredit => text::OWNER_OUT_OF_CREDIT,
            Self::OtherProcess => text::OWNER_OTHER_PROCESS,
            Self::InteractionsEndpoint => text::INTERACTIONS_ENDPOINT,
        }
    }
}

/// What the owner was told of, and when.
#[derive(Debug, Default)]
pub(super) struct Alerts(Mutex<Vec<(OwnerProblem, Instant)>>);

impl Alerts {
    /// Whether an alert for this problem is due. If so, records it as sent.
    fn is_due(&self, problem: OwnerProblem) -> bool {
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
        match obstacle {
            Obstacle::BadKey => self.alert_owners_of(OwnerProblem::BadKey),
            Obstacle::OutOfCredit => self.alert_owners_of(OwnerProblem::OutOfCredit),
            Obstacle::Unreachable | Obstacle::Busy => {}
        }
    }

    /// An interaction has a first response that this process did not give. What it asked for is left
    /// to the process that gave it: both would pay for the same song.
    pub fn acknowledged_elsewhere(self: &Arc<Self>, interaction: InteractionId) {
        error!(%interaction, "another process responds with this bot's token");
        self.metrics.last_seen().record(Activity::OtherProcess);
        self.alert_owners_of(OwnerProblem::OtherProcess);
    }

    fn alert_owners_of(self: &Arc<Self>, problem: OwnerProblem) {
        if self.alerts.is_due(problem) {
            self.tasks.spawn(Arc::clone(self).tell_owners(problem));
        }
    }

    /// Sends a direct message to the person who is responsible for the application, and tries again
    /// where that may help: nobody else can mend what it tells of.
    pub(crate) async fn tell_owners(self: Arc<Self>, problem: OwnerProblem) {
        let owners = match self.retry(|| self.discord.application()).await {
            Ok(application) => application.owners,
            Err(error) => {
                warn!(%error, "finding the bot's owner failed");
                return;
            }
        };
        // One nonce for all tries, so that one of unknown outcome makes no second message.
        let nonce = self.clock.now().millis().to_string();
        for owner in owners {
            match self.retry(|| self.tell(owner, problem.sentence(), &nonce)).await {
                Ok(()) => info!(%owner, "told the bot's owner"),
                Err(error) => warn!(%owner, %error, "telling the bot's owner failed"),
            }
        }
    }

    /// Retries `work` on passing errors, at most [`ALERT_TRIES`] times, until the bot stops.
    async fn retry<T, F>(&self, work: impl Fn() -> F) -> Result<T, DiscordError>
    where
        F: Future<Output = Result<T, DiscordError>>,
    {
        let mut backoff = Backoff::new(FIRST_WAIT, LONGEST_WAIT);
        for _ in 1..ALERT_TRIES {
            match work().await {
                Err(error) if error.is_passing() => {
                    debug!(%error, "telling the bot's owner failed, retrying");
                    let pause = tokio::time::sleep(backoff.next());
                    if self.stop.run_until_cancelled(pause).await.is_none() {
                        return Err(error);
                    }
                }
                done => return done,
            }
        }
        work().await
    }

    async fn tell(&self, person: UserId, sentence: &str, nonce: &str) -> Result<(), DiscordError> {
        let channel = self.discord.direct_channel(person).await?;
        self.discord.post(channel, &Message::text(sentence), nonce.to_owned()).await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn the_same_problem_is_told_once_an_hour_and_another_one_at_once() {
        let alerts = Alerts::default();
        assert!(alerts.is_due(OwnerProblem::BadKey));
        tokio::time::advance(Duration::from_mins(59)).await;
        assert!(!alerts.is_due(OwnerProblem::BadKey));
        assert!(alerts.is_due(OwnerProblem::OutOfCredit));
        tokio::time::advance(Duration::from_mins(1)).await;
        assert!(alerts.is_due(OwnerProblem::BadKey));
    }
}
