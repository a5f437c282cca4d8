//! Dispatches events of messages and channels to the gateway.

use serde_json::json;

use crate::discord::api::json::Fields as _;
use crate::discord::gateway::protocol;
use crate::discord::gateway::protocol::GUILDS;
use crate::discord::gateway::sessions::Event;
use crate::discord::state::DiscordState;

impl DiscordState {
    /// Dispatches the creation, change or deletion of a message that the bot can see.
    pub(crate) fn dispatch_message(&mut self, name: &'static str, id: u64) {
        let Some(message) = self.messages.get(&id).filter(|it| it.only_for.is_none()) else {
            return;
        };
        let Ok(channel) = self.visible_channel(message.channel) else { return };
        let guild = channel.guild();
        let mut data = if name == "MESSAGE_DELETE" {
            json!({ "id": id.to_string(), "channel_id": channel.id.to_string() })
        } else {
            self.message_json(message)
        };
        if let Some(guild) = guild.and_then(|guild| self.guilds.get(&guild)) {
            data.set("guild_id", guild.id.to_string());
            if name != "MESSAGE_DELETE" {
                data.set("member", Self::partial_member_json(guild, message.author));
            }
        }
        let intent =
            if guild.is_some() { protocol::GUILD_MESSAGES } else { protocol::DIRECT_MESSAGES };
        self.gateway.dispatch(&Event { name, data, guild, intent });
    }

    /// Dispatches an event of a channel in a server with the bot.
    pub(crate) fn dispatch_channel(&mut self, name: &'static str, id: u64) {
        let Ok(channel) = self.visible_channel(id) else { return };
        let (data, guild) = (self.channel_json(channel), channel.guild());
        self.gateway.dispatch(&Event { name, data, guild, intent: GUILDS });
    }
}
