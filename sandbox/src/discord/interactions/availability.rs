//! Where a command is available, and to whom.

use serde_json::{Value, json};

use crate::discord::api::json::Fields as _;
use crate::discord::interactions::begin::Actor;
use crate::discord::interactions::refusal::ClientRefusal;
use crate::discord::model::channel::{Channel, Place};
use crate::discord::model::command::Command;
use crate::discord::model::permission::EVERYTHING;
use crate::discord::state::DiscordState;

impl DiscordState {
    /// Where the application is installed that a command reaches from here
    /// (<https://docs.discord.com/developers/interactions/receiving-and-responding#interaction-object-authorizing-integration-owners-object>).
    pub(crate) fn owners_for(
        &self,
        actor: Actor,
        channel: &Channel,
        command: &Command,
    ) -> Result<Value, ClientRefusal> {
        let allows = |key: &str, number: u8| {
            let list = command.declared.get(key).and_then(Value::as_array);
            list.is_none_or(|list| list.iter().any(|entry| entry.as_u64() == Some(number.into())))
        };
        let not_here = || ClientRefusal::NotAvailableHere(command.name().to_owned());
        if !allows("contexts", channel.context()) {
            return Err(not_here());
        }
        self.permitted(actor, channel, command)?;
        let mut owners = json!({});
        let guild = channel.guild().and_then(|guild| self.guilds.get(&guild));
        let home = match (&channel.place, guild) {
            (Place::Guild(_), Some(guild)) if guild.has_bot => Some(guild.id),
            (Place::BotDm(_), _) => Some(0),
            _ => None,
        };
        if let Some(home) = home.filter(|_| allows("integration_types", 0)) {
            owners.set("0", home.to_string());
        }
        // Without an installation in the server, only people who installed it can use it.
        let person = self.users.get(&actor.user).is_some_and(|user| user.installed_app);
        if (person || home.is_none()) && allows("integration_types", 1) {
            owners.set("1", actor.user.to_string());
        }
        let installed = owners.as_object().is_some_and(|owners| !owners.is_empty());
        if installed { Ok(owners) } else { Err(not_here()) }
    }

    /// Whether a member has the permissions that a command asks for.
    fn permitted(
        &self,
        actor: Actor,
        channel: &Channel,
        command: &Command,
    ) -> Result<(), ClientRefusal> {
        let wanted = command.declared.get("default_member_permissions").and_then(Value::as_str);
        let wanted = wanted.and_then(|wanted| wanted.parse::<u64>().ok());
        let guild = channel.guild().and_then(|guild| self.guilds.get(&guild));
        let (Some(wanted), Some(guild)) = (wanted, guild) else { return Ok(()) };
        let held = guild.permissions_of(actor.user);
        // "0" means administrators only.
        let enough = if wanted == 0 { held == EVERYTHING } else { held & wanted == wanted };
        if enough { Ok(()) } else { Err(ClientRefusal::NotPermitted(command.name().to_owned())) }
    }
}
