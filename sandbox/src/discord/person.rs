//! People.

use std::sync::Arc;

use super::acting::Actor;
use super::hub::Hub;
use super::model::user::User;
use super::seat::Seat;
use super::server::Channel;

/// Somebody on this Discord.
#[derive(Clone, Debug)]
pub struct Person {
    pub(super) hub: Arc<Hub>,
    pub(super) id: u64,
}

impl Person {
    fn change(&self, change: impl FnOnce(&mut User)) {
        self.hub.change(|world| world.users.get_mut(&self.id).map(change));
    }

    /// The user id.
    #[must_use]
    pub fn id(&self) -> u64 {
        self.id
    }

    /// The name.
    #[must_use]
    pub fn name(&self) -> String {
        let name = |user: &User| user.name.clone();
        self.hub.read(|world| world.users.get(&self.id).map(name)).unwrap_or_default()
    }

    /// Takes another name.
    pub fn rename(&self, name: &str) {
        self.change(|user| name.clone_into(&mut user.name));
    }

    /// What stands in a text for this person: `<@ID>`.
    #[must_use]
    pub fn mention(&self) -> String {
        format!("<@{}>", self.id)
    }

    /// Sets the language of the client, `en-US` at first
    /// (<https://docs.discord.com/developers/reference#locales>).
    pub fn set_locale(&self, locale: &str) {
        self.change(|user| locale.clone_into(&mut user.locale));
    }

    /// From now on the bot cannot write direct messages to this person (50007), or it can again.
    pub fn blocks_dms(&self, blocks: bool) {
        self.change(|user| user.blocks_dms = blocks);
    }

    /// Adds the application to this person's account, so that its commands are at hand everywhere.
    pub fn install_app(&self) {
        self.change(|user| user.installed_app = true);
    }

    /// Looks at a channel.
    #[must_use]
    pub fn at(&self, channel: &Channel) -> Seat {
        let actor = Actor { user: self.id, channel: channel.id() };
        Seat { hub: Arc::clone(&self.hub), actor }
    }

    /// Looks at the direct messages with the bot.
    #[must_use]
    pub fn dm(&self) -> Seat {
        let channel = self.hub.change(|world| world.open_dm(self.id));
        Seat { hub: Arc::clone(&self.hub), actor: Actor { user: self.id, channel } }
    }
}
