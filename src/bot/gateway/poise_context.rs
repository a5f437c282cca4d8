//! What poise wants to be given beside an interaction.
//!
//! poise's commands get a serenity context, which is made of a shard's runner, which is made of a
//! shard, which is made of a WebSocket. Nothing of it is used by this bot. So a shard is connected
//! to this very process for a moment, and all that is kept of it is the context.

use std::{
    io,
    sync::{Arc, OnceLock},
};

use poise::FrameworkContext;
use serde_json::json;
use serenity::{
    all::{Context, GatewayIntents, Http, ShardId, ShardInfo, UserId},
    gateway::{
        Shard, ShardManager, ShardManagerOptions, ShardMessenger, ShardRunner, ShardRunnerOptions,
    },
    prelude::TypeMap,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{Mutex, RwLock},
};
use tokio_tungstenite::accept_async;

use crate::bot::{BotState, all_commands, command_error, error_handler};
use crate::domain::ApplicationId;

/// The commands, and what poise wants to be given beside an interaction.
pub(super) struct PoiseContext {
    context: Context,
    shards: Arc<ShardManager>,
    options: poise::FrameworkOptions<BotState, command_error::CommandError>,
    bot: UserId,
}

impl PoiseContext {
    pub(super) async fn new(application: ApplicationId) -> io::Result<Self> {
        let mut commands = all_commands();
        poise::framework::set_qualified_names(&mut commands);
        let options = poise::FrameworkOptions {
            commands,
            on_error: error_handler::handle,
            allowed_mentions: Some(serenity::builder::CreateAllowedMentions::new()),
            ..poise::FrameworkOptions::default()
        };
        let (context, shards) = pieces().await?;
        Ok(Self { context, shards, options, bot: UserId::new(application.0.max(1)) })
    }

    /// The commands.
    pub(super) fn commands(&self) -> &[poise::Command<BotState, command_error::CommandError>] {
        &self.options.commands
    }

    /// What poise wants to be given.
    pub(super) fn framework<'a>(
        &'a self,
        state: &'a BotState,
    ) -> FrameworkContext<'a, BotState, command_error::CommandError> {
        FrameworkContext {
            serenity_context: &self.context,
            bot_id: self.bot,
            options: &self.options,
            user_data: state,
            shard_manager: &self.shards,
        }
    }
}

async fn pieces() -> io::Result<(Context, Arc<ShardManager>)> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let ws_url = Arc::new(Mutex::new(format!("ws://{}/", listener.local_addr()?)));
    let shard_info: ShardInfo = serde_json::from_value(json!([0, 1]))?;
    let shard = Shard::new(Arc::clone(&ws_url), "", shard_info, GatewayIntents::empty(), None);
    let shard = tokio::select! {
        shard = shard => shard.map_err(|_| io::Error::other("no connection to this process"))?,
        error = accept_all(&listener) => return Err(error),
    };
    let (data, http) = (Arc::new(RwLock::new(TypeMap::new())), Arc::new(Http::new("")));
    let (manager, _) = ShardManager::new(ShardManagerOptions {
        data: Arc::clone(&data),
        event_handlers: Vec::new(),
        raw_event_handlers: Vec::new(),
        framework: Arc::new(OnceLock::new()),
        shard_index: 0,
        shard_init: 0,
        shard_total: 0,
        ws_url,
        http: Arc::clone(&http),
        intents: GatewayIntents::empty(),
        presence: None,
    });
    let runner = ShardRunner::new(ShardRunnerOptions {
        data: Arc::clone(&data),
        event_handlers: Vec::new(),
        raw_event_handlers: Vec::new(),
        framework: None,
        manager: Arc::clone(&manager),
        shard,
        http: Arc::clone(&http),
    });
    let shard = ShardMessenger::new(&runner);
    Ok((Context { data, shard, shard_id: ShardId(0), http }, manager))
}

/// Greets everybody who connects.
async fn accept_all(listener: &TcpListener) -> io::Error {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => drop(tokio::spawn(greet(stream))),
            Err(error) => return error,
        }
    }
}

async fn greet(stream: TcpStream) {
    drop(accept_async(stream).await);
}
