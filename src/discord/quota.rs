//! `/quota`.

use super::{Context, asker::Asker, errors::CommandError};
use crate::{
    delivery::{Reply, standings},
    domain::Requester,
};

/// See how many songs you can still ask for
#[poise::command(
    slash_command,
    install_context = "Guild|User",
    interaction_context = "Guild|BotDm|PrivateChannel"
)]
pub(super) async fn quota(context: Context<'_>) -> Result<(), CommandError> {
    let front = context.framework.user_data().await;
    let asker = Asker::of_command(context.interaction);
    let (jobs, guild) = (&front.jobs, asker.place.guild);
    let requester = Requester { roles: &asker.roles, in_guild: guild.is_some() };
    let left = jobs.standings(asker.interaction, asker.user, guild, &requester).await?;
    let message = standings(&left, &jobs.under_way(asker.user).await?);
    front.answer(&asker, &Reply::Message(message)).await;
    Ok(())
}
