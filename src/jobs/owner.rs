//! Telling the bot's owner what only they can mend.

use std::sync::Arc;

use tracing::{info, warn};

use super::Jobs;
use crate::{
    delivery::{DiscordError, Message},
    domain::UserId,
};

impl Jobs {
    /// Sends a direct message to whoever is responsible for the application. One try: the log
    /// has it, too.
    pub(crate) async fn tell_owners(self: Arc<Self>, sentence: &'static str) {
        let owners = match self.discord.application().await {
            Ok(application) => application.owners,
            Err(error) => {
                warn!(%error, "the bot's owner could not be found");
                return;
            }
        };
        for owner in owners {
            match self.tell(owner, sentence).await {
                Ok(()) => info!(%owner, "told the bot's owner"),
                Err(error) => warn!(%owner, %error, "the bot's owner could not be told"),
            }
        }
    }

    async fn tell(&self, person: UserId, sentence: &str) -> Result<(), DiscordError> {
        let channel = self.discord.direct_channel(person).await?;
        let nonce = self.clock.now().millis().to_string();
        self.discord.post(channel, &Message::text(sentence), nonce).await?;
        Ok(())
    }
}
