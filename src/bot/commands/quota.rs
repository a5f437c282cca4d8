//! `/quota`.

use std::time::Duration;

use tokio::time::Instant;

use crate::{
    bot::{
        BotState, Context,
        command_error::{CommandError, in_time},
        invoker::Invoker,
    },
    discord_api::{InteractionResponse, Message},
    domain::Requester,
    messages::{Allowance, quota_panel, text},
};

/// Of the 3 seconds for a response, this much may go into looking whether messages still exist.
const LOOK_UP_TIME: Duration = Duration::from_millis(500);

/// See how many songs you can still ask for
#[poise::command(
    slash_command,
    install_context = "Guild|User",
    interaction_context = "Guild|BotDm|PrivateChannel"
)]
pub(in crate::bot) async fn quota(context: Context<'_>) -> Result<(), CommandError> {
    let state = context.framework.user_data().await;
    let invoker = Invoker::of_command(context.interaction);
    let message = quota_of(state, &invoker).await?;
    state.respond(&invoker, &InteractionResponse::Message(message)).await;
    Ok(())
}

/// How many songs somebody can ask for, with those that they have under way.
pub(in crate::bot) async fn quota_of(
    state: &BotState,
    invoker: &Invoker,
) -> Result<Message, CommandError> {
    let (jobs, guild) = (&state.jobs, invoker.place.guild);
    let requester = Requester { roles: &invoker.roles, in_guild: guild.is_some() };
    let (person, now) = (invoker.user, invoker.interaction.created_at());
    // Before the charges are read: what is cancelled here is refunded.
    let under_way = in_time(jobs.under_way_seen(person, Instant::now() + LOOK_UP_TIME)).await?;
    let (restriction, (limits, charges)) = in_time(async {
        let restriction = jobs.store().overrides(person, guild).await?.restriction;
        Ok((restriction, jobs.quota_of(invoker.interaction, person, guild, &requester).await?))
    })
    .await?;
    let left = limits.usages(&requester, &charges, now);
    let grants: Vec<_> = charges.usable_grants(now).copied().collect();
    let kept_out = state.access.check(guild).err().or(restriction.map(text::admin::restricted));
    let available = limits.available(&requester, &charges, now);
    let allowance = Allowance { kept_out, available };
    Ok(quota_panel(&allowance, &left, &grants, &under_way, |job| jobs.wait_of(job)))
}
