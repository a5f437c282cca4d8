//! Servers, their channels and roles.

use std::sync::Arc;

use serde_json::json;

use crate::discord::client::person::Person;
use crate::discord::gateway::protocol::GUILDS;
use crate::discord::gateway::sessions::Event;
use crate::discord::model::channel::Place;
use crate::discord::model::guild::Guild;
use crate::discord::model::permission::{ATTACH_FILES, SEND_MESSAGES, VIEW_CHANNEL};
use crate::discord::model::{channel, guild};
use crate::discord::shared::Shared;

/// A server.
#[derive(Clone, Debug)]
pub struct Server {
    pub(crate) shared: Arc<Shared>,
    pub(crate) id: u64,
}

impl Server {
    fn change<T>(&self, change: impl FnOnce(&mut Guild) -> T) -> Option<T> {
        self.shared.change(|state| state.guilds.get_mut(&self.id).map(change))
    }

    /// The server's id.
    #[must_use]
    pub fn id(&self) -> u64 {
        self.id
    }

    /// Opens a text channel.
    #[must_use]
    pub fn add_channel(&self, name: &str) -> Channel {
        let id = self.shared.change(|state| {
            let id = state.clock.id();
            let place = Place::Guild(self.id);
            state.channels.insert(id, channel::Channel::new(id, name, place));
            state.dispatch_channel("CHANNEL_CREATE", id);
            id
        });
        Channel { shared: Arc::clone(&self.shared), id }
    }

    /// Makes a role that nobody holds, without permissions of its own.
    #[must_use]
    pub fn add_role(&self, name: &str) -> Role {
        let id = self.shared.change(|state| {
            let id = state.clock.id();
            let role =
                guild::Role { id, name: name.to_owned(), permissions: 0, mentionable: false };
            if let Some(guild) = state.guilds.get_mut(&self.id) {
                guild.roles.push(role);
            }
            id
        });
        Role { shared: Arc::clone(&self.shared), server: self.id, id }
    }

    /// A person becomes a member.
    pub fn join(&self, person: &Person) {
        self.change(|guild| guild.members.entry(person.id()).or_default().len());
    }

    /// A person is no member any more.
    pub fn leave(&self, person: &Person) {
        self.change(|guild| guild.members.remove(&person.id()));
    }

    /// Gives a role to a member; a person who was none becomes one.
    pub fn give_role(&self, person: &Person, role: &Role) {
        self.change(|guild| {
            let held = guild.members.entry(person.id()).or_default();
            held.retain(|id| *id != role.id);
            held.push(role.id);
        });
    }

    /// Takes a role from a member.
    pub fn take_role(&self, person: &Person, role: &Role) {
        self.change(|guild| {
            guild.members.entry(person.id()).or_default().retain(|id| *id != role.id);
        });
    }

    /// Hides a channel from the bot (50001).
    pub fn deny_bot(&self, channel: &Channel) {
        channel.change(|channel| channel.denied_to_bot |= VIEW_CHANNEL);
    }

    /// Lets the bot see a channel but not write in it (50013).
    pub fn mute_bot(&self, channel: &Channel) {
        channel.change(|channel| channel.denied_to_bot |= SEND_MESSAGES);
    }

    /// Lets the bot write in a channel but attach no files there (50013).
    pub fn deny_files(&self, channel: &Channel) {
        channel.change(|channel| channel.denied_to_bot |= ATTACH_FILES);
    }

    /// Lets the bot see a channel and write in it.
    pub fn allow_bot(&self, channel: &Channel) {
        channel.change(|channel| channel.denied_to_bot = 0);
    }

    /// Removes the bot from the server.
    pub fn kick_bot(&self) {
        self.shared.change(|state| {
            let data = json!({ "id": self.id.to_string() });
            let event = Event { name: "GUILD_DELETE", data, guild: Some(self.id), intent: GUILDS };
            state.gateway.dispatch(&event);
            if let Some(guild) = state.guilds.get_mut(&self.id) {
                guild.has_bot = false;
                guild.members.remove(&state.bot);
            }
        });
    }

    /// From now on `AutoMod` blocks messages that contain this word (200000).
    pub fn automod_blocks(&self, word: &str) {
        self.change(|guild| guild.blocked_words.push(word.to_lowercase()));
    }

    /// From now on members may not use external apps: the responses of an application that only they
    /// installed are ephemeral.
    pub fn deny_external_apps(&self) {
        self.change(|guild| guild.external_apps_denied = true);
    }
}

/// A channel.
#[derive(Clone, Debug)]
pub struct Channel {
    pub(crate) shared: Arc<Shared>,
    pub(crate) id: u64,
}

impl Channel {
    fn change(&self, change: impl FnOnce(&mut channel::Channel)) {
        self.shared.change(|state| state.channels.get_mut(&self.id).map(change));
    }

    /// The channel's id.
    #[must_use]
    pub fn id(&self) -> u64 {
        self.id
    }

    /// Archives and locks it, as happens to threads (50083).
    pub fn archive(&self) {
        self.change(|channel| channel.archived = true);
    }

    /// Opens it again.
    pub fn unarchive(&self) {
        self.change(|channel| channel.archived = false);
    }

    /// Deletes it with its messages (10003).
    pub fn delete(&self) {
        self.shared.change(|state| {
            state.dispatch_channel("CHANNEL_DELETE", self.id);
            state.remove_channel(self.id);
        });
    }
}

/// A role of a server.
#[derive(Clone, Debug)]
pub struct Role {
    shared: Arc<Shared>,
    server: u64,
    id: u64,
}

impl Role {
    fn change(&self, change: impl FnOnce(&mut guild::Role)) {
        self.shared.change(|state| {
            let roles = state.guilds.get_mut(&self.server).map(|guild| &mut guild.roles);
            roles.and_then(|roles| roles.iter_mut().find(|role| role.id == self.id)).map(change);
        });
    }

    /// The role's id.
    #[must_use]
    pub fn id(&self) -> u64 {
        self.id
    }

    /// The mention of this role in a text: `<@&ID>`.
    #[must_use]
    pub fn mention(&self) -> String {
        format!("<@&{}>", self.id)
    }

    /// Lets everybody mention it.
    pub fn make_mentionable(&self) {
        self.change(|role| role.mentionable = true);
    }

    /// Grants permission bits to those who hold it.
    pub fn grant(&self, permissions: u64) {
        self.change(|role| role.permissions |= permissions);
    }
}
