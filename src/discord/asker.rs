//! Who uses the bot, and where: the same from a command, a button and a form.

use secrecy::SecretString;
use serenity::all::{
    AuthorizingIntegrationOwner, AuthorizingIntegrationOwners, CommandInteraction,
    ComponentInteraction, InteractionContext, Member, ModalInteraction, Permissions,
};

use crate::domain::{ApplicationId, ChannelId, GuildId, Job, JobId, Place, Reach, RoleId, UserId};

/// Somebody who uses the bot.
#[derive(Clone, Debug)]
pub(super) struct Asker {
    /// The interaction with which they do.
    pub(super) interaction: JobId,
    /// Its token, with which it is answered.
    pub(super) token: SecretString,
    /// Who.
    pub(super) user: UserId,
    /// The roles that they hold there.
    pub(super) roles: Vec<RoleId>,
    /// What they may do there. Nothing outside of servers.
    pub(super) permissions: Permissions,
    /// Where.
    pub(super) place: Place,
}

/// Makes an [`Asker`] of an interaction: the three kinds have the same fields, but no common type.
macro_rules! asker {
    ($interaction:expr, $reach:expr) => {{
        let interaction = $interaction;
        let token = SecretString::new(interaction.token.clone());
        Asker {
            interaction: JobId(interaction.id.get()),
            token: token.clone(),
            user: UserId(interaction.user.id.get()),
            roles: interaction.member.iter().flat_map(|member| roles(member)).collect(),
            permissions: interaction
                .member
                .as_ref()
                .and_then(|member| member.permissions)
                .unwrap_or_default(),
            place: Place {
                guild: interaction.guild_id.map(|guild| GuildId(guild.get())),
                channel: ChannelId(interaction.channel_id.get()),
                reach: $reach,
                application: ApplicationId(interaction.application_id.get()),
                token: Some(token),
                attachment_limit: interaction.attachment_size_limit,
            },
        }
    }};
}

impl Asker {
    /// Whoever used a command.
    pub(super) fn of_command(interaction: &CommandInteraction) -> Self {
        let reach = reach(
            &interaction.authorizing_integration_owners,
            interaction.guild_id,
            interaction.context,
        );
        asker!(interaction, reach)
    }

    /// Whoever clicked a button.
    pub(super) fn of_click(interaction: &ComponentInteraction) -> Self {
        let reach = reach(
            &interaction.authorizing_integration_owners,
            interaction.guild_id,
            interaction.context,
        );
        asker!(interaction, reach)
    }

    /// Whoever sent a form, which remembers the reach of whoever opened it.
    pub(super) fn of_form(interaction: &ModalInteraction, reach: Reach) -> Self {
        asker!(interaction, reach)
    }

    /// Whether they may do away with what a job has brought: they asked for it, or may manage
    /// messages here.
    pub(super) fn may_remove(&self, job: &Job) -> bool {
        self.user == job.requester || self.permissions.manage_messages()
    }
}

fn roles(member: &Member) -> impl Iterator<Item = RoleId> {
    member.roles.iter().map(|role| RoleId(role.get()))
}

/// The bot itself is where it was installed, and in its own direct messages; a user's own
/// installation takes it nowhere (Discord docs, Interactions > Authorizing Integration Owners).
fn reach(
    owners: &AuthorizingIntegrationOwners,
    guild: Option<serenity::all::GuildId>,
    context: Option<InteractionContext>,
) -> Reach {
    let installed_in_guild = owners.0.iter().any(|owner| {
        matches!(owner, AuthorizingIntegrationOwner::GuildInstall(home)
            if home.is_some() && *home == guild)
    });
    let own_dm = context == Some(InteractionContext::BotDm);
    if installed_in_guild || own_dm { Reach::Channel } else { Reach::TokenOnly }
}
