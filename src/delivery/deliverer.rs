//! How a job's message gets to people.

use std::sync::Arc;

use tracing::warn;

use super::recognise::is_first_of;
use crate::{
    discord_api::{Discord, DiscordError, Message, Posted, Priority},
    domain::{
        ChannelId, DeliveryRoute, Job, MessageAccess, NewMessageTarget, RunId, State, Timestamp,
    },
    messages::text,
};

/// Brings a job's message to Discord.
#[derive(Clone, Debug)]
pub struct Deliverer {
    pub(super) discord: Arc<Discord>,
}

impl Deliverer {
    /// A deliverer to this Discord.
    pub fn new(discord: Arc<Discord>) -> Self {
        Self { discord }
    }

    /// Looks for a job's first response: by its token, or, where that is void, in its channel. `run` is
    /// the run of the bot that gave it, if that is known.
    ///
    /// # Errors
    /// When it was not found: see [`crate::domain::FirstResponse`] for what that means.
    pub async fn find_first_response(
        &self,
        job: &Job,
        run: Option<RunId>,
    ) -> Result<Posted, DiscordError> {
        let place = &job.place;
        let found = match &place.token {
            Some(token) => self.discord.original_response(place.application, token).await,
            None => Err(DiscordError::TokenGone),
        };
        match found {
            Ok(seen) if is_first_of(&seen, job.id, run) => Ok(seen.posted(place.channel)),
            // This run gave no other response. An earlier one may have told why there is no job.
            Ok(_) if run.is_some() => Err(DiscordError::AcknowledgedElsewhere),
            Ok(_) => Err(DiscordError::MessageGone),
            Err(DiscordError::TokenGone) if place.access == MessageAccess::Channel => {
                self.find_first(place.channel, job.id, run).await
            }
            Err(error) => Err(error),
        }
    }

    /// Shows how far a job is, where a route leads to its message at present.
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
        let (place, priority) = (&job.place, Priority::Low);
        if let Some(token) = place.token.as_ref().filter(|_| job.has_live_token(now)) {
            match self.discord.edit_original_response(place, token, message, priority).await {
                Err(DiscordError::TokenGone) => {}
                response => return response.map(|_| ()),
            }
        }
        let (MessageAccess::Channel, Some(id)) = (place.access, job.message) else { return Ok(()) };
        self.discord.edit(place.channel, id, message, priority).await?;
        Ok(())
    }

    /// Whether a person deleted a job's message, as far as Discord says so at present.
    pub async fn is_deleted(&self, job: &Job, now: Timestamp) -> bool {
        let place = &job.place;
        if let Some(token) = place.token.as_ref().filter(|_| job.has_live_token(now)) {
            match self.discord.original_response(place.application, token).await {
                Err(DiscordError::TokenGone) => {}
                response => return matches!(response, Err(DiscordError::MessageGone)),
            }
        }
        let (MessageAccess::Channel, Some(id)) = (place.access, job.message) else { return false };
        matches!(self.discord.message(place.channel, id).await, Err(DiscordError::MessageGone))
    }

    /// Makes an attempt to deliver a job's outcome. A message whose content Discord rejects is sent
    /// without what other people wrote, then without any link, and at last as one sentence and
    /// nothing else. `suspect_content` says that a rejection for unknown reasons may be about the
    /// content, too.
    ///
    /// # Errors
    /// When the message does not exist: see [`crate::domain::RouteOutcome`] for what that means.
    pub async fn attempt(
        &self,
        job: &Job,
        route: DeliveryRoute,
        message: &Message,
        suspect_content: bool,
    ) -> Result<Posted, DiscordError> {
        let concerns_content = |error: &DiscordError| {
            error.concerns_content()
                || (suspect_content && matches!(error, DiscordError::Unexpected { .. }))
        };
        let mut result = self.send(job, route, message).await;
        for form in [Self::stripped, Self::without_links, Self::bare] {
            match &result {
                Err(error) if concerns_content(error) => {
                    warn!(job = %job.id, %error, "Discord rejected the message, sending less of it");
                    result = self.send(job, route, &form(job, message)).await;
                }
                _ => break,
            }
        }
        result
    }

    fn stripped(job: &Job, message: &Message) -> Message {
        message.stripped(&text::stripped(job.requester, has_song(job)))
    }

    fn without_links(job: &Job, message: &Message) -> Message {
        message.without_links(&text::without_links(job.requester, has_song(job)))
    }

    fn bare(job: &Job, _: &Message) -> Message {
        Message::bare(text::bare(job.id, has_song(job)))
    }

    async fn send(
        &self,
        job: &Job,
        route: DeliveryRoute,
        message: &Message,
    ) -> Result<Posted, DiscordError> {
        let (discord, place, priority) = (&self.discord, &job.place, Priority::High);
        match route {
            DeliveryRoute::Token => {
                let token = place.token.as_ref().ok_or(DiscordError::TokenGone)?;
                discord.edit_original_response(place, token, message, priority).await
            }
            DeliveryRoute::Message(id) => {
                match discord.edit(place.channel, id, message, priority).await {
                    // Before the last crash it may have taken this one.
                    Err(DiscordError::TooManyEdits) => {
                        self.find_outcome(place.channel, id, job.id).await
                    }
                    response => response,
                }
            }
            DeliveryRoute::New(post) | DeliveryRoute::Again(post) => {
                let channel = self.channel(job, post).await?;
                discord.post(channel, message, job.id.to_string()).await
            }
            DeliveryRoute::Find(post) => {
                let channel = self.channel(job, post).await?;
                self.find_shown(channel, job.id, post == NewMessageTarget::Direct).await
            }
        }
    }

    async fn channel(&self, job: &Job, post: NewMessageTarget) -> Result<ChannelId, DiscordError> {
        match post {
            NewMessageTarget::InChannel => Ok(job.place.channel),
            NewMessageTarget::Direct => match self.discord.direct_channel(job.requester).await {
                // Whether the conversation was opened or not: nothing was posted in it.
                Err(DiscordError::UnknownOutcome { cause }) => Err(DiscordError::NotSent { cause }),
                response => response,
            },
        }
    }
}

fn has_song(job: &Job) -> bool {
    matches!(job.state, State::Completed { .. })
}
