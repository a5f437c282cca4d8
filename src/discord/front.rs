//! What every command has at hand.

use std::sync::Arc;

use secrecy::SecretString;
use serenity::all::CommandInteraction;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tracing::warn;

use super::Access;
use crate::{
    delivery::{ANSWER_PAUSE, ANSWER_RETRIES, Discord, Message},
    domain::JobId,
    jobs::Jobs,
};

/// What every command has at hand.
#[derive(Clone)]
pub struct Front {
    /// The work that commands give.
    pub jobs: Arc<Jobs>,
    /// Where answers go.
    pub discord: Arc<Discord>,
    /// Where commands are welcome.
    pub access: Access,
    /// Set when the bot stops and takes on nothing more.
    pub stop: CancellationToken,
}

impl Front {
    /// Answers a command with a sentence that only its user sees.
    pub(super) async fn whisper(&self, interaction: &CommandInteraction, sentence: &str) {
        let id = JobId(interaction.id.get());
        let token = SecretString::new(interaction.token.clone());
        let message = Message::text(sentence).ephemeral();
        let began = Instant::now();
        loop {
            match self.discord.answer(id, &token, &message).await {
                Err(error) if error.is_passing() && began.elapsed() < ANSWER_RETRIES => {
                    warn!(interaction = %id, %error, "an answer did not get through; once more");
                    tokio::time::sleep(ANSWER_PAUSE).await;
                }
                Err(error) => {
                    warn!(interaction = %id, %error, "a command's answer did not get through");
                    return;
                }
                Ok(_) => return,
            }
        }
    }
}
