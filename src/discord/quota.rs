//! `/quota`.

use super::{
    Context,
    asker::Asker,
    errors::{CommandError, in_time},
};
use crate::{
    delivery::{Answer, Reply, sentences, standings},
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
    let (person, now) = (asker.user, asker.interaction.created_at());
    let (bar, (limits, charges), under_way) = in_time(async {
        let bar = jobs.overrides(person, guild).await?.bar;
        let quota = jobs.quota_of(asker.interaction, person, guild, &requester).await?;
        Ok((bar, quota, jobs.under_way(person).await?))
    })
    .await?;
    let left = limits.standings(&requester, &charges, now);
    let grants: Vec<_> = charges.usable_grants(now).copied().collect();
    let kept_out = front.access.check(guild).err().or(bar.map(sentences::admin::barred));
    let available = limits.available(&requester, &charges, now);
    let message = standings(&Answer { kept_out, available }, &left, &grants, &under_way);
    front.answer(&asker, &Reply::Message(message)).await;
    Ok(())
}
