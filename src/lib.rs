//! whisul-bot: a Discord bot that turns a prompt into a song.

pub mod config;
pub mod domain;
pub mod ops;

/// Why the bot ended without being asked to.
#[derive(Debug, thiserror::Error)]
pub enum RunError {}

/// Runs the bot until `shutdown` comes.
///
/// # Errors
/// When it can't start or go on.
pub async fn run(
    settings: config::Settings,
    shutdown: impl Future<Output = ()>,
) -> Result<(), RunError> {
    tracing::info!(max_running = settings.max_running, "ready");
    shutdown.await;
    Ok(())
}
