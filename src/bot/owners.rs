//! Whose the bot is.

use std::{sync::Arc, time::Duration};

use tokio::{
    sync::Mutex,
    time::{Instant, timeout},
};
use tracing::warn;

use crate::{discord_api::Discord, domain::UserId};

/// For how long a response of Discord's is believed: who is no longer an owner, or has become one,
/// notices that so soon.
const FRESH: Duration = Duration::from_mins(1);
/// Of the 3 seconds for a response, this much may go into asking.
const LOOK_UP_TIMEOUT: Duration = Duration::from_millis(1200);

/// The application's owner, or its team's owner and admins, as Discord says.
#[derive(Debug)]
pub struct Owners {
    discord: Arc<Discord>,
    known: Mutex<Option<(Instant, Vec<UserId>)>>,
}

/// Discord did not say who the owners are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("Discord did not say who the owners are")]
pub struct OwnersUnknown;

impl Owners {
    /// Asks this Discord, once it matters.
    pub fn new(discord: Arc<Discord>) -> Self {
        Self { discord, known: Mutex::new(None) }
    }

    /// Whether the bot is this person's.
    ///
    /// # Errors
    /// When Discord does not say. Nobody is an owner, then.
    pub async fn include(&self, person: UserId) -> Result<bool, OwnersUnknown> {
        // Others may be asking the same already: waiting for them counts.
        timeout(LOOK_UP_TIMEOUT, self.ask(person)).await.unwrap_or_else(|_elapsed| {
            warn!("looking up the bot's owner timed out");
            Err(OwnersUnknown)
        })
    }

    async fn ask(&self, person: UserId) -> Result<bool, OwnersUnknown> {
        let mut known = self.known.lock().await;
        if let Some((asked, owners)) = known.as_ref()
            && asked.elapsed() < FRESH
        {
            return Ok(owners.contains(&person));
        }
        let asked = Instant::now();
        let application = self.discord.application().await.map_err(|error| {
            warn!(%error, "looking up the bot's owner failed");
            OwnersUnknown
        })?;
        let is_owner = application.owners.contains(&person);
        *known = Some((asked, application.owners));
        Ok(is_owner)
    }
}
