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
    discord_api::{AnswerTime, Discord, DiscordError, Message, Posted, Reply},
    domain::{ApplicationId, InteractionId, JobId, Prompt, Setting, UserId},
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
    pub settings: Arc<[Setting]>,
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
            return Err(CommandError::NotNow(text::STOPPING));
        }
        self.access.check(invoker.place.guild).map_err(CommandError::NotNow)
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

    /// Gives the first answer, where nothing else depends on it.
    pub(super) async fn answer(&self, invoker: &Invoker, reply: &Reply) {
        // What went wrong is in the log.
        _ = self.reply(invoker, reply).await;
    }

    /// Answers with a sentence that only the invoker sees.
    pub(super) async fn reply_ephemeral(&self, invoker: &Invoker, sentence: &str) {
        let message = Message::text(sentence).ephemeral();
        self.answer(invoker, &Reply::Message(message)).await;
    }

    /// Gives the first answer, where something follows it. `false` if it surely does not stand: one
    /// of unknown fate may, and whatever follows finds out.
    pub(super) async fn begin(&self, invoker: &Invoker, reply: &Reply) -> bool {
        match self.reply(invoker, reply).await {
            Ok(()) | Err(DiscordError::Unknown { .. } | DiscordError::AlreadyAnswered) => true,
            Err(_) => false,
        }
    }

    /// Gives the first answer, trying while it can still be in time.
    pub(super) async fn reply(&self, invoker: &Invoker, reply: &Reply) -> Result<(), DiscordError> {
        self.respond(invoker.interaction, &invoker.token, reply).await
    }

    /// Gives a message as the first answer, trying while it can still be in time, and returns what
    /// it became.
    pub(super) async fn reply_with(
        &self,
        invoker: &Invoker,
        message: &Message,
    ) -> Result<Posted, DiscordError> {
        let answer = || {
            let (token, channel) = (&invoker.token, invoker.place.channel);
            self.discord.answer(invoker.interaction, token, channel, message)
        };
        let time = self.jobs.time_to_answer(invoker.interaction);
        time.retry(answer, |error| self.note_failure(invoker.interaction, error)).await
    }

    /// Gives the first answer to an interaction of which no more is known than its id and token.
    /// Where Discord rejects it, the person is told so, and the error returned all the same.
    pub(super) async fn respond(
        &self,
        interaction: InteractionId,
        token: &SecretString,
        reply: &Reply,
    ) -> Result<(), DiscordError> {
        let time = self.jobs.time_to_answer(interaction);
        let result = self.try_to_respond(interaction, token, reply, time).await;
        let shows_text = !matches!(reply, Reply::Suggestions(_) | Reply::Pong);
        if shows_text && result.as_ref().is_err_and(DiscordError::is_rejection) {
            let plain = Reply::Message(Message::bare(text::REPLY_NOT_SHOWN).ephemeral());
            // A rejection of nothing but text can't last. What goes wrong is in the log; there is no
            // other way to tell them.
            while let Err(error) = self.try_to_respond(interaction, token, &plain, time).await
                && error.is_rejection()
                && time.pause().await
            {}
        }
        result
    }

    async fn try_to_respond(
        &self,
        interaction: InteractionId,
        token: &SecretString,
        reply: &Reply,
        time: AnswerTime,
    ) -> Result<(), DiscordError> {
        let reply = || self.discord.reply(interaction, token, reply);
        time.retry(reply, |error| self.note_failure(interaction, error)).await
    }

    fn note_failure(&self, interaction: InteractionId, error: &DiscordError) {
        warn!(%interaction, %error, "response failed");
        if *error == DiscordError::AnsweredElsewhere {
            self.jobs.answered_elsewhere(interaction);
        }
    }
}
