//! Finding out whether a job's first response exists.

use tracing::info;

use super::{Worker, step_error::StepError};
use crate::{
    discord_api::DiscordError,
    domain::{DeliveryRoute, FirstResponse},
    jobs::commands::first_response::{RESPONSE_WINDOW, TOKEN_SURELY_ALIVE},
};

impl Worker {
    /// Finds out whether the first response exists. Nothing is submitted before it does.
    pub(super) async fn find_first_response(&mut self) -> Result<(), StepError> {
        let run = self.received_at.map(|_| self.jobs.run);
        let look = self.jobs.deliverer.find_first_response(&self.job, run);
        let mut result = self.unless_stopping(look).await?;
        let elapsed = self.began.elapsed();
        if matches!(result, Err(DiscordError::Unexpected { .. }))
            && self.rejected.exhausts(DeliveryRoute::Token, elapsed)
        {
            result = Err(DiscordError::TokenGone);
        }
        let response = FirstResponse::from(&result);
        // A response that is still on its way must not arrive after the job was abandoned. No clock
        // is asked how old the job is: it was there when this task began.
        let still_open = RESPONSE_WINDOW.saturating_sub(self.began.elapsed());
        if matches!(response, FirstResponse::NotPosted | FirstResponse::Deleted)
            && !still_open.is_zero()
        {
            return self.sleep(still_open).await;
        }
        let token_lives =
            self.received_at.is_some_and(|asked| asked.elapsed() < TOKEN_SURELY_ALIVE);
        match (self.job.event_for_response(response, token_lives), result) {
            (Some(event), Ok(_)) => self.persist(event).await,
            (Some(event), Err(error)) => {
                if error == DiscordError::AcknowledgedElsewhere {
                    self.jobs.acknowledged_elsewhere(self.job.id.interaction());
                }
                info!(%error, "no first response was found, nothing is submitted");
                self.persist(event).await
            }
            (None, Err(error)) => Err(error.into()),
            (None, Ok(_)) => Ok(()),
        }
    }
}
