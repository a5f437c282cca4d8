//! What all shards share.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use secrecy::SecretString;
use serde_json::Value;
use tokio::time::{Instant, sleep, sleep_until};
use tokio_util::sync::CancellationToken;
use tracing::warn;
use url::Url;

use super::{error::GatewayError, interactions::Interactions};
use crate::{
    bot::BotState,
    discord_api::{DiscordError, GatewayBody},
    domain::UserId,
    jobs::{Backoff, rounded},
};

/// Between two IDENTIFYs of whatever shards (Discord docs, Gateway > Sharding).
pub(super) const IDENTIFY_PAUSE: Duration = Duration::from_secs(5);

/// What all shards share.
pub(super) struct Connections {
    pub(super) interactions: Arc<Interactions>,
    pub(super) token: SecretString,
    /// Whether this is Discord itself and not something in its place.
    pub(super) at_discord: bool,
    /// Where Discord said last that its gateway is.
    pub(super) main_url: Mutex<Option<Url>>,
    /// When the last IDENTIFY was sent.
    pub(super) identified: tokio::sync::Mutex<Option<Instant>>,
    /// Set when all interactions are answered and the connections are to close.
    pub(super) closing: CancellationToken,
}

/// The turn to send an IDENTIFY, which no other shard has meanwhile.
pub(super) struct Turn<'a>(tokio::sync::MutexGuard<'a, Option<Instant>>);

impl Turn<'_> {
    /// The IDENTIFY was sent.
    pub(super) fn taken(mut self) {
        *self.0 = Some(Instant::now());
    }
}

impl Connections {
    pub(super) async fn ask_until_told(&self) -> Result<GatewayBody, GatewayError> {
        let mut backoff = Backoff::new(Duration::from_secs(1), Duration::from_mins(1));
        loop {
            match self.ask().await {
                Ok(response) => return Ok(response),
                Err(DiscordError::BadToken) => return Err(GatewayError::BadToken),
                Err(error) => {
                    let (cause, next_attempt_in) = (error.cause(), backoff.next());
                    warn!(cause, next_attempt_in = ?rounded(next_attempt_in), "looking up the gateway's address failed");
                    sleep(next_attempt_in).await;
                }
            }
        }
    }

    /// Asks where the gateway is, and how many sessions may be started.
    pub(super) async fn ask(&self) -> Result<GatewayBody, DiscordError> {
        let response = self.state().discord.gateway().await?;
        *self.main_url.lock().unwrap_or_else(PoisonError::into_inner) = Some(response.url.clone());
        Ok(response)
    }

    /// Waits until a shard may send an IDENTIFY.
    pub(super) async fn turn_to_identify(&self) -> Turn<'_> {
        let turn = self.identified.lock().await;
        if let Some(last) = *turn {
            sleep_until(last + IDENTIFY_PAUSE).await;
        }
        Turn(turn)
    }

    /// Whether a session may be resumed there: Discord's own address, or that of what stands in its
    /// place.
    pub(super) fn trusts(&self, url: &Url) -> bool {
        if !self.at_discord {
            return self.main_url().is_some_and(|main| main.host_str() == url.host_str());
        }
        url.scheme() == "wss" && url.domain().is_some_and(|host| host.ends_with(".discord.gg"))
    }

    pub(super) fn main_url(&self) -> Option<Url> {
        self.main_url.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn take_user(&self, id: u64) {
        // It never changes.
        _ = self.state().bot.set(UserId(id));
    }

    pub(super) fn take(&self, raw: Value) {
        self.interactions.take(raw);
    }

    pub(super) fn state(&self) -> &BotState {
        self.interactions.state()
    }

    pub(super) fn stop(&self) -> &CancellationToken {
        &self.state().stop
    }
}
