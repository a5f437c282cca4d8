//! Adding the song's files to the message that shows it.

use tracing::info;

use super::worker::{StepError, Worker};
use crate::{
    delivery::DiscordError,
    domain::{Event, State},
};

/// How often one run of the bot tries to send a song's files while Discord can't take them.
const TRIES: u32 = 8;

impl Worker {
    /// Fetches the files and adds them. Done twice it comes to the same, so that it is written down
    /// afterwards. What can't be had is left out: the links stand.
    pub(super) async fn attach(&mut self) -> Result<(), StepError> {
        let mut deleted = None;
        if let State::Completed { song, .. } = &self.job.state {
            let (jobs, limit) = (&self.jobs, self.job.place.attachment_limit);
            let fetch = jobs.media.files(song, jobs.rules.extras, limit);
            let files = self.unless_stopping(fetch).await?;
            if !files.is_empty() {
                let message = jobs.render_with(None, &self.job, files.has_audio());
                let now = jobs.clock.now();
                let upload = jobs.postman.attach(&self.job, &message, &files, now);
                match self.unless_stopping(upload).await? {
                    Ok(()) => info!("the song's files are attached"),
                    Err(error) if error.is_passing() && self.attach_tries < TRIES => {
                        self.attach_tries += 1;
                        return Err(error.into());
                    }
                    Err(DiscordError::MessageGone) => {
                        info!("a person deleted the song's message");
                        deleted = self.job.message;
                    }
                    Err(error) => info!(%error, "the song's files are left out; the links stand"),
                }
            }
        }
        self.note(Event::FilesSettled).await?;
        let Some(message) = deleted else { return Ok(()) };
        // Nothing but a link in a list depends on it.
        if let Err(error) = self.jobs.message_deleted(self.job.id, message).await {
            info!(%error, "that the song's message is gone can't be written down");
        }
        Ok(())
    }
}
