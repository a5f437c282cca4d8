//! How a job's message gets to people: by which way, and in which order the ways are tried.

use std::{borrow::Cow, sync::Arc};

use secrecy::SecretString;
use tracing::{info, warn};

use super::{
    Discord, DiscordError, Message, Posted, Urgency,
    history::{PastMessage, Sighting},
    sentences,
};
use crate::domain::{ChannelId, Job, MessageId, Reach, Timestamp};

/// Brings a job's message to Discord.
#[derive(Clone, Debug)]
pub struct Postman {
    discord: Arc<Discord>,
}

/// How the delivery of an outcome ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is where people can see it.
    At(MessageId),
    /// A person deleted the message, and it stays deleted.
    Deleted,
    /// No way is left.
    Unreachable,
}

/// Whether an outcome may have been posted before without anybody's noticing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attempt {
    /// It surely was not.
    First,
    /// An earlier attempt failed, or was interrupted: it may have got through.
    Again,
}

/// The next way to try.
enum Way {
    Token(SecretString),
    Channel(MessageId),
    NewMessage,
    DirectMessage,
}

impl Postman {
    /// A postman on this Discord.
    pub fn new(discord: Arc<Discord>) -> Self {
        Self { discord }
    }

    /// Looks for a job's first answer: by its token, or else among its channel's messages. `None`
    /// where it can't be found.
    ///
    /// # Errors
    /// Those that may pass: the same is to be tried again later.
    pub async fn find_first_answer(
        &self,
        job: &Job,
        now: Timestamp,
    ) -> Result<Option<Posted>, DiscordError> {
        let place = &job.place;
        if let Some(token) = live_token(job, now) {
            match self.discord.find_answer(place.application, &token).await {
                // A token that is void need not be one that was never used.
                Err(DiscordError::TokenGone) => {}
                Err(error) if error.is_passing() => return Err(error),
                Err(_) => return Ok(None),
                found => return found,
            }
        }
        if place.reach == Reach::TokenOnly {
            return Ok(None);
        }
        let begins = |past: &PastMessage| past.begins(job.id);
        match self.discord.find_since(place.channel, job.id, begins).await {
            Ok(Sighting::Found(posted)) => Ok(Some(posted)),
            Err(error) if error.is_passing() => Err(error),
            Ok(Sighting::Missing | Sighting::Hidden) | Err(_) => Ok(None),
        }
    }

    /// Shows how far a job is, where a way leads to its message at present.
    ///
    /// # Errors
    /// [`DiscordError::MessageGone`] when a person deleted the message; others are worth no more
    /// than a try at the next occasion.
    pub async fn show_progress(
        &self,
        job: &Job,
        message: &Message,
        now: Timestamp,
    ) -> Result<(), DiscordError> {
        if let Some(token) = live_token(job, now) {
            let (application, urgency) = (job.place.application, Urgency::Progress);
            match self.discord.edit_answer(application, &token, message, urgency).await {
                Err(DiscordError::TokenGone) => {}
                answer => return answer.map(|_| ()),
            }
        }
        let (Reach::Channel, Some(id)) = (job.place.reach, job.message) else { return Ok(()) };
        self.discord.edit(job.place.channel, id, message, Urgency::Progress).await?;
        Ok(())
    }

    /// Delivers a job's outcome: by the interaction's token while it lives, then by the channel's
    /// message, then as a new message in the channel, then to its requester directly.
    ///
    /// # Errors
    /// Those that may pass: the same delivery is to be tried again later.
    pub async fn deliver(
        &self,
        job: &Job,
        message: &Message,
        now: Timestamp,
        attempt: Attempt,
    ) -> Result<Outcome, DiscordError> {
        let mut way = first_way(job, now);
        let mut message = Cow::Borrowed(message);
        loop {
            let error = match self.try_way(&way, job, &message, attempt).await {
                Ok(posted) => return Ok(Outcome::At(posted.message)),
                Err(error) if error.is_passing() => return Err(error),
                Err(DiscordError::MessageGone) => return Ok(Outcome::Deleted),
                Err(error) => error,
            };
            let refused = matches!(error, DiscordError::Refused { .. });
            if let (true, Cow::Borrowed(whole)) = (refused, &message) {
                warn!(job = %job.id, %error, "Discord refused the message, sending it stripped");
                message = Cow::Owned(
                    whole.stripped(&sentences::stripped(job.requester, job.id.created_at())),
                );
                continue;
            }
            let Some(next) = next_way(&way, &error, job) else {
                warn!(job = %job.id, %error, "no way of delivery is left");
                return Ok(Outcome::Unreachable);
            };
            info!(job = %job.id, %error, "one way of delivery is closed, trying the next");
            way = next;
        }
    }

    async fn try_way(
        &self,
        way: &Way,
        job: &Job,
        message: &Message,
        attempt: Attempt,
    ) -> Result<Posted, DiscordError> {
        let (discord, place, urgency) = (&self.discord, &job.place, Urgency::Needed);
        match way {
            Way::Token(token) => {
                discord.edit_answer(place.application, token, message, urgency).await
            }
            Way::Channel(id) => discord.edit(place.channel, *id, message, urgency).await,
            Way::NewMessage => self.post_once(place.channel, job, message, attempt).await,
            Way::DirectMessage => {
                let channel = discord.direct_channel(job.requester).await?;
                self.post_once(channel, job, message, attempt).await
            }
        }
    }

    /// Posts a new message, unless an earlier attempt has. Edits may be repeated, posts may not.
    async fn post_once(
        &self,
        channel: ChannelId,
        job: &Job,
        message: &Message,
        attempt: Attempt,
    ) -> Result<Posted, DiscordError> {
        if attempt == Attempt::Again {
            let tells = |past: &PastMessage| past.tells_of(job);
            // Where the first answer stands something can be seen, unless the history is hidden.
            let first_answer_stands = channel == job.place.channel;
            match self.discord.find_since(channel, job.id, tells).await? {
                Sighting::Found(posted) => return Ok(posted),
                Sighting::Hidden if first_answer_stands => return Err(DiscordError::HistoryHidden),
                Sighting::Hidden | Sighting::Missing => {}
            }
        }
        self.discord.post(channel, &message.clone().about(job.id)).await
    }
}

/// The token, while Discord still takes it.
fn live_token(job: &Job, now: Timestamp) -> Option<SecretString> {
    job.place.token.clone().filter(|_| now < job.token_expires_at())
}

fn first_way(job: &Job, now: Timestamp) -> Way {
    match live_token(job, now) {
        Some(token) => Way::Token(token),
        None => channel_or_direct(job),
    }
}

fn channel_or_direct(job: &Job) -> Way {
    match (job.place.reach, job.message) {
        (Reach::Channel, Some(id)) => Way::Channel(id),
        (Reach::Channel, None) => Way::NewMessage,
        (Reach::TokenOnly, _) => Way::DirectMessage,
    }
}

/// Where to go from a way that is closed for good.
fn next_way(way: &Way, error: &DiscordError, job: &Job) -> Option<Way> {
    match (way, error) {
        (Way::Token(_), _) => Some(channel_or_direct(job)),
        // A message that is too old to be edited does not keep a new one from being posted.
        (Way::Channel(_), DiscordError::TooManyEdits | DiscordError::Refused { .. }) => {
            Some(Way::NewMessage)
        }
        // Rather not at all than twice.
        (_, DiscordError::HistoryHidden) | (Way::DirectMessage, _) => None,
        (Way::Channel(_) | Way::NewMessage, _) => Some(Way::DirectMessage),
    }
}
