//! `/help`.

use super::{
    Context,
    asker::Asker,
    errors::{CommandError, in_time},
};
use crate::delivery::{Reply, help as render, sentences};

/// See how this works
#[poise::command(
    slash_command,
    install_context = "Guild|User",
    interaction_context = "Guild|BotDm|PrivateChannel"
)]
pub(super) async fn help(context: Context<'_>) -> Result<(), CommandError> {
    let front = context.framework.user_data().await;
    let asker = Asker::of_command(context.interaction);
    let guild = asker.place.guild;
    let not_here = front.access.check(guild).err();
    let overrides = in_time(front.jobs.overrides(asker.user, guild)).await?;
    let limits = front.jobs.settings_limits().with(&overrides);
    let barred = overrides.bar.map(sentences::admin::barred);
    let tells = front.jobs.tells_when_ready();
    let message = render(&limits, guild.is_some(), not_here.or(barred), tells);
    front.answer(&asker, &Reply::Message(message)).await;
    Ok(())
}
