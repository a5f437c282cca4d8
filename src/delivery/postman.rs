//! How a job's message gets to people.

use std::sync::Arc;

use tracing::warn;

use super::{Discord, DiscordError, Message, Posted, Urgency, sentences};
use crate::domain::{ChannelId, Job, Post, Reach, State, Timestamp, Way};

/// Brings a job's message to Discord.
#[derive(Clone, Debug)]
pub struct Postman {
    pub(super) discord: Arc<Discord>,
}

impl Postman {
    /// A postman on this Discord.
    pub fn new(discord: Arc<Discord>) -> Self {
        Self { discord }
    }

    /// Looks for a job's first answer: by its token, or, where that is void, in its channel.
    ///
    /// # Errors
    /// When it was not found: see [`crate::domain::FirstAnswer`] for what that means.
    pub async fn find_first_answer(&self, job: &Job) -> Result<Posted, DiscordError> {
        let place = &job.place;
        let token = place.token.as_ref().ok_or(DiscordError::TokenGone);
        let found = match token {
            Ok(token) => self.discord.find_answer(place.application, token).await,
            Err(error) => Err(error),
        };
        match found {
            Err(DiscordError::TokenGone) if place.reach == Reach::Channel => {
                self.discord.find_first(place.channel, job.id).await
            }
            found => found,
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
        let (place, urgency) = (&job.place, Urgency::Progress);
        if let Some(token) = place.token.as_ref().filter(|_| job.has_live_token(now)) {
            match self.discord.edit_answer(place.application, token, message, urgency).await {
                Err(DiscordError::TokenGone) => {}
                answer => return answer.map(|_| ()),
            }
        }
        let (Reach::Channel, Some(id)) = (place.reach, job.message) else { return Ok(()) };
        self.discord.edit(place.channel, id, message, urgency).await?;
        Ok(())
    }

    /// Makes an attempt to deliver a job's outcome. A message that Discord refuses is sent once
    /// more without what other people wrote.
    ///
    /// # Errors
    /// When the message does not stand: see [`crate::domain::Attempt`] for what that means.
    pub async fn attempt(
        &self,
        job: &Job,
        way: Way,
        message: &Message,
    ) -> Result<Posted, DiscordError> {
        match self.send(job, way, message).await {
            Err(error @ DiscordError::Refused { .. }) => {
                warn!(job = %job.id, %error, "Discord refused the message, sending it stripped");
                let has_song = matches!(job.state, State::Completed { .. });
                let stripped = message.stripped(&sentences::stripped(job.requester, has_song));
                self.send(job, way, &stripped).await
            }
            answer => answer,
        }
    }

    async fn send(&self, job: &Job, way: Way, message: &Message) -> Result<Posted, DiscordError> {
        let (discord, place, urgency) = (&self.discord, &job.place, Urgency::Needed);
        match way {
            Way::Token => {
                let token = place.token.as_ref().ok_or(DiscordError::TokenGone)?;
                discord.edit_answer(place.application, token, message, urgency).await
            }
            Way::Message(id) => match discord.edit(place.channel, id, message, urgency).await {
                // Before the last crash it may have taken this one.
                Err(DiscordError::TooManyEdits) => discord.find_outcome(place.channel, id).await,
                answer => answer,
            },
            Way::New(post) | Way::Again(post) => {
                let channel = self.channel(job, post).await?;
                discord.post(channel, message, job.id.to_string()).await
            }
            Way::Find(post) => {
                let channel = self.channel(job, post).await?;
                discord.find_shown(channel, job.id, post == Post::Direct).await
            }
        }
    }

    async fn channel(&self, job: &Job, post: Post) -> Result<ChannelId, DiscordError> {
        match post {
            Post::InChannel => Ok(job.place.channel),
            Post::Direct => match self.discord.direct_channel(job.requester).await {
                // Whether the conversation was opened or not: nothing was posted in it.
                Err(DiscordError::Unknown { cause }) => Err(DiscordError::NotSent { cause }),
                answer => answer,
            },
        }
    }
}
