//! People use the commands in the menus of messages and of people ("Apps").

use serde_json::{Map, json};

use crate::discord::api::json::Fields as _;
use crate::discord::interactions::begin::{Actor, Begun, Subject, command_data};
use crate::discord::interactions::refusal::ClientRefusal;
use crate::discord::model::interaction::InteractionKind;
use crate::discord::state::DiscordState;

const USER: u64 = 2;
const MESSAGE: u64 = 3;

impl DiscordState {
    /// Uses a message command.
    pub(crate) fn run_message_command(
        &mut self,
        actor: Actor,
        name: &str,
        message: u64,
    ) -> Result<Begun, ClientRefusal> {
        let channel = self.place(actor)?;
        let target = self.seen_message(actor, message)?;
        let command = self.commands.named(channel.guild(), MESSAGE, name);
        let command = command.ok_or_else(|| ClientRefusal::UnknownCommand(name.to_owned()))?;
        let owners = self.owners_for(actor, channel, command)?;
        let id = message.to_string();
        let mut data = command_data(command);
        data.set("resolved", json!({ "messages": { &id: self.message_json(target) } }));
        data.set("target_id", id);
        let (kind, command) = (InteractionKind::Command, name.to_owned());
        Ok(self.begin(
            actor,
            Subject { kind, command, owners, on_message: Some(message), shown_by: None, data },
        ))
    }

    /// Uses a user command.
    pub(crate) fn run_user_command(
        &mut self,
        actor: Actor,
        name: &str,
        user: u64,
    ) -> Result<Begun, ClientRefusal> {
        let channel = self.place(actor)?;
        let command = self.commands.named(channel.guild(), USER, name);
        let command = command.ok_or_else(|| ClientRefusal::UnknownCommand(name.to_owned()))?;
        let owners = self.owners_for(actor, channel, command)?;
        let mut resolved = Map::new();
        let known = self.users.contains_key(&user) && self.resolve(channel, user, &mut resolved);
        if !known {
            return Err(ClientRefusal::UnknownPerson);
        }
        let mut data = command_data(command);
        data.set("resolved", resolved);
        data.set("target_id", user.to_string());
        let (kind, command) = (InteractionKind::Command, name.to_owned());
        Ok(self.begin(
            actor,
            Subject { kind, command, owners, on_message: None, shown_by: None, data },
        ))
    }
}
