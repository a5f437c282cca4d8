//! `/help`.

use crate::{
    bot::{
        Context,
        command_error::{CommandError, in_time},
        invoker::Invoker,
    },
    discord_api::InteractionResponse,
    domain::Requester,
    messages::{Allowance, help as render, text},
};

/// See how this works
#[poise::command(
    slash_command,
    install_context = "Guild|User",
    interaction_context = "Guild|BotDm|PrivateChannel"
)]
pub(in crate::bot) async fn help(context: Context<'_>) -> Result<(), CommandError> {
    let state = context.framework.user_data().await;
    let invoker = Invoker::of_command(context.interaction);
    let guild = invoker.place.guild;
    let (jobs, now) = (&state.jobs, invoker.interaction.created_at());
    let requester = Requester { roles: &invoker.roles, in_guild: guild.is_some() };
    let (restriction, (limits, charges)) = in_time(async {
        let restriction = jobs.store().overrides(invoker.user, guild).await?.restriction;
        Ok((
            restriction,
            jobs.quota_of(invoker.interaction, invoker.user, guild, &requester).await?,
        ))
    })
    .await?;
    let kept_out = state.access.check(guild).err().or(restriction.map(text::admin::restricted));
    let available = limits.available(&requester, &charges, now);
    let usages = limits.usages(&requester, &charges, now);
    let tells = jobs.tells_when_ready();
    // Discord offers `/admin` to members who may manage the server, unless the server has set
    // otherwise.
    let moderates = invoker.permissions.manage_guild();
    let message = render(&Allowance { kept_out, available }, &limits, &usages, tells, moderates);
    state.respond(&invoker, &InteractionResponse::Message(message)).await;
    Ok(())
}
