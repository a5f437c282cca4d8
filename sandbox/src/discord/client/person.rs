//! People.

use std::sync::Arc;

use crate::discord::model::user::User;
use crate::discord::shared::Shared;

/// A person on this Discord.
#[derive(Clone, Debug)]
pub struct Person {
    pub(crate) shared: Arc<Shared>,
    pub(crate) id: u64,
}

impl Person {
    fn change(&self, change: impl FnOnce(&mut User)) {
        self.shared.change(|state| state.users.get_mut(&self.id).map(change));
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
        self.shared.read(|state| state.users.get(&self.id).map(name)).unwrap_or_default()
    }

    /// Takes another name.
    pub fn rename(&self, name: &str) {
        self.change(|user| name.clone_into(&mut user.name));
    }

    /// The mention of this person in a text: `<@ID>`.
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

    /// Adds the application to this person's account, so that its commands work everywhere.
    pub fn install_app(&self) {
        self.change(|user| user.installed_app = true);
    }
}
