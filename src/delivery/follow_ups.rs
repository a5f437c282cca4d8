//! What follows once a song is shown: word that it is ready, and its files.

use super::Deliverer;
use crate::{
    discord_api::{DiscordError, Message},
    domain::{Job, MessageAccess, State, Timestamp},
    media::Files,
    messages::{markdown::plain, text},
};

/// The most characters of a file's description (Discord docs, Message Resource > Attachment).
const DESCRIPTION_MAX: usize = 1024;

/// There is no route left by which a follow-up can be sent.
const NO_ROUTE: DiscordError = DiscordError::TokenGone;

impl Deliverer {
    /// Tells a job's requester that their song is ready, and nobody else. One try: a caller who calls
    /// twice tells twice.
    ///
    /// # Errors
    /// When that surely, or perhaps, did not get through.
    pub async fn tell_ready(&self, job: &Job, now: Timestamp) -> Result<(), DiscordError> {
        let notice = Message::text(text::ready(job.requester)).calling(job.requester);
        match (job.place.access, job.message, job.message_channel) {
            (MessageAccess::Channel, Some(message), Some(channel)) => {
                let reply = notice.replying_to(message);
                self.discord.post(channel, &reply, format!("{}r", job.id)).await.map(|_| ())
            }
            (MessageAccess::TokenOnly, ..) if job.has_live_token(now) => {
                let token = job.place.token.as_ref().ok_or(NO_ROUTE)?;
                self.discord.create_followup(job.place.application, token, &notice).await
            }
            _ => Err(NO_ROUTE),
        }
    }

    /// Adds files to the message that shows a job's song, in place of those that it had before.
    ///
    /// # Errors
    /// When they are not there, or nobody knows.
    pub async fn attach(
        &self,
        job: &Job,
        message: &Message,
        files: &Files,
        now: Timestamp,
    ) -> Result<(), DiscordError> {
        let (Some(id), Some(channel)) = (job.message, job.message_channel) else {
            return Err(NO_ROUTE);
        };
        let (edit, files) = (message.with_files(files, &cover_description(job)), files.list());
        let token = job.place.token.as_ref().filter(|_| job.has_live_token(now));
        if let Some(token) = token {
            let application = job.place.application;
            match self.discord.upload_by_token(application, token, id, &edit, &files).await {
                // It may be a message that was posted without the token.
                Err(DiscordError::TokenGone | DiscordError::MessageGone) => {}
                response => return response,
            }
        }
        if job.place.access == MessageAccess::TokenOnly && channel == job.place.channel {
            return Err(NO_ROUTE);
        }
        self.discord.upload(channel, id, &edit, &files).await
    }
}

/// What is to be seen on a song's cover, for people who can't see it.
fn cover_description(job: &Job) -> String {
    let title = match &job.state {
        State::Completed { song, .. } => song.title.as_deref(),
        _ => None,
    };
    plain(&text::cover_of(title), DESCRIPTION_MAX)
}
