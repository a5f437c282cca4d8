//! *Delete*: a question that only the person who clicked sees, and then the deletion.

use serenity::all::ComponentInteraction;
use tracing::warn;

use crate::{
    bot::{
        command_error::{CommandError, in_time},
        components::{Components, check, message},
    },
    discord_api::{DiscordError, InteractionResponse, Message, Priority},
    domain::{Job, JobId, MessageAccess, MessageId},
    messages::{delete_question, text},
};

impl Components<'_> {
    /// Asks whether the clicked message is to go.
    pub(super) async fn ask_to_delete(
        &self,
        job: &Job,
        click: &ComponentInteraction,
    ) -> Result<(), CommandError> {
        check(self.invoker.may_delete(job))?;
        let (state, invoker) = (self.state, self.invoker);
        // The token still means the clicked message.
        if !state.begin_response(invoker, &InteractionResponse::Acknowledge).await {
            return Ok(());
        }
        state.deletions.remember(invoker.user, message(click), invoker.token.clone());
        let question = delete_question(job, message(click), invoker.user);
        let application = invoker.place.application;
        if let Err(error) =
            state.discord.create_followup(application, &invoker.token, &question).await
        {
            // A person who sees no question clicks again.
            warn!(job = %job.id, %error, "asking before a deletion failed");
        }
        Ok(())
    }

    /// Deletes a message, once that was asked, and says so in place of the question.
    pub(super) async fn delete(&self, job: JobId, message: MessageId) -> Result<(), CommandError> {
        let job = self.job(job).await?;
        check(self.invoker.may_delete(&job))?;
        let (state, invoker) = (self.state, self.invoker);
        if !state.begin_response(invoker, &InteractionResponse::Acknowledge).await {
            return Ok(());
        }
        let told = match self.delete_message(message).await {
            Ok(()) | Err(DiscordError::MessageGone) => {
                // Nothing but a link in a list depends on this.
                if let Err(error) =
                    in_time(state.jobs.store().message_deleted(job.id, message)).await
                {
                    warn!(job = %job.id, %error, "recording a deleted message failed");
                }
                text::deleted(&job, invoker.user)
            }
            Err(error) => {
                warn!(job = %job.id, %error, "deleting a message failed");
                text::NOT_DELETED.to_owned()
            }
        };
        let (place, told) = (&invoker.place, Message::text(told));
        let edited = state
            .discord
            .edit_original_response(place, &invoker.token, &told, Priority::High)
            .await;
        if let Err(error) = edited {
            warn!(job = %job.id, %error, "confirming a deletion failed");
        }
        Ok(())
    }

    /// By the token of the first click, or through the channel: after a restart, for one.
    async fn delete_message(&self, message: MessageId) -> Result<(), DiscordError> {
        let (state, place) = (self.state, &self.invoker.place);
        let mut deleted = Err(DiscordError::TokenGone);
        if let Some(token) = state.deletions.take(self.invoker.user, message) {
            deleted = state.discord.delete_original_response(place.application, &token).await;
        }
        match deleted {
            Err(DiscordError::TokenGone) if place.access == MessageAccess::Channel => {
                state.discord.delete(place.channel, message).await
            }
            deleted => deleted,
        }
    }
}
