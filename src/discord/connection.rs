//! How the connection to the gateway stands, for the log.

use poise::serenity_prelude::async_trait;
use serenity::{
    all::{Context, EventHandler, ShardStageUpdateEvent},
    gateway::ConnectionStage,
};
use tracing::{info, warn};

/// Tells the log when the connection is lost and when it stands. Serenity itself says so too
/// quietly.
pub(super) struct Connection;

#[async_trait]
impl EventHandler for Connection {
    async fn shard_stage_update(&self, _context: Context, event: ShardStageUpdateEvent) {
        match (event.old, event.new) {
            (_, ConnectionStage::Connected) => info!("connected to Discord"),
            (ConnectionStage::Connected, _) => warn!("the connection to Discord is lost"),
            _ => {}
        }
    }
}
