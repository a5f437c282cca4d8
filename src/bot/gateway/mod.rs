//! The connection to Discord: waited for, kept, and closed.
//!
//! The bot speaks to the gateway itself. serenity 0.12 reconnects without a pause, waits without
//! limits, ignores where a session is to be resumed, and drops interactions that it can't read.

mod connection;
mod connection_pace;
mod connections;
mod disconnect;
mod error;
mod interactions;
mod json_repair;
mod partial_interaction;
mod poise_context;
mod shard;
mod socket;

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use futures_util::{StreamExt as _, stream::FuturesUnordered};
use secrecy::SecretString;
use tokio::time::sleep;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing::{error, info, warn};
use url::Url;

pub use self::error::GatewayError;
use self::{
    connections::{Connections, IDENTIFY_PAUSE},
    interactions::Interactions,
    shard::{Shard, ShardExit},
};
use super::{BotState, all_commands, registration};
use crate::{
    discord_api::{Application, DiscordError, install_links},
    domain::ApplicationId,
    jobs::{Backoff, OwnerProblem, rounded},
};

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
    suggest_invitation(&state, application.id).await;
    if application.owners.is_empty() {
        warn!("Discord names no owner of this application, so nobody can be told of problems");
    }
    let tasks = state.jobs.tasks();
    if application.has_endpoint {
        error!(
            "Discord sends interactions to the application's Interactions Endpoint URL, so this bot \
             gets none; remove that URL in the developer portal"
        );
        tasks.spawn(Arc::clone(&state.jobs).tell_owners(OwnerProblem::InteractionsEndpoint));
    }
    tasks.spawn({
        let state = state.clone();
        async move {
            let commands = poise::builtins::create_application_commands(&all_commands());
            let registering = registration::register(&state.discord, application.id, &commands);
            if state.stop.run_until_cancelled(registering).await.is_some() {
                state.jobs.metrics().last_seen().commands_are_registered();
            }
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
    let keeping = keep(&connections);
    tokio::pin!(keeping);
    tokio::select! {
        kept = &mut keeping => return kept,
        () = async {
            stop.cancelled().await;
            // A person who has used a command in this moment is answered before the connections close.
            // What the songs are still waiting for may take longer.
            handlers.close();
            handlers.wait().await;
        } => connections.closing.cancel(),
    }
    keeping.await
}

/// Tells how the bot is added to a server, as long as nobody has asked it for a song.
async fn suggest_invitation(state: &BotState, application: ApplicationId) {
    if state.jobs.store().contents().await.is_ok_and(|contents| contents.jobs == 0) {
        let link = install_links::for_servers(application);
        info!(link, "add the bot to a server with this link");
    }
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
                    "no usable response from Discord; jobs go on meanwhile"
                );
                sleep(next_attempt_in).await;
            }
        }
    }
}

/// Keeps as many shards connected as Discord wants.
async fn keep(connections: &Connections) -> Result<(), GatewayError> {
    let mut backoff = Backoff::new(IDENTIFY_PAUSE, Duration::from_mins(5));
    loop {
        let Some(response) =
            connections.stop().run_until_cancelled(connections.ask_until_told()).await
        else {
            return Ok(());
        };
        let response = response?;
        let count = response.shards.max(1);
        info!(shards = count, sessions_left = response.left, "connecting to the gateway");
        connections.state().jobs.metrics().last_seen().expect_shards(count);
        let mut shards: FuturesUnordered<_> =
            (0..count).map(|number| Shard::new(connections, number, count).run()).collect();
        let mut over = ShardExit::Stopped;
        while let (ShardExit::Stopped, Some(next)) = (over, shards.next().await) {
            over = next;
        }
        match over {
            ShardExit::Stopped => return Ok(()),
            ShardExit::Refused(error) => return Err(error),
            ShardExit::Reshard => {
                connections.stop().run_until_cancelled(sleep(backoff.next())).await;
            }
        }
    }
}
