//! `/song`.

use secrecy::SecretString;
use serenity::all::{AuthorizingIntegrationOwner, CommandInteraction, InteractionContext};

use super::{Context, errors::CommandError};
use crate::{
    delivery::sentences,
    domain::{ApplicationId, ChannelId, GuildId, JobId, Place, Prompt, Reach, RoleId, UserId},
    jobs::Ask,
};

/// Make a song from a few words
#[poise::command(
    slash_command,
    install_context = "Guild|User",
    interaction_context = "Guild|BotDm|PrivateChannel"
)]
pub(super) async fn song(
    context: Context<'_>,
    #[description = "What the song should be like: style, mood, topic"]
    #[min_length = 1]
    #[max_length = 1000]
    prompt: String,
) -> Result<(), CommandError> {
    let front = context.framework.user_data().await;
    let interaction = context.interaction;
    if front.stop.is_cancelled() {
        return Err(CommandError::NotNow(sentences::STOPPING));
    }
    let place = place(interaction);
    front.access.check(place.guild).map_err(CommandError::NotNow)?;
    let roles = interaction.member.iter().flat_map(|member| &member.roles);
    let ask = Ask {
        interaction: JobId(interaction.id.get()),
        requester: UserId(interaction.user.id.get()),
        roles: roles.map(|role| RoleId(role.get())).collect(),
        place,
        prompt: Prompt::parse(&prompt)?,
    };
    Ok(front.jobs.ask(ask).await?)
}

/// Where a command was used.
fn place(interaction: &CommandInteraction) -> Place {
    Place {
        guild: interaction.guild_id.map(|guild| GuildId(guild.get())),
        channel: ChannelId(interaction.channel_id.get()),
        reach: reach(interaction),
        application: ApplicationId(interaction.application_id.get()),
        token: Some(SecretString::new(interaction.token.clone())),
        attachment_limit: interaction.attachment_size_limit,
    }
}

/// The bot itself is where it was installed, and in its own direct messages; a user's own
/// installation takes it nowhere (Discord docs, Interactions > Authorizing Integration Owners).
fn reach(interaction: &CommandInteraction) -> Reach {
    let installed_in_guild = interaction.authorizing_integration_owners.0.iter().any(|owner| {
        matches!(owner, AuthorizingIntegrationOwner::GuildInstall(guild)
            if guild.is_some() && *guild == interaction.guild_id)
    });
    let own_dm = interaction.context == Some(InteractionContext::BotDm);
    if installed_in_guild || own_dm { Reach::Channel } else { Reach::TokenOnly }
}
