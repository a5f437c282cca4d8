//! From the outcome to people's eyes.

use std::time::Duration;

use tokio::time::Instant;
use tracing::info;

use super::worker::{StepError, Worker};
use crate::domain::{Attempt, Event, Next, Way};

/// For how long Discord surely remembers a nonce: "a few minutes" (Discord docs, Create Message).
const NONCE_MEMORY: Duration = Duration::from_mins(2);

impl Worker {
    /// Brings the outcome to Discord. A delivery that fails for now is tried again; the song is
    /// never made again for it, and never refunded.
    pub(super) async fn deliver(&mut self) -> Result<(), StepError> {
        let message = self.jobs.render(&self.job);
        let recent = self.post_began.is_some_and(|began| began.elapsed() < NONCE_MEMORY);
        let mut way = self.job.first_way(self.jobs.clock.now(), recent);
        loop {
            if let Way::New(post) = way {
                self.note(Event::PostBegins(post)).await?;
                self.post_began = Some(Instant::now());
            }
            let result = self.jobs.postman.attempt(&self.job, way, &message).await;
            match (self.job.next_way(way, Attempt::from(&result)), result) {
                (Next::Delivered(shown), _) => {
                    let now = self.jobs.clock.now();
                    let owed = self.job.owed(shown, self.jobs.rules.extras, now);
                    return self.note(Event::Delivered { shown, owed }).await;
                }
                (Next::End(event), result) => {
                    if let Err(error) = result {
                        info!(%error, ?way, "no way of delivery is left, or none is wanted");
                    }
                    return self.note(event).await;
                }
                (Next::Try(next), result) => {
                    info!(error = ?result.err(), ?way, ?next, "one way is closed, trying the next");
                    way = next;
                }
                (Next::Later(event), result) => {
                    if let Some(event) = event {
                        self.note(event).await?;
                    }
                    return result.map(|_| ()).map_err(StepError::from);
                }
            }
        }
    }
}
