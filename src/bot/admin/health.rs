//! `/admin health`.

use tracing::warn;

use super::Admin;
use crate::{
    bot::{Context, command_error::CommandError},
    discord_api::{InteractionResponse, Message, Priority},
    messages::text::{self, admin as say},
};

/// The most characters of a message (Discord docs, Create Message: `content`).
const CONTENT_MAX: usize = 2000;

/// Check everything that the bot depends on: for the bot's owner
#[poise::command(slash_command)]
pub(super) async fn health(context: Context<'_>) -> Result<(), CommandError> {
    let admin = Admin::of(context).await?;
    admin.check_owner(say::OWNER_ONLY).await?;
    let Admin { state, invoker, .. } = admin;
    // The checks take longer than a first response may.
    if !state.begin_response(&invoker, &InteractionResponse::Defer).await {
        return Ok(());
    }
    let report = state.stop.run_until_cancelled((state.doctor)(CONTENT_MAX)).await;
    let told = Message::text(report.as_deref().unwrap_or(text::STOPPING));
    let (place, token) = (&invoker.place, &invoker.token);
    if let Err(error) =
        state.discord.edit_original_response(place, token, &told, Priority::High).await
    {
        warn!(%error, "showing the bot's health failed");
    }
    Ok(())
}
