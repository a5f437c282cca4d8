//! Who uses the bot, and where: the same from a command, a button and a form.

use secrecy::SecretString;
use serenity::all::{
    AuthorizingIntegrationOwner, AuthorizingIntegrationOwners, CommandInteraction,
    ComponentInteraction, InteractionContext, Member, ModalInteraction, Permissions,
};

use crate::domain::{
    ApplicationId, ChannelId, GuildId, InteractionId, Job, MessageAccess, Place, RoleId, UserId,
};

/// Somebody who uses the bot.
#[derive(Clone, Debug)]
pub(super) struct Invoker {
    /// The interaction with which they do.
    pub(super) interaction: InteractionId,
    /// Its token, with which it is answered.
    pub(super) token: SecretString,
    /// Who.
    pub(super) user: UserId,
    /// What they are called there.
    pub(super) name: String,
    /// The roles that they hold there.
    pub(super) roles: Vec<RoleId>,
    /// What they may do there. Nothing outside of servers.
    pub(super) permissions: Permissions,
    /// Where.
    pub(super) place: Place,
}

/// Makes an [`Invoker`] of an interaction: the three kinds have the same fields, but no common type.
macro_rules! invoker {
    ($interaction:expr, $access:expr) => {{
        let interaction = $interaction;
        let token = SecretString::new(interaction.token.clone());
        Invoker {
            interaction: InteractionId(interaction.id.get()),
            token: token.clone(),
            user: UserId(interaction.user.id.get()),
            name: interaction
                .member
                .as_ref()
                .and_then(|member| member.nick.clone())
                .unwrap_or_else(|| interaction.user.display_name().to_owned()),
            roles: interaction.member.iter().flat_map(|member| roles(member)).collect(),
            permissions: interaction
                .member
                .as_ref()
                .and_then(|member| member.permissions)
                .unwrap_or_default(),
            place: Place {
                guild: interaction.guild_id.map(|guild| GuildId(guild.get())),
                channel: ChannelId(interaction.channel_id.get()),
                access: $access,
                application: ApplicationId(interaction.application_id.get()),
                token: Some(token),
                attachment_limit: interaction.attachment_size_limit,
            },
        }
    }};
}

impl Invoker {
    /// The person who used a command.
    pub(super) fn of_command(interaction: &CommandInteraction) -> Self {
        let access = access(
            &interaction.authorizing_integration_owners,
            interaction.guild_id,
            interaction.context,
        );
        invoker!(interaction, access)
    }

    /// The person who clicked a button.
    pub(super) fn of_click(interaction: &ComponentInteraction) -> Self {
        let access = access(
            &interaction.authorizing_integration_owners,
            interaction.guild_id,
            interaction.context,
        );
        invoker!(interaction, access)
    }

    /// The person who sent a form, which remembers the reach of the person who opened it.
    pub(super) fn of_form(interaction: &ModalInteraction, access: MessageAccess) -> Self {
        invoker!(interaction, access)
    }

    /// Whether they may delete a message about a job in this channel: they asked for it, or may
    /// manage messages here.
    pub(super) fn may_delete(&self, job: &Job) -> bool {
        self.user == job.requester || self.permissions.manage_messages()
    }

    /// Whether they may cancel a job: they asked for it, or may manage messages in the server
    /// where it was asked for. A button that was made up may name the job of another.
    pub(super) fn may_cancel(&self, job: &Job) -> bool {
        let is_here = self.place.guild.is_some() && self.place.guild == job.place.guild;
        self.user == job.requester || (is_here && self.permissions.manage_messages())
    }
}

fn roles(member: &Member) -> impl Iterator<Item = RoleId> {
    member.roles.iter().map(|role| RoleId(role.get()))
}

/// The bot itself is where it was installed, and in its own direct messages; a user's own
/// installation takes it nowhere (Discord docs, Interactions > Authorizing Integration Owners).
fn access(
    owners: &AuthorizingIntegrationOwners,
    guild: Option<serenity::all::GuildId>,
    context: Option<InteractionContext>,
) -> MessageAccess {
    let installed_in_guild = owners.0.iter().any(|owner| {
        matches!(owner, AuthorizingIntegrationOwner::GuildInstall(home)
            if home.is_some() && *home == guild)
    });
    let own_dm = context == Some(InteractionContext::BotDm);
    if installed_in_guild || own_dm { MessageAccess::Channel } else { MessageAccess::TokenOnly }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{JobId, fixtures};

    fn job(guild: u64) -> Job {
        let mut job = fixtures::job(JobId(1), UserId(9));
        job.place.guild = Some(GuildId(guild));
        job
    }

    fn invoker(user: u64, permissions: Permissions, guild: u64) -> Invoker {
        Invoker {
            interaction: InteractionId(2),
            token: SecretString::new("token".to_owned()),
            user: UserId(user),
            name: "Ann".to_owned(),
            roles: Vec::new(),
            permissions,
            place: job(guild).place,
        }
    }

    #[test]
    fn a_moderator_cancels_songs_of_their_own_server_only() {
        let job = job(7);
        let moderator = |guild| invoker(5, Permissions::MANAGE_MESSAGES, guild);
        assert!(invoker(9, Permissions::empty(), 8).may_cancel(&job), "it is theirs");
        assert!(moderator(7).may_cancel(&job));
        assert!(!moderator(8).may_cancel(&job));
        assert!(!invoker(5, Permissions::empty(), 7).may_cancel(&job));
        assert!(moderator(8).may_delete(&job), "the message is in their server, wherever it began");
    }
}
