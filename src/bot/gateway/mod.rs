//! The connection to Discord: waited for, kept, and closed.
//!
//! The bot speaks to the gateway itself. serenity 0.12 reconnects without a pause, waits without
//! limits, ignores where a session is to be resumed, and drops interactions that it can't read.

mod connection;
mod interactions;
mod mend;
mod pace;
mod reduced;
mod shard;
mod shell;
mod socket;

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use futures_util::{StreamExt as _, stream::FuturesUnordered};
use secrecy::SecretString;
use serde_json::Value;
use tokio::time::{Instant, sleep, sleep_until};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing::{error, info, warn};
use url::Url;

use self::{
    interactions::Interactions,
    shard::{Over, Shard},
};
use super::{BotState, commands, registration};
use crate::{
    discord_api::{Application, DiscordError, GatewayAnswer},
    domain::UserId,
    jobs::{Backoff, rounded},
    messages::text,
    proxy::Proxy,
};

/// Between two IDENTIFYs of whatever shards (Discord docs, Gateway > Sharding).
const IDENTIFY_PAUSE: Duration = Duration::from_secs(5);

/// Why the bot can't go on in Discord.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GatewayError {
    /// Only a new token helps.
    #[error("Discord does not accept DISCORD_TOKEN; copy it again from the developer portal")]
    BadToken,
    /// Discord closes every connection for a reason that stays.
    #[error("Discord refuses this version of the bot (gateway close code {0}); update it")]
    Refused(u16),
    /// The machine gives no loopback address.
    #[error("this machine gives no loopback address")]
    NoLoopback,
}

/// Why a connection ended, in words without addresses and tokens.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
enum End {
    #[error("the bot stops")]
    Stopped,
    #[error("Discord named no usable address")]
    NoAddress,
    #[error("can't connect: {0}")]
    Unreachable(String),
    #[error("status {status} in place of a connection")]
    NotUpgraded {
        status: u16,
        /// How long to stay away, where that was said.
        retry_after: Option<Duration>,
    },
    #[error("no {0} in time")]
    Late(&'static str),
    #[error("it was cut off")]
    CutOff,
    #[error("Discord closed it (code {0})")]
    Closed(u16),
    #[error("Discord asked for a new one")]
    Reconnect,
    #[error("Discord ended the session (to be resumed: {resumable})")]
    Invalid { resumable: bool },
}

impl End {
    /// The same where the gateway is reached through this proxy, if there is one.
    fn through(self, proxy: Option<&Proxy>) -> Self {
        match (self, proxy) {
            (Self::Unreachable(cause), Some(proxy)) => Self::Unreachable(proxy.cause(&cause)),
            (end, _) => end,
        }
    }
}

/// Registers the commands and answers them until `BotState::stop` is set. A Discord that can't
/// be reached is waited for.
///
/// # Errors
/// When Discord refuses the token or the bot.
pub async fn serve(
    state: BotState,
    token: SecretString,
    base: Option<Url>,
) -> Result<(), GatewayError> {
    let stop = state.stop.clone();
    let Some(application) = stop.run_until_cancelled(reach_discord(&state)).await else {
        return Ok(());
    };
    let application = application?;
    info!(application = %application.id, name = application.name, "logged in to Discord");
    if application.owners.is_empty() {
        warn!("Discord names no owner of this application, so nobody can be told of problems");
    }
    let tasks = state.jobs.tasks();
    if application.has_endpoint {
        error!(
            "Discord sends interactions to the application's Interactions Endpoint URL, so this bot \
             gets none; remove that URL in the developer portal"
        );
        tasks.spawn(Arc::clone(&state.jobs).tell_owners(text::INTERACTIONS_ENDPOINT));
    }
    tasks.spawn({
        let state = state.clone();
        async move {
            let commands = poise::builtins::create_application_commands(&commands());
            let registering = registration::register(&state.discord, application.id, &commands);
            state.stop.run_until_cancelled(registering).await;
        }
    });
    let handlers = TaskTracker::new();
    let interactions = Interactions::new(state.clone(), application.id, handlers.clone());
    // On the heap, as what is done once and takes much room.
    let interactions = Box::pin(interactions).await.map_err(|_| GatewayError::NoLoopback)?;
    let connections = Connections {
        interactions: Arc::new(interactions),
        token,
        at_discord: base.is_none(),
        main_url: Mutex::new(None),
        identified: tokio::sync::Mutex::new(None),
        closing: CancellationToken::new(),
    };
    let keeping = connections.keep();
    tokio::pin!(keeping);
    tokio::select! {
        kept = &mut keeping => return kept,
        () = async {
            stop.cancelled().await;
            // Whoever has used a command in this moment is answered before the connections close.
            // What the songs are still waiting for may take longer.
            handlers.close();
            handlers.wait().await;
        } => connections.closing.cancel(),
    }
    keeping.await
}

/// Asks who we are until Discord answers.
async fn reach_discord(state: &BotState) -> Result<Application, GatewayError> {
    info!("connecting to Discord");
    let mut backoff = Backoff::new(Duration::from_secs(1), Duration::from_mins(1));
    loop {
        match state.discord.application().await {
            Ok(application) => return Ok(application),
            Err(DiscordError::BadToken) => return Err(GatewayError::BadToken),
            Err(error) => {
                let (cause, next_attempt_in) = (error.cause(), backoff.next());
                warn!(
                    cause,
                    next_attempt_in = ?rounded(next_attempt_in),
                    "no usable answer from Discord; jobs go on meanwhile"
                );
                sleep(next_attempt_in).await;
            }
        }
    }
}

/// What all shards share.
struct Connections {
    interactions: Arc<Interactions>,
    token: SecretString,
    /// Whether this is Discord itself and not something in its place.
    at_discord: bool,
    /// Where Discord said last that its gateway is.
    main_url: Mutex<Option<Url>>,
    /// When the last IDENTIFY was sent.
    identified: tokio::sync::Mutex<Option<Instant>>,
    /// Set when all interactions are answered and the connections are to close.
    closing: CancellationToken,
}

/// The turn to send an IDENTIFY, which no other shard has meanwhile.
struct Turn<'a>(tokio::sync::MutexGuard<'a, Option<Instant>>);

impl Turn<'_> {
    /// The IDENTIFY was sent.
    fn taken(mut self) {
        *self.0 = Some(Instant::now());
    }
}

impl Connections {
    /// Keeps as many shards connected as Discord wants.
    async fn keep(&self) -> Result<(), GatewayError> {
        let mut backoff = Backoff::new(IDENTIFY_PAUSE, Duration::from_mins(5));
        loop {
            let Some(answer) = self.stop().run_until_cancelled(self.ask_until_told()).await else {
                return Ok(());
            };
            let answer = answer?;
            let count = answer.shards.max(1);
            info!(shards = count, sessions_left = answer.left, "connecting to the gateway");
            let mut shards: FuturesUnordered<_> =
                (0..count).map(|number| Shard::new(self, number, count).run()).collect();
            let mut over = Over::Stopped;
            while let (Over::Stopped, Some(next)) = (over, shards.next().await) {
                over = next;
            }
            match over {
                Over::Stopped => return Ok(()),
                Over::Refused(error) => return Err(error),
                Over::Reshard => {
                    self.stop().run_until_cancelled(sleep(backoff.next())).await;
                }
            }
        }
    }

    async fn ask_until_told(&self) -> Result<GatewayAnswer, GatewayError> {
        let mut backoff = Backoff::new(Duration::from_secs(1), Duration::from_mins(1));
        loop {
            match self.ask().await {
                Ok(answer) => return Ok(answer),
                Err(DiscordError::BadToken) => return Err(GatewayError::BadToken),
                Err(error) => {
                    let (cause, next_attempt_in) = (error.cause(), backoff.next());
                    warn!(cause, next_attempt_in = ?rounded(next_attempt_in), "Discord does not say where its gateway is");
                    sleep(next_attempt_in).await;
                }
            }
        }
    }

    /// Asks where the gateway is, and how many sessions may be started.
    async fn ask(&self) -> Result<GatewayAnswer, DiscordError> {
        let answer = self.state().discord.gateway().await?;
        *self.main_url.lock().unwrap_or_else(PoisonError::into_inner) = Some(answer.url.clone());
        Ok(answer)
    }

    /// Waits until a shard may send an IDENTIFY.
    async fn turn_to_identify(&self) -> Turn<'_> {
        let turn = self.identified.lock().await;
        if let Some(last) = *turn {
            sleep_until(last + IDENTIFY_PAUSE).await;
        }
        Turn(turn)
    }

    /// Whether a session may be resumed there: Discord's own address, or that of what stands in its
    /// place.
    fn trusts(&self, url: &Url) -> bool {
        if !self.at_discord {
            return self.main_url().is_some_and(|main| main.host_str() == url.host_str());
        }
        url.scheme() == "wss" && url.domain().is_some_and(|host| host.ends_with(".discord.gg"))
    }

    fn main_url(&self) -> Option<Url> {
        self.main_url.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn take_user(&self, id: u64) {
        // It never changes.
        _ = self.state().bot.set(UserId(id));
    }

    fn take(&self, raw: Value) {
        self.interactions.take(raw);
    }

    fn state(&self) -> &BotState {
        self.interactions.state()
    }

    fn stop(&self) -> &CancellationToken {
        &self.state().stop
    }
}
