//! The connection to Discord: waited for, kept, and closed.

use std::time::Duration;

use poise::serenity_prelude::async_trait;
use secrecy::{ExposeSecret, SecretString};
use serenity::all::{
    Client, Context as ShardContext, FullEvent, GatewayError as SerenityGatewayError,
    GatewayIntents, HttpBuilder,
};
use tokio::time::{Instant, sleep};
use tokio_util::task::TaskTracker;
use tracing::{info, warn};
use url::Url;

use super::{
    Framework, Front, clicks, commands, connection::Connection, errors, registration,
    silence::lasting_silence, typing,
};
use crate::{
    delivery::{Application, DiscordError},
    jobs::Backoff,
};

/// How long Discord may take to say where its gateway is.
const GATEWAY_TIMEOUT: Duration = Duration::from_secs(5);

/// Why the bot can't go on in Discord.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GatewayError {
    /// Only a new token helps.
    #[error("Discord does not accept DISCORD_TOKEN; copy it again from the developer portal")]
    BadToken,
}

/// Registers the commands and answers them until the front's `stop` is set. A Discord that can't
/// be reached is waited for.
///
/// # Errors
/// When Discord refuses the token.
pub async fn serve(
    front: Front,
    token: SecretString,
    base: Option<Url>,
) -> Result<(), GatewayError> {
    let stop = front.stop.clone();
    let Some(application) = stop.run_until_cancelled(reach_discord(&front)).await else {
        return Ok(());
    };
    let application = application?;
    info!(application = %application.id, "Discord knows this bot");
    front.jobs.tasks().spawn({
        let front = front.clone();
        async move {
            let commands = poise::builtins::create_application_commands(&commands());
            let registering = registration::register(&front.discord, application.id, &commands);
            front.stop.run_until_cancelled(registering).await;
        }
    });
    // Discord allows 1000 IDENTIFYs a day (Discord docs, Gateway > Session Start Limit).
    let mut backoff = Backoff::new(Duration::from_secs(1), Duration::from_mins(5));
    loop {
        let began = Instant::now();
        match stay_connected(&front, &token, base.as_ref()).await {
            Ok(()) => return Ok(()),
            Err(Trouble::BadToken) => return Err(GatewayError::BadToken),
            Err(Trouble::Silence) => warn!("nothing is heard of Discord; connecting anew"),
            Err(Trouble::Passing(cause)) => {
                warn!(cause, "the connection to Discord can't be kept up");
                let pause = sleep(backoff.next_after(began.elapsed()));
                if stop.run_until_cancelled(pause).await.is_none() {
                    return Ok(());
                }
            }
        }
    }
}

/// Why a connection ended.
enum Trouble {
    BadToken,
    Silence,
    Passing(String),
}

impl From<DiscordError> for Trouble {
    fn from(error: DiscordError) -> Self {
        match error {
            DiscordError::BadToken => Self::BadToken,
            other => Self::Passing(other.to_string()),
        }
    }
}

/// Errors of serenity's are named, not printed: their texts can hold addresses with tokens.
impl From<serenity::Error> for Trouble {
    fn from(error: serenity::Error) -> Self {
        let cause = match error {
            serenity::Error::Gateway(SerenityGatewayError::InvalidAuthentication) => {
                return Self::BadToken;
            }
            serenity::Error::Gateway(error) => format!("gateway: {error}"),
            serenity::Error::Http(_) => "an HTTP request failed".to_owned(),
            serenity::Error::Tungstenite(_) => "the WebSocket failed".to_owned(),
            _ => "the client failed".to_owned(),
        };
        Self::Passing(cause)
    }
}

/// Asks who we are until Discord answers.
async fn reach_discord(front: &Front) -> Result<Application, GatewayError> {
    let mut backoff = Backoff::new(Duration::from_secs(1), Duration::from_mins(1));
    loop {
        match front.discord.application().await {
            Ok(application) => return Ok(application),
            Err(DiscordError::BadToken) => return Err(GatewayError::BadToken),
            Err(error) => {
                warn!(%error, "Discord can't be reached; jobs go on meanwhile");
                sleep(backoff.next()).await;
            }
        }
    }
}

/// One life of a client. `Ok` when the bot stops.
async fn stay_connected(
    front: &Front,
    token: &SecretString,
    base: Option<&Url>,
) -> Result<(), Trouble> {
    let handlers = TaskTracker::new();
    let connecting = connect(front, token, base, handlers.clone());
    let Some(connected) = front.stop.run_until_cancelled(connecting).await else {
        return Ok(());
    };
    let mut client = connected?;
    let shards = client.shard_manager.clone();
    tokio::select! {
        ended = client.start_autosharded() => {
            ended?;
            Err(Trouble::Passing("all shards have ended".to_owned()))
        }
        () = lasting_silence(&shards) => {
            // Should it come back to life after all, it is to leave.
            shards.shutdown_all().await;
            Err(Trouble::Silence)
        }
        () = front.stop.cancelled() => {
            // Whoever has used a command in this moment is answered before the shards close. What
            // the songs are still waiting for may take longer.
            handlers.close();
            handlers.wait().await;
            shards.shutdown_all().await;
            Ok(())
        }
    }
}

async fn connect(
    front: &Front,
    token: &SecretString,
    base: Option<&Url>,
    handlers: TaskTracker,
) -> Result<Client, Trouble> {
    // Serenity would fall back to Discord's own address, whatever the settings say.
    let gateway = front.discord.gateway().await?;
    // Serenity itself waits without a limit.
    let limited = front.proxies.client().timeout(GATEWAY_TIMEOUT).build();
    let limited = limited.map_err(|_| Trouble::Passing("no HTTP client".to_owned()))?;
    let mut http =
        HttpBuilder::new(token.expose_secret()).client(limited).ratelimiter_disabled(true);
    if let Some(base) = base {
        http = http.proxy(base.as_str());
    }
    // Interactions belong to no intent, and nothing else is listened to.
    let client =
        serenity::client::ClientBuilder::new_with_http(http.build(), GatewayIntents::empty())
            .event_handler(Connection)
            .framework(Tracked { framework: framework(front), front: front.clone(), handlers })
            .await?;
    *client.ws_url.lock().await = gateway;
    Ok(client)
}

fn framework(front: &Front) -> Framework {
    let front = front.clone();
    let options = poise::FrameworkOptions {
        commands: commands(),
        on_error: errors::answer,
        allowed_mentions: Some(serenity::builder::CreateAllowedMentions::new()),
        ..poise::FrameworkOptions::default()
    };
    poise::Framework::builder()
        .options(options)
        .initialize_owners(false)
        .setup(|_, _, _| Box::pin(async { Ok(front) }))
        .build()
}

/// Poise's framework and our own answers to what it doesn't know, with everything that runs known
/// to the trackers that a stop waits for.
struct Tracked {
    framework: Framework,
    front: Front,
    /// What came over this connection.
    handlers: TaskTracker,
}

#[async_trait]
impl serenity::framework::Framework for Tracked {
    async fn init(&mut self, client: &Client) {
        serenity::framework::Framework::init(&mut self.framework, client).await;
    }

    async fn dispatch(&self, context: ShardContext, event: FullEvent) {
        let dispatch = async {
            if let FullEvent::InteractionCreate { interaction } = &event
                && (clicks::answer(&self.front, interaction).await
                    || typing::answer(&self.front, interaction).await)
            {
                return;
            }
            serenity::framework::Framework::dispatch(&self.framework, context, event).await;
        };
        let dispatch = self.handlers.track_future(dispatch);
        self.front.jobs.tasks().track_future(dispatch).await;
    }
}
