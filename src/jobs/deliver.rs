//! From the outcome to people's eyes.

use tracing::info;

use super::worker::{StepError, Worker};
use crate::{
    delivery::{Attempt, Outcome},
    domain::Event,
};

impl Worker {
    /// Brings the outcome to Discord. A delivery that fails for now is tried again; the song is
    /// never made again for it, and never refunded.
    pub(super) async fn deliver(&mut self) -> Result<(), StepError> {
        let (message, now) = (self.jobs.render(&self.job), self.jobs.clock.now());
        let attempt = std::mem::replace(&mut self.next_attempt, Attempt::Again);
        let event = match self.jobs.postman.deliver(&self.job, &message, now, attempt).await? {
            Outcome::At(message) => Event::Delivered { message },
            Outcome::Deleted => {
                info!("a person deleted the message; nothing is posted in its place");
                Event::DeliveryEnded
            }
            Outcome::Unreachable => Event::DeliveryEnded,
        };
        self.note(event).await
    }
}
