//! `/admin pause` and `/admin resume`.

use super::Admin;
use crate::{
    bot::{Context, command_error::CommandError},
    domain::AdminAction,
};

/// Take no more songs for now; those under way go on
#[poise::command(slash_command)]
pub(super) async fn pause(
    context: Context<'_>,
    #[description = "Why: for the log"]
    #[max_length = 200]
    reason: Option<String>,
    #[description = "In every server and in direct messages: for the bot's owner"]
    everywhere: Option<bool>,
) -> Result<(), CommandError> {
    let admin = Admin::of(context).await?;
    let scope = admin.scope(everywhere).await?;
    admin.perform(AdminAction::Pause, scope, reason).await
}

/// Take songs again
#[poise::command(slash_command)]
pub(super) async fn resume(
    context: Context<'_>,
    #[description = "Why: for the log"]
    #[max_length = 200]
    reason: Option<String>,
    #[description = "Ends a pause everywhere: for the bot's owner"] everywhere: Option<bool>,
) -> Result<(), CommandError> {
    let admin = Admin::of(context).await?;
    let scope = admin.scope(everywhere).await?;
    admin.perform(AdminAction::Resume, scope, reason).await
}
