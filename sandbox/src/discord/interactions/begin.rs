//! Creates interactions from what people do.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Instant;

use serde_json::{Value, json};

use crate::discord::api::json::{Fields as _, overlay};
use crate::discord::gateway::sessions::Event;
use crate::discord::interactions::options::{descend, wrap};
use crate::discord::interactions::refusal::ClientRefusal;
use crate::discord::model::channel::Channel;
use crate::discord::model::command::Command;
use crate::discord::model::component::all;
use crate::discord::model::interaction::{AnswerState, Interaction, InteractionKind};
use crate::discord::model::message::StoredMessage;
use crate::discord::state::DiscordState;

/// A person in a channel.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Actor {
    pub(crate) user: u64,
    pub(crate) channel: u64,
}

/// What an interaction is about.
pub(crate) struct Subject {
    pub(crate) kind: InteractionKind,
    pub(crate) command: String,
    pub(crate) owners: Value,
    pub(crate) on_message: Option<u64>,
    pub(crate) shown_by: Option<u64>,
    pub(crate) data: Value,
}

/// The id and the token of an interaction that began.
pub(crate) type Begun = (u64, String);

impl DiscordState {
    /// Runs a slash command, or asks for suggestions for the half-typed last option.
    pub(crate) fn run_command(
        &mut self,
        actor: Actor,
        name: &str,
        given: &[(&str, Value)],
        half_typed: Option<&str>,
    ) -> Result<Begun, ClientRefusal> {
        let channel = self.place(actor)?;
        let path = name.split_whitespace().collect::<Vec<_>>();
        let (first, rest) = path.split_first().unwrap_or((&"", &[]));
        let command = self.commands.named(channel.guild(), 1, first);
        let command = command.ok_or_else(|| ClientRefusal::UnknownCommand(name.to_owned()))?;
        let owners = self.owners_for(actor, channel, command)?;
        let (declared, names) = descend(&command.declared, rest)?;
        let options = if let Some(half_typed) = half_typed {
            suggestible(declared, half_typed, given)?
        } else {
            let checked = self.check_options(channel, declared, given)?;
            (checked.options, checked.resolved)
        };
        let mut data = command_data(command);
        data.set("options", wrap(names, options.0));
        if !options.1.is_empty() {
            data.set("resolved", options.1);
        }
        let kind = if half_typed.is_some() {
            InteractionKind::Autocomplete
        } else {
            InteractionKind::Command
        };
        let command = name.to_owned();
        Ok(self.begin(
            actor,
            Subject { kind, command, owners, on_message: None, shown_by: None, data },
        ))
    }

    /// Clicks a button, or picks from a menu.
    pub(crate) fn use_component(
        &mut self,
        actor: Actor,
        message: u64,
        custom_id: &str,
        picked: Option<&[&str]>,
    ) -> Result<Begun, ClientRefusal> {
        let channel = self.place(actor)?;
        let target = self.seen_message(actor, message)?;
        let mut components = all(&target.components).into_iter();
        let component = components.find(|component| component.at("custom_id") == custom_id);
        let component = component.filter(|it| (it.at("type") == 2) == picked.is_none());
        let component =
            component.ok_or_else(|| ClientRefusal::UnknownButton(custom_id.to_owned()))?;
        if component.at("disabled") == true {
            return Err(ClientRefusal::Disabled(custom_id.to_owned()));
        }
        if !picked.is_none_or(|picked| offers(component, picked)) {
            return Err(ClientRefusal::NotAChoice(custom_id.to_owned()));
        }
        let mut data = json!({
            "custom_id": custom_id,
            "component_type": component.at("type"),
            "id": component.at("id"),
        });
        if let Some(picked) = picked {
            data.set("values", picked);
            if component.at("type") != 3 {
                let unknown = || ClientRefusal::NotAChoice(custom_id.to_owned());
                data.set("resolved", self.resolve_all(channel, picked).ok_or_else(unknown)?);
            }
        }
        let (command, owners) = self.origin_of(target);
        let kind = InteractionKind::Component;
        Ok(self.begin(
            actor,
            Subject { kind, command, owners, on_message: Some(message), shown_by: None, data },
        ))
    }

    /// Clicks a button that no message has. A modified client may send any `custom_id`, and Discord
    /// can't check it for messages that it doesn't keep, such as ephemeral ones.
    pub(crate) fn forge_click(
        &mut self,
        actor: Actor,
        message: u64,
        custom_id: &str,
    ) -> Result<Begun, ClientRefusal> {
        self.place(actor)?;
        let (command, owners) = self.origin_of(self.seen_message(actor, message)?);
        let data = json!({ "custom_id": custom_id, "component_type": 2, "id": 1 });
        let (kind, on_message) = (InteractionKind::Component, Some(message));
        Ok(self.begin(actor, Subject { kind, command, owners, on_message, shown_by: None, data }))
    }

    /// Sends another modal than what the person's latest interaction showed.
    pub(crate) fn forge_modal(
        &mut self,
        actor: Actor,
        on_message: Option<u64>,
        data: Value,
    ) -> Result<Begun, ClientRefusal> {
        self.place(actor)?;
        let (command, owners) = if let Some(message) = on_message {
            self.origin_of(self.seen_message(actor, message)?)
        } else {
            let home = self.guild_of(actor.channel).unwrap_or_default();
            (String::new(), json!({ "0": home.to_string() }))
        };
        let mut before = self.interactions.values().filter(|before| {
            before.user == actor.user && before.kind != InteractionKind::ModalSubmit
        });
        let shown_by = before.next_back().map(|before| before.id);
        let kind = InteractionKind::ModalSubmit;
        Ok(self.begin(actor, Subject { kind, command, owners, on_message, shown_by, data }))
    }

    /// Sends a filled-in modal.
    pub(crate) fn send_modal(
        &mut self,
        actor: Actor,
        shown_by: u64,
        data: Value,
    ) -> Result<Begun, ClientRefusal> {
        self.place(actor)?;
        let before = self.interactions.get(&shown_by).ok_or(ClientRefusal::UnknownMessage)?;
        let on_message = match before.kind {
            InteractionKind::Component => before.on_message,
            _ => None,
        };
        let (command, owners) = (before.command.clone(), before.owners.clone());
        let kind = InteractionKind::ModalSubmit;
        Ok(self.begin(
            actor,
            Subject { kind, command, owners, on_message, shown_by: Some(shown_by), data },
        ))
    }

    /// The channel of a person who can see it.
    pub(crate) fn place(&self, actor: Actor) -> Result<&Channel, ClientRefusal> {
        let channel = self.channel(actor.channel).map_err(|_| ClientRefusal::NoSuchChannel)?;
        let admitted = self.admits(channel, actor.user);
        if admitted { Ok(channel) } else { Err(ClientRefusal::NoSuchChannel) }
    }

    /// A message that a person sees.
    pub(crate) fn seen_message(
        &self,
        actor: Actor,
        message: u64,
    ) -> Result<&StoredMessage, ClientRefusal> {
        let found = self.message(actor.channel, message);
        let seen = found.filter(|found| found.only_for.is_none_or(|user| user == actor.user));
        seen.ok_or(ClientRefusal::UnknownMessage)
    }

    /// The command that a message stems from, and where the application was installed for it.
    fn origin_of(&self, message: &StoredMessage) -> (String, Value) {
        if let Some(interaction) = message.interaction.and_then(|id| self.interactions.get(&id)) {
            return (interaction.command.clone(), interaction.owners.clone());
        }
        let home = self.guild_of(message.channel).unwrap_or_default();
        (String::new(), json!({ "0": home.to_string() }))
    }

    /// Creates an interaction and dispatches it.
    pub(crate) fn begin(&mut self, actor: Actor, subject: Subject) -> Begun {
        let Subject { kind, command, owners, on_message, shown_by, data } = subject;
        let id = self.clock.id();
        let mut interaction = Interaction {
            id,
            token: token(id),
            kind,
            user: actor.user,
            channel: actor.channel,
            command,
            owners,
            on_message,
            shown_by,
            issued: Instant::now(),
            sent: None,
            answered: None,
            state: AnswerState::Waiting,
            followups: 0,
            event: Value::Null,
        };
        interaction.event = self.interaction_json(&interaction, &data);
        overlay(&mut interaction.event, &self.gateway.alteration);
        let begun = (id, interaction.token.clone());
        let event = interaction.event.clone();
        self.interactions.insert(id, interaction);
        let guild = self.guild_of(actor.channel);
        let name = "INTERACTION_CREATE";
        self.gateway.dispatch(&Event { name, data: event, guild, intent: 0 });
        begun
    }
}

/// A token that nobody guesses by chance, as long as a token is.
fn token(id: u64) -> String {
    let parts = (0..6).map(|part| {
        let mut hasher = DefaultHasher::new();
        (id, part).hash(&mut hasher);
        format!("{:016x}", hasher.finish())
    });
    format!("sandbox-{}", parts.collect::<String>())
}

/// Whether a menu lets a person pick these values: enough of them, and, if it lists its options,
/// from among those.
fn offers(menu: &Value, picked: &[&str]) -> bool {
    let count = picked.len() as u64;
    let least = menu.at("min_values").as_u64().unwrap_or(1);
    let most = menu.at("max_values").as_u64().unwrap_or(1);
    let listed = |value: &&str| {
        let options = menu.at("options").as_array();
        options.is_none_or(|options| options.iter().any(|option| option.at("value") == *value))
    };
    (least..=most).contains(&count) && picked.iter().all(listed)
}

pub(crate) fn command_data(command: &Command) -> Value {
    let mut data = json!({
        "id": command.id.to_string(),
        "name": command.name(),
        "type": command.kind(),
    });
    if let Some(guild) = command.guild {
        data.set("guild_id", guild.to_string());
    }
    data
}

type Options = (Vec<Value>, serde_json::Map<String, Value>);

/// The options of an autocomplete interaction: as typed so far, unchecked, one of them in focus.
fn suggestible(
    declared: &[Value],
    half_typed: &str,
    given: &[(&str, Value)],
) -> Result<Options, ClientRefusal> {
    let mut options = Vec::new();
    for (name, value) in given {
        let option = declared.iter().find(|option| option.at("name") == *name);
        let option = option.ok_or_else(|| ClientRefusal::UnknownOption((*name).to_owned()))?;
        let focused = *name == half_typed;
        if focused && option.at("autocomplete") != true {
            return Err(ClientRefusal::NoAutocomplete((*name).to_owned()));
        }
        let mut option = json!({ "name": name, "type": option.at("type"), "value": value });
        if focused {
            option.set("focused", true);
        }
        options.push(option);
    }
    Ok((options, serde_json::Map::new()))
}
