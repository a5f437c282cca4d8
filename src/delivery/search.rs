//! Finding a message of the bot's own again, when nobody knows whether it was posted.

use super::{
    Discord, DiscordError, Posted,
    discord::{PAGE, SeenMessage},
};
use crate::domain::{ChannelId, JobId, MessageId};

/// How many pages of messages are looked through.
const PAGES: u32 = 10;

impl Discord {
    /// Looks for the new message that is marked for a job, back to when its song was asked for.
    /// `always_readable` says that a channel without a single message is empty, and not one whose
    /// history the bot may not read.
    ///
    /// # Errors
    /// [`DiscordError::MessageGone`] when there surely is none; [`DiscordError::NoAccess`] when the
    /// bot can't see far enough to tell.
    pub(super) async fn find_marked(
        &self,
        channel: ChannelId,
        job: JobId,
        always_readable: bool,
    ) -> Result<Posted, DiscordError> {
        self.find(channel, job, always_readable, |message| message.is_about(job)).await
    }

    /// Looks for a job's first answer among the messages of its channel, in the same way.
    ///
    /// # Errors
    /// As above.
    pub(super) async fn find_first(
        &self,
        channel: ChannelId,
        job: JobId,
    ) -> Result<Posted, DiscordError> {
        self.find(channel, job, false, |message| message.answers(job)).await
    }

    async fn find(
        &self,
        channel: ChannelId,
        job: JobId,
        always_readable: bool,
        fits: impl Fn(&SeenMessage) -> bool,
    ) -> Result<Posted, DiscordError> {
        let mut before = None;
        for page in 0..PAGES {
            let messages = self.messages(channel, before).await?;
            if let Some(found) = messages.iter().find(|message| fits(message)) {
                return found.posted();
            }
            let Some(last) = messages.last() else {
                let readable = always_readable || page > 0;
                let error =
                    if readable { DiscordError::MessageGone } else { DiscordError::NoAccess };
                return Err(error);
            };
            let MessageId(oldest) = last.posted()?.message;
            if messages.len() < PAGE || oldest < job.0 {
                return Err(DiscordError::MessageGone);
            }
            before = Some(MessageId(oldest));
        }
        Err(DiscordError::NoAccess)
    }
}
