//! Telling people that their song is ready: an edit notifies nobody.

use tracing::{info, warn};

use super::{Worker, step_error::StepError};
use crate::{discord_api::DiscordError, domain::Event, jobs::Jobs};

/// How often it is tried where it surely did not get through.
const NOTICE_TRIES: u32 = 3;

impl Worker {
    /// Tells the requester, if they want to be told. That it is about to happen is written down
    /// before: nobody is told twice, whatever happens.
    pub(super) async fn notify(&mut self) -> Result<(), StepError> {
        let wanted = self.jobs.store.wants_notice(self.job.requester).await;
        let wanted = wanted.unwrap_or_else(|error| {
            warn!(%error, "reading the requester's choice of notices failed, sending none");
            false
        });
        self.persist(Event::NoticeBegins).await?;
        if !(wanted && self.jobs.tells_when_ready()) {
            return Ok(());
        }
        for _ in 0..NOTICE_TRIES {
            let notice = self.jobs.deliverer.tell_ready(&self.job, self.jobs.clock.now());
            match notice.await {
                Ok(()) => {
                    info!("the requester was told that the song is ready");
                    return Ok(());
                }
                Err(error @ DiscordError::NotSent { .. }) => {
                    info!(%error, "the requester was not told yet that the song is ready");
                    self.sleep(super::retry::FIRST_WAIT).await?;
                }
                Err(error) => {
                    info!(%error, "the requester was perhaps not told that the song is ready");
                    return Ok(());
                }
            }
        }
        Ok(())
    }
}

impl Jobs {
    /// Whether the bot tells anybody when a song is ready.
    pub fn tells_when_ready(&self) -> bool {
        self.config.follow_ups.notice
    }
}
