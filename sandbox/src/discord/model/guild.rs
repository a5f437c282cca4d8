//! Servers, which Discord's API calls guilds.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::permission;
use crate::discord::json::Fields as _;
use crate::discord::json::merged;
use crate::discord::snowflake::{made_at, timestamp};
use crate::discord::state::DiscordState;

/// A server.
#[derive(Debug)]
pub(crate) struct Guild {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) owner: u64,
    /// Whether the bot is a member.
    pub(crate) has_bot: bool,
    pub(crate) roles: Vec<Role>,
    /// Members and the roles of each.
    pub(crate) members: BTreeMap<u64, Vec<u64>>,
    /// Texts that `AutoMod` blocks, in lower case.
    pub(crate) blocked_words: Vec<String>,
    /// Whether "Use External Apps" is denied to members.
    pub(crate) external_apps_denied: bool,
}

/// A role of a server.
#[derive(Debug)]
pub(crate) struct Role {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) permissions: u64,
    pub(crate) mentionable: bool,
}

impl Role {
    /// The role object (<https://docs.discord.com/developers/topics/permissions#role-object>).
    pub(crate) fn json(&self, position: usize) -> Value {
        json!({
            "id": self.id.to_string(),
            "name": self.name,
            "color": 0,
            "colors": { "primary_color": 0, "secondary_color": null, "tertiary_color": null },
            "hoist": false,
            "icon": null,
            "unicode_emoji": null,
            "position": position,
            "permissions": self.permissions.to_string(),
            "managed": false,
            "mentionable": self.mentionable,
            "flags": 0,
        })
    }
}

impl Guild {
    /// A server whose only member is its owner.
    pub(crate) fn new(id: u64, name: &str, owner: u64, has_bot: bool) -> Self {
        let everyone = Role {
            id,
            name: "@everyone".to_owned(),
            permissions: permission::MEMBER,
            mentionable: false,
        };
        Self {
            id,
            name: name.to_owned(),
            owner,
            has_bot,
            roles: vec![everyone],
            members: BTreeMap::from([(owner, Vec::new())]),
            blocked_words: Vec::new(),
            external_apps_denied: false,
        }
    }

    /// What a member may do, channels aside.
    pub(crate) fn permissions_of(&self, user: u64) -> u64 {
        if user == self.owner {
            return permission::EVERYTHING;
        }
        let held = self.members.get(&user).map_or(&[][..], Vec::as_slice);
        let roles = self.roles.iter().filter(|role| role.id == self.id || held.contains(&role.id));
        let granted = roles.fold(0, |granted, role| granted | role.permissions);
        if granted & permission::ADMINISTRATOR != 0 {
            return permission::EVERYTHING;
        }
        let denied = if self.external_apps_denied { permission::USE_EXTERNAL_APPS } else { 0 };
        granted & !denied
    }

    /// Whether `AutoMod` blocks a text.
    pub(crate) fn blocks(&self, text: &str) -> bool {
        let text = text.to_lowercase();
        self.blocked_words.iter().any(|word| text.contains(word.as_str()))
    }
}

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
}
