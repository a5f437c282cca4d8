//! Adding the song's files to the message that shows it.

use std::{sync::Arc, time::Duration};

use tracing::{Instrument, info};

use super::{Worker, step_error::StepError};
use crate::{
    discord_api::{DiscordError, Posted},
    domain::{Event, InteractionId, Job, Place, State},
    jobs::{Jobs, job_task::job_span},
    media::Files,
};

/// How often one run of the bot sends a song's files again while Discord can't take them.
const RETRIES: u32 = 8;
/// The pause before the first retry. Each further one is three times as long, since an outage takes
/// minutes; the pause after every failed step of a job comes on top.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
/// The longest of these pauses.
const LONGEST_PAUSE: Duration = Duration::from_mins(5);

impl Jobs {
    /// Sends the files of a job's song to the message that shows it; where they are too large
    /// together, the smaller one alone.
    async fn upload(&self, shown: &Job, song: &Job, files: Files) -> Result<(), DiscordError> {
        let now = self.clock.now();
        let send = async |files: &Files| {
            let message = self.render_outcome(song, files.has_audio());
            self.deliverer.attach(shown, &message, files, now).await
        };
        match (send(&files).await, files.smaller()) {
            (Err(DiscordError::TooLarge), Some(smaller)) => send(&smaller).await,
            (uploaded, _) => uploaded,
        }
    }

    /// Adds the files of a song to a message that shows it once more, in response to this interaction,
    /// as they were added to the first. Files unavailable before the bot stops are skipped; their links
    /// remain.
    pub fn attach_again(
        self: &Arc<Self>,
        job: Job,
        interaction: InteractionId,
        place: Place,
        posted: Posted,
    ) {
        let shown = Job {
            id: interaction.into(),
            place,
            message: Some(posted.message),
            message_channel: Some(posted.channel),
            ..job.clone()
        };
        let (jobs, span) = (Arc::clone(self), job_span(job.id));
        let attaching = async move {
            let State::Completed { song, .. } = &job.state else { return };
            let limit = shown.place.attachment_limit;
            let files = jobs.media.files(song, jobs.config.follow_ups, limit).await;
            if files.is_empty() {
                return;
            }
            if let Err(error) = jobs.upload(&shown, &job, files).await {
                info!(%error, "files of a song shown again are left out, its links remain");
            }
        };
        let jobs = Arc::clone(self);
        let attaching = attaching.instrument(span);
        self.tasks.spawn(async move { jobs.stop.run_until_cancelled(attaching).await });
    }
}

impl Worker {
    /// Fetches and attaches the files. Repeating this is harmless, so the write comes afterwards.
    /// Unavailable files are skipped; their links remain.
    pub(super) async fn attach(&mut self) -> Result<(), StepError> {
        if let Some(earlier) = self.attach_tries.checked_sub(1) {
            let pause = FIRST_PAUSE.saturating_mul(3_u32.saturating_pow(earlier));
            self.sleep(pause.min(LONGEST_PAUSE)).await?;
        }
        let mut deleted = None;
        if let State::Completed { song, .. } = &self.job.state {
            let (jobs, limit) = (&self.jobs, self.job.place.attachment_limit);
            let fetch = jobs.media.files(song, jobs.config.follow_ups, limit);
            let files = self.unless_stopping(fetch).await?;
            if !files.is_empty() {
                match self.unless_stopping(jobs.upload(&self.job, &self.job, files)).await? {
                    Ok(()) => info!("the song's files are attached"),
                    Err(error) if error.is_passing() && self.attach_tries < RETRIES => {
                        self.attach_tries += 1;
                        return Err(error.into());
                    }
                    Err(DiscordError::MessageGone) => {
                        info!("a person deleted the song's message");
                        deleted = self.job.message;
                    }
                    Err(error) => info!(%error, "files left out, the links remain"),
                }
            }
        }
        self.persist(Event::FilesSettled).await?;
        let Some(message) = deleted else { return Ok(()) };
        // Nothing but a link in a list depends on it.
        if let Err(error) = self.jobs.store().message_deleted(self.job.id, message).await {
            info!(%error, "recording a deleted song message failed");
        }
        Ok(())
    }
}
