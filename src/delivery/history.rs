//! What the bot has said before, read back from Discord: for the case that nobody knows any more
//! whether a message was posted.
//!
//! A nonce does not tell: Discord forgets it in minutes, and does not show it with old messages.

use serde::Deserialize;
use serenity::model::Timestamp as Date;

use super::{DiscordError, Message, Posted, request::Identified, sentences};
use crate::domain::{Job, JobId, MessageId};

/// What a search among a channel's messages brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sighting {
    /// It is there.
    Found(Posted),
    /// It is not among the messages of that time.
    Missing,
    /// The messages of that time can't be seen, or there are too many. Discord shows none where
    /// the bot may not read the history (Discord docs, Get Channel Messages).
    Hidden,
}

/// A message as Discord shows it.
#[derive(Deserialize)]
pub(super) struct PastMessage {
    #[serde(flatten)]
    identified: Identified,
    #[serde(default)]
    flags: u64,
    #[serde(default)]
    content: String,
    #[serde(default)]
    embeds: Vec<PastEmbed>,
    /// The interaction that it answers.
    interaction_metadata: Option<Identified>,
}

#[derive(Deserialize)]
struct PastEmbed {
    timestamp: Option<String>,
}

impl PastMessage {
    /// Whether it is a job's first answer. Plain text isn't: it told that there is no job.
    pub(super) fn begins_a_job(&self) -> bool {
        self.content.is_empty()
    }

    /// Whether it is the first answer of this job.
    pub(super) fn begins(&self, job: JobId) -> bool {
        let answered = self.interaction_metadata.as_ref().map(Identified::id);
        answered == Some(Ok(job.0)) && self.begins_a_job()
    }

    /// Whether it was posted to tell of this job's outcome: see [`Message::about`].
    pub(super) fn tells_of(&self, job: &Job) -> bool {
        let date = self.embeds.first().and_then(|embed| embed.timestamp.as_deref());
        let date = date.and_then(|text| Date::parse(text).ok());
        let dated = date.is_some() && date == super::message::date_of(job.id);
        dated || self.content == sentences::stripped(job.requester, job.id.created_at())
    }

    /// It, as a message that stands.
    pub(super) fn posted(&self) -> Result<Posted, DiscordError> {
        let message = MessageId(self.identified.id()?);
        Ok(Posted { message, ephemeral: Message::is_ephemeral(self.flags) })
    }
}
