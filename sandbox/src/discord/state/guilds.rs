//! Servers and their members: how they are founded, and their JSON.

use serde_json::{Value, json};

use crate::discord::api::json::{Fields as _, merged};
use crate::discord::api::snowflake::{made_at, timestamp};
use crate::discord::gateway::protocol::GUILDS;
use crate::discord::gateway::sessions::Event;
use crate::discord::model::guild::Guild;
use crate::discord::state::DiscordState;

impl DiscordState {
    /// A member without the user inside.
    pub(crate) fn partial_member_json(guild: &Guild, user: u64) -> Value {
        let roles = guild.members.get(&user).map_or(&[][..], Vec::as_slice);
        json!({
            "roles": roles.iter().map(u64::to_string).collect::<Vec<_>>(),
            "joined_at": timestamp(made_at(guild.id)),
            "nick": null,
            "avatar": null,
            "banner": null,
            "premium_since": null,
            "communication_disabled_until": null,
            "unusual_dm_activity_until": null,
            "deaf": false,
            "mute": false,
            "pending": false,
            "flags": 0,
        })
    }

    /// A member with the user inside
    /// (<https://docs.discord.com/developers/resources/guild#guild-member-object>).
    pub(crate) fn member_json(&self, guild: &Guild, user: u64) -> Value {
        let mut member = Self::partial_member_json(guild, user);
        member.set("user", self.user_json(user));
        member
    }

    /// The members whose names begin with a text, whatever its capitals.
    pub(crate) fn members_named(&self, guild: &Guild, text: &str) -> impl Iterator<Item = u64> {
        let text = text.to_lowercase();
        guild.members.keys().copied().filter(move |user| {
            let user = self.users.get(user);
            user.is_some_and(|user| user.name.to_lowercase().starts_with(&text))
        })
    }

    /// The roles of a server.
    pub(crate) fn roles_json(guild: &Guild) -> Value {
        guild.roles.iter().enumerate().map(|(position, role)| role.json(position)).collect()
    }

    /// A server as `GET /guilds/{guild}` shows it
    /// (<https://docs.discord.com/developers/resources/guild#guild-object>).
    pub(crate) fn guild_json(guild: &Guild) -> Value {
        let identity = json!({
            "id": guild.id.to_string(),
            "name": guild.name,
            "icon": null,
            "splash": null,
            "discovery_splash": null,
            "banner": null,
            "description": null,
            "home_header": null,
            "owner_id": guild.owner.to_string(),
            "region": "deprecated",
            "afk_channel_id": null,
            "afk_timeout": 300,
            "widget_enabled": false,
            "widget_channel_id": null,
            "verification_level": 0,
            "default_message_notifications": 0,
            "explicit_content_filter": 0,
            "roles": Self::roles_json(guild),
            "emojis": [],
            "stickers": [],
            "features": [],
        });
        let settings = json!({
            "mfa_level": 0,
            "application_id": null,
            "system_channel_id": null,
            "system_channel_flags": 0,
            "rules_channel_id": null,
            "public_updates_channel_id": null,
            "safety_alerts_channel_id": null,
            "max_presences": null,
            "max_members": 500_000,
            "max_video_channel_users": 25,
            "max_stage_video_channel_users": 50,
            "vanity_url_code": null,
            "premium_tier": 0,
            "premium_subscription_count": 0,
            "premium_progress_bar_enabled": false,
            "preferred_locale": "en-US",
            "nsfw": false,
            "nsfw_level": 0,
            "hub_type": null,
            "latest_onboarding_question_id": null,
            "incidents_data": null,
        });
        merged(identity, settings)
    }

    /// A server as the event `GUILD_CREATE` brings it.
    pub(crate) fn guild_create_json(&self, guild: &Guild) -> Value {
        let created = Self::guild_json(guild);
        let members = guild.members.keys().map(|user| self.member_json(guild, *user));
        let members = members.collect::<Vec<_>>();
        let more = json!({
            "joined_at": timestamp(made_at(guild.id)),
            "large": false,
            "unavailable": false,
            "member_count": members.len(),
            "voice_states": [],
            "members": members,
            "channels": self.channels_json(guild.id),
            "threads": self.active_threads(guild.id).map(|it| self.channel_json(it)).collect::<Vec<_>>(),
            "presences": [],
            "stage_instances": [],
            "guild_scheduled_events": [],
            "soundboard_sounds": [],
        });
        merged(created, more)
    }

    /// Founds a server, whose owner is not one of the people that act here.
    pub(crate) fn found(&mut self, name: &str, has_bot: bool) -> u64 {
        let (id, owner) = (self.clock.id(), self.owner);
        let mut guild = Guild::new(id, name, owner, has_bot);
        if has_bot {
            guild.members.insert(self.bot, Vec::new());
        }
        self.guilds.insert(id, guild);
        if let Some(guild) = self.guilds.get(&id).filter(|guild| guild.has_bot) {
            let data = self.guild_create_json(guild);
            let event = Event { name: "GUILD_CREATE", data, guild: Some(id), intent: GUILDS };
            self.gateway.dispatch(&event);
        }
        id
    }
}
