//! Finding a message of the bot's own again, when nobody knows whether it was posted.

use super::{
    Deliverer,
    recognise::{has_outcome_of, is_first_of, shows},
};
use crate::{
    discord_api::{DiscordError, PAGE, Posted, SeenMessage},
    domain::{ChannelId, JobId, MessageId, RunId},
};

/// How many pages of messages are looked through.
const MAX_PAGES: u32 = 10;

impl Deliverer {
    /// Looks for the message that shows a job's outcome, back to when its song was asked for.
    /// `always_readable` says that a channel without a single message is empty, and not one whose
    /// history the bot may not read.
    ///
    /// # Errors
    /// [`DiscordError::MessageGone`] when there surely is none; [`DiscordError::NoAccess`] when the
    /// bot can't see far enough to tell.
    pub(super) async fn find_shown(
        &self,
        channel: ChannelId,
        job: JobId,
        always_readable: bool,
    ) -> Result<Posted, DiscordError> {
        self.find(channel, job, always_readable, |message| shows(message, job)).await
    }

    /// Looks for a job's first response among the messages of its channel, in the same way. `run` is
    /// the run of the bot that gave it, if that is known.
    ///
    /// # Errors
    /// As above.
    pub(super) async fn find_first(
        &self,
        channel: ChannelId,
        job: JobId,
        run: Option<RunId>,
    ) -> Result<Posted, DiscordError> {
        self.find(channel, job, false, |message| is_first_of(message, job, run)).await
    }

    /// A message of the bot's that takes no more edits, if an earlier one has brought the outcome.
    ///
    /// # Errors
    /// [`DiscordError::TooManyEdits`] when it shows how far the job was.
    pub(super) async fn find_outcome(
        &self,
        channel: ChannelId,
        id: MessageId,
        job: JobId,
    ) -> Result<Posted, DiscordError> {
        let message = self.discord.message(channel, id).await?;
        if has_outcome_of(&message, job) {
            Ok(message.posted(channel))
        } else {
            Err(DiscordError::TooManyEdits)
        }
    }

    async fn find(
        &self,
        channel: ChannelId,
        job: JobId,
        always_readable: bool,
        fits: impl Fn(&SeenMessage) -> bool,
    ) -> Result<Posted, DiscordError> {
        let mut before = None;
        for page in 0..MAX_PAGES {
            let messages = self.discord.messages(channel, before).await?;
            if let Some(found) = messages.iter().find(|message| fits(message)) {
                return Ok(found.posted(channel));
            }
            let Some(last) = messages.last() else {
                let readable = always_readable || page > 0;
                let error =
                    if readable { DiscordError::MessageGone } else { DiscordError::NoAccess };
                return Err(error);
            };
            let MessageId(oldest) = last.posted(channel).message;
            if messages.len() < PAGE || oldest < job.0 {
                return Err(DiscordError::MessageGone);
            }
            before = Some(MessageId(oldest));
        }
        Err(DiscordError::NoAccess)
    }
}
