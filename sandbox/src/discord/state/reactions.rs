//! Emojis, and reactions to messages.

use serde_json::{Value, json};

use crate::discord::api::error::ApiError;
use crate::discord::api::json::Fields as _;
use crate::discord::gateway::protocol;
use crate::discord::gateway::sessions::Event;
use crate::discord::model::emoji::Emoji;
use crate::discord::model::reaction::{Reaction, ReactionEmoji};
use crate::discord::state::DiscordState;

/// Different emojis below one message.
const MOST_EMOJIS: usize = 20;

impl DiscordState {
    /// Adds a reaction.
    ///
    /// # Errors
    /// 10014 for an unknown emoji, 30010 after 20 emojis.
    pub(crate) fn react(&mut self, id: u64, emoji: &str, user: u64) -> Result<(), ApiError> {
        let emoji = self.reaction_emoji(emoji)?;
        let message = self.messages.get_mut(&id).ok_or(ApiError::UNKNOWN_MESSAGE)?;
        let full = message.reactions.len() == MOST_EMOJIS;
        let known = message.reactions.iter_mut().find(|reaction| reaction.emoji == emoji);
        match known {
            Some(reaction) if reaction.users.contains(&user) => return Ok(()),
            Some(reaction) => reaction.users.push(user),
            None if full => return Err(ApiError::TOO_MANY_REACTIONS),
            None => message.reactions.push(Reaction { emoji: emoji.clone(), users: vec![user] }),
        }
        let data = json!({
            "emoji": emoji.json(),
            "user_id": user.to_string(),
            "message_author_id": message.author.to_string(),
            "burst": false,
            "type": 0,
        });
        self.dispatch_reaction("MESSAGE_REACTION_ADD", id, data);
        Ok(())
    }

    /// Removes the reaction of a user.
    ///
    /// # Errors
    /// 10014 if there is none.
    pub(crate) fn take_reaction(
        &mut self,
        id: u64,
        emoji: &str,
        user: u64,
    ) -> Result<(), ApiError> {
        let emoji = self.reaction_emoji(emoji)?;
        let message = self.messages.get_mut(&id).ok_or(ApiError::UNKNOWN_MESSAGE)?;
        let known = message.reactions.iter_mut().find(|reaction| reaction.emoji == emoji);
        let reaction = known.filter(|reaction| reaction.users.contains(&user));
        reaction.ok_or(ApiError::UNKNOWN_EMOJI)?.users.retain(|known| *known != user);
        message.reactions.retain(|reaction| !reaction.users.is_empty());
        let data = json!({
            "emoji": emoji.json(),
            "user_id": user.to_string(),
            "burst": false,
            "type": 0,
        });
        self.dispatch_reaction("MESSAGE_REACTION_REMOVE", id, data);
        Ok(())
    }

    /// Removes all reactions with an emoji, or all reactions.
    ///
    /// # Errors
    /// 10014 for an unknown emoji.
    pub(crate) fn take_all_reactions(
        &mut self,
        id: u64,
        emoji: Option<&str>,
    ) -> Result<(), ApiError> {
        let emoji = emoji.map(|emoji| self.reaction_emoji(emoji)).transpose()?;
        let message = self.messages.get_mut(&id).ok_or(ApiError::UNKNOWN_MESSAGE)?;
        let stays = |reaction: &Reaction| emoji.as_ref().is_some_and(|it| reaction.emoji != *it);
        message.reactions.retain(stays);
        match emoji {
            Some(emoji) => {
                let data = json!({ "emoji": emoji.json() });
                self.dispatch_reaction("MESSAGE_REACTION_REMOVE_EMOJI", id, data);
            }
            None => self.dispatch_reaction("MESSAGE_REACTION_REMOVE_ALL", id, json!({})),
        }
        Ok(())
    }

    /// Dispatches an event of reactions to a message that the bot can see.
    fn dispatch_reaction(&mut self, name: &'static str, id: u64, mut data: Value) {
        let Some(message) = self.messages.get(&id).filter(|it| it.only_for.is_none()) else {
            return;
        };
        let Ok(channel) = self.visible_channel(message.channel) else { return };
        data.set("message_id", id.to_string());
        data.set("channel_id", channel.id.to_string());
        let guild = channel.guild();
        let mut intent = protocol::DIRECT_MESSAGE_REACTIONS;
        if let Some(guild) = guild.and_then(|guild| self.guilds.get(&guild)) {
            intent = protocol::GUILD_MESSAGE_REACTIONS;
            data.set("guild_id", guild.id.to_string());
            let user = data.at("user_id").as_str().and_then(|user| user.parse().ok());
            if let (Some(user), "MESSAGE_REACTION_ADD") = (user, name) {
                data.set("member", self.member_json(guild, user));
            }
        }
        self.gateway.dispatch(&Event { name, data, guild, intent });
    }
}

impl DiscordState {
    /// The emoji that a path or a person names: itself, or `name:id`.
    ///
    /// # Errors
    /// 10014 for an unknown emoji.
    pub(crate) fn reaction_emoji(&self, text: &str) -> Result<ReactionEmoji, ApiError> {
        let id = text.rsplit_once(':').and_then(|(_, id)| id.parse::<u64>().ok());
        match id.map(|id| (id, self.emojis.get(&id))) {
            Some((id, Some(emoji))) => Ok(ReactionEmoji { id: Some(id), name: emoji.name.clone() }),
            None if !text.is_empty() && !text.is_ascii() => {
                Ok(ReactionEmoji { id: None, name: text.to_owned() })
            }
            _ => Err(ApiError::UNKNOWN_EMOJI),
        }
    }
}

impl DiscordState {
    /// The emoji object.
    pub(crate) fn emoji_json(&self, emoji: &Emoji) -> Value {
        json!({
            "id": emoji.id.to_string(),
            "name": emoji.name,
            "roles": [],
            "user": self.user_json(self.bot),
            "require_colons": true,
            "managed": false,
            "animated": emoji.animated,
            "available": true,
        })
    }
}
