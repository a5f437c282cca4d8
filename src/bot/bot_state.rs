//! What every command, button and form has at hand.

use std::sync::{Arc, OnceLock};

use futures_util::future::BoxFuture;
use secrecy::SecretString;
use tokio_util::sync::CancellationToken;
use tracing::warn;

use super::{
    Access, Names, Owners, PendingDeletions, command_error::CommandError, invoker::Invoker,
};
use crate::{
    discord_api::{Discord, DiscordError, InteractionResponse, Message, Posted, ResponseTime},
    domain::{ApplicationId, InteractionId, JobId, Prompt, SettingInForce, UserId},
    jobs::{Jobs, SongRequest},
    messages::text,
    proxy::Proxies,
};

/// Checks what the bot depends on, and returns a report of at most so many characters, to be shown as
/// it is. It may take minutes.
pub type Doctor = Arc<dyn Fn(usize) -> BoxFuture<'static, String> + Send + Sync>;

/// What every command, button and form has at hand.
#[derive(Clone)]
pub struct BotState {
    /// The work that people give.
    pub jobs: Arc<Jobs>,
    /// Where answers go.
    pub discord: Arc<Discord>,
    /// Where songs may be asked for.
    pub access: Access,
    /// Whose the bot is.
    pub owners: Arc<Owners>,
    /// What people and servers are called.
    pub names: Arc<Names>,
    /// The deletions that are still to be confirmed.
    pub deletions: Arc<PendingDeletions>,
    /// The settings, as admins may see them.
    pub settings: Arc<[SettingInForce]>,
    /// What `/admin health` asks.
    pub doctor: Doctor,
    /// The bot's own user, once the gateway has said who that is. Of old applications it has another
    /// id than the application.
    pub bot: Arc<OnceLock<UserId>>,
    /// The proxy through which Discord's gateway is reached, if there is one.
    pub proxies: Proxies,
    /// Set when the bot stops and takes on nothing more.
    pub stop: CancellationToken,
}

impl BotState {
    /// Asks for a song, and answers the person who asks. `origin` is the job whose button they used.
    pub(super) async fn request_song(
        &self,
        invoker: &Invoker,
        prompt: &str,
        origin: Option<JobId>,
    ) -> Result<(), CommandError> {
        self.check(invoker)?;
        if let Some(guild) = invoker.place.guild {
            self.names.note(guild, invoker.user, &invoker.name);
        }
        let request = SongRequest {
            interaction: invoker.interaction,
            requester: invoker.user,
            roles: invoker.roles.clone(),
            place: invoker.place.clone(),
            prompt: Prompt::parse(prompt)?,
            origin,
        };
        Ok(self.jobs.request(request).await?)
    }

    /// Whether a song may be asked for here and now.
    pub(super) fn check(&self, invoker: &Invoker) -> Result<(), CommandError> {
        if self.stop.is_cancelled() {
            return Err(CommandError::declined(text::STOPPING));
        }
        self.access.check(invoker.place.guild).map_err(CommandError::declined)
    }

    /// Whether a message is the bot's own: by its application, which Discord names on answers to
    /// interactions, or by its author.
    pub(super) fn is_own(
        &self,
        ours: ApplicationId,
        application: Option<u64>,
        author: Option<u64>,
    ) -> bool {
        let bot = self.bot.get().map_or(ours.0, |bot| bot.0);
        application == Some(ours.0) || author == Some(bot)
    }

    /// Gives the first response, where nothing else depends on it.
    pub(super) async fn respond(&self, invoker: &Invoker, reply: &InteractionResponse) {
        // What went wrong is in the log.
        _ = self.try_respond(invoker, reply).await;
    }

    /// Answers with a sentence that only the invoker sees.
    pub(super) async fn reply_ephemeral(&self, invoker: &Invoker, sentence: &str) {
        let message = Message::text(sentence).ephemeral();
        self.respond(invoker, &InteractionResponse::Message(message)).await;
    }

    /// Gives the first response, where something follows it. `false` if it surely failed. One
    /// of unknown outcome counts as given: the request that follows shows which it was.
    pub(super) async fn begin_response(
        &self,
        invoker: &Invoker,
        reply: &InteractionResponse,
    ) -> bool {
        match self.try_respond(invoker, reply).await {
            Ok(())
            | Err(DiscordError::UnknownOutcome { .. } | DiscordError::AlreadyAcknowledged) => true,
            Err(_) => false,
        }
    }

    /// Gives the first response, trying while it can still be in time.
    pub(super) async fn try_respond(
        &self,
        invoker: &Invoker,
        reply: &InteractionResponse,
    ) -> Result<(), DiscordError> {
        self.respond_to(invoker.interaction, &invoker.token, reply).await
    }

    /// Gives a message as the first response, trying while it can still be in time, and returns what
    /// it became.
    pub(super) async fn respond_with_message(
        &self,
        invoker: &Invoker,
        message: &Message,
    ) -> Result<Posted, DiscordError> {
        let response = || {
            let (token, channel) = (&invoker.token, invoker.place.channel);
            self.discord.create_response_message(invoker.interaction, token, channel, message)
        };
        let time = self.jobs.time_to_respond(invoker.interaction);
        time.retry(response, |error| self.note_failure(invoker.interaction, error)).await
    }

    /// Gives the first response to an interaction of which no more is known than its id and token.
    /// Where Discord rejects it, the person is told so, and the error returned all the same.
    pub(super) async fn respond_to(
        &self,
        interaction: InteractionId,
        token: &SecretString,
        reply: &InteractionResponse,
    ) -> Result<(), DiscordError> {
        let time = self.jobs.time_to_respond(interaction);
        let result = self.respond_without_fallback(interaction, token, reply, time).await;
        let shows_text =
            !matches!(reply, InteractionResponse::Autocomplete(_) | InteractionResponse::Pong);
        if shows_text && result.as_ref().is_err_and(DiscordError::is_rejection) {
            let plain =
                InteractionResponse::Message(Message::bare(text::REPLY_NOT_SHOWN).ephemeral());
            // A rejection of nothing but text can't last. What goes wrong is in the log; there is no
            // other way to tell them.
            while let Err(error) =
                self.respond_without_fallback(interaction, token, &plain, time).await
                && error.is_rejection()
                && time.pause().await
            {}
        }
        result
    }

    async fn respond_without_fallback(
        &self,
        interaction: InteractionId,
        token: &SecretString,
        reply: &InteractionResponse,
        time: ResponseTime,
    ) -> Result<(), DiscordError> {
        let reply = || self.discord.create_response(interaction, token, reply);
        time.retry(reply, |error| self.note_failure(interaction, error)).await
    }

    fn note_failure(&self, interaction: InteractionId, error: &DiscordError) {
        warn!(%interaction, %error, "response failed");
        if *error == DiscordError::AcknowledgedElsewhere {
            self.jobs.acknowledged_elsewhere(interaction);
        }
    }
}
