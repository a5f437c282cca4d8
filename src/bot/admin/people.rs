//! `/admin block` and `/admin unblock`.

use serenity::all::User;

use super::Admin;
use crate::{
    bot::{Context, command_error::CommandError},
    domain::{AdminAction, UserId},
};

/// Take no more songs from a person
#[poise::command(slash_command)]
pub(super) async fn block(
    context: Context<'_>,
    #[description = "Whom"] person: User,
    #[description = "Why: for the log, the person doesn't see it"]
    #[max_length = 200]
    reason: String,
    #[description = "In every server and in direct messages: for the bot's owner"]
    everywhere: Option<bool>,
) -> Result<(), CommandError> {
    let admin = Admin::of(context).await?;
    let scope = admin.scope(everywhere).await?;
    admin.perform(AdminAction::Block(UserId(person.id.get())), scope, Some(reason)).await
}

/// Take songs from a person again
#[poise::command(slash_command)]
pub(super) async fn unblock(
    context: Context<'_>,
    #[description = "Whom"] person: User,
    #[description = "Why: for the log"]
    #[max_length = 200]
    reason: Option<String>,
    #[description = "Ends a block everywhere: for the bot's owner"] everywhere: Option<bool>,
) -> Result<(), CommandError> {
    let admin = Admin::of(context).await?;
    let scope = admin.scope(everywhere).await?;
    admin.perform(AdminAction::Unblock(UserId(person.id.get())), scope, reason).await
}
