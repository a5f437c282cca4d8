//! Discord's client of a person in a channel: what it shows and lets that person do.

use std::sync::Arc;

use serde_json::{Value, json};
use tokio::time::sleep_until;

use crate::discord::client::invocation::Invocation;
use crate::discord::client::message::Message;
use crate::discord::client::person::Person;
use crate::discord::client::server::Channel;
use crate::discord::interactions::begin::{Actor, Begun};
use crate::discord::interactions::refusal::ClientRefusal;
use crate::discord::limits::message::Draft;
use crate::discord::model::interaction::AnswerState;
use crate::discord::model::modal::Modal;
use crate::discord::shared::Shared;
use crate::discord::state::DiscordState;
use crate::discord::state::posting::MessageContext;

/// Discord's client of a person in a channel.
#[derive(Clone, Debug)]
pub struct ChannelClient {
    pub(crate) shared: Arc<Shared>,
    pub(crate) actor: Actor,
}

impl Person {
    /// This person's client in a channel.
    #[must_use]
    pub fn at(&self, channel: &Channel) -> ChannelClient {
        let actor = Actor { user: self.id, channel: channel.id() };
        ChannelClient { shared: Arc::clone(&self.shared), actor }
    }

    /// This person's client in the direct messages with the bot.
    #[must_use]
    pub fn dm(&self) -> ChannelClient {
        let channel = self.shared.change(|state| state.open_dm(self.id));
        ChannelClient { shared: Arc::clone(&self.shared), actor: Actor { user: self.id, channel } }
    }
}

impl ChannelClient {
    /// The channel's id.
    #[must_use]
    pub fn channel_id(&self) -> u64 {
        self.actor.channel
    }

    /// The person's id.
    #[must_use]
    pub fn person_id(&self) -> u64 {
        self.actor.user
    }

    fn begin(
        &self,
        begin: impl FnOnce(&mut DiscordState) -> Result<Begun, ClientRefusal>,
    ) -> Result<Invocation, ClientRefusal> {
        let (id, token) = self.shared.change(begin)?;
        Ok(Invocation { id, token, shared: Arc::clone(&self.shared) })
    }

    /// Runs a slash command with its options; a subcommand is written as `"command subcommand"`.
    ///
    /// # Errors
    /// What Discord's client refuses before the application receives it.
    #[expect(clippy::unused_async, reason = "a person's doings read alike, this one included")]
    pub async fn command(
        &self,
        name: &str,
        options: &[(&str, Value)],
    ) -> Result<Invocation, ClientRefusal> {
        self.begin(|state| state.run_command(self.actor, name, options, None))
    }

    /// Types into an option that gives suggestions and waits for them.
    ///
    /// # Errors
    /// What Discord's client refuses, or that the application did not respond.
    pub async fn autocomplete(
        &self,
        name: &str,
        option: &str,
        partial: impl Into<Value>,
    ) -> Result<Vec<Value>, ClientRefusal> {
        let typed = [(option, partial.into())];
        let begin =
            |state: &mut DiscordState| state.run_command(self.actor, name, &typed, Some(option));
        match self.begin(begin)?.response().await {
            AnswerState::Choices(choices) => Ok(choices),
            _ => Err(ClientRefusal::DidNotRespond),
        }
    }

    /// Uses a message command (Apps in a message's menu).
    ///
    /// # Errors
    /// What Discord's client refuses.
    #[expect(clippy::unused_async, reason = "a person's doings read alike, this one included")]
    pub async fn message_command(
        &self,
        name: &str,
        message: u64,
    ) -> Result<Invocation, ClientRefusal> {
        self.begin(|state| state.run_message_command(self.actor, name, message))
    }

    /// Clicks the button of a message.
    ///
    /// # Errors
    /// What Discord's client refuses.
    #[expect(clippy::unused_async, reason = "a person's doings read alike, this one included")]
    pub async fn click(&self, message: u64, custom_id: &str) -> Result<Invocation, ClientRefusal> {
        self.begin(|state| state.use_component(self.actor, message, custom_id, None))
    }

    /// Picks from a menu of a message.
    ///
    /// # Errors
    /// What Discord's client refuses.
    #[expect(clippy::unused_async, reason = "a person's doings read alike, this one included")]
    pub async fn pick(
        &self,
        message: u64,
        custom_id: &str,
        values: &[&str],
    ) -> Result<Invocation, ClientRefusal> {
        self.begin(|state| state.use_component(self.actor, message, custom_id, Some(values)))
    }

    /// Uses a user command (Apps in a person's menu).
    ///
    /// # Errors
    /// What Discord's client refuses.
    pub async fn user_command(
        &self,
        name: &str,
        person: &Person,
    ) -> Result<Invocation, ClientRefusal> {
        self.user_command_on(name, person.id()).await
    }

    /// Uses a user command on a person, by id.
    ///
    /// # Errors
    /// What Discord's client refuses.
    #[expect(clippy::unused_async, reason = "a person's doings read alike, this one included")]
    pub(crate) async fn user_command_on(
        &self,
        name: &str,
        person: u64,
    ) -> Result<Invocation, ClientRefusal> {
        self.begin(|state| state.run_user_command(self.actor, name, person))
    }

    /// Fills in a modal and sends it, [a moment](crate::DiscordRules::modal_delay) after it was shown
    /// at the soonest. Fields that are not named keep their values; a field that takes several
    /// values is named once for each. Ids are digits, a box is `true` or `false`.
    ///
    /// # Errors
    /// What Discord's client refuses.
    pub async fn submit_modal(
        &self,
        modal: &Modal,
        answers: &[(&str, &str)],
    ) -> Result<Invocation, ClientRefusal> {
        let data = self.shared.read(|state| state.fill_in(self.actor, modal, answers))?;
        let delay = self.shared.read(|state| state.rules.modal_delay);
        if let Some(shown) = modal.shown {
            sleep_until((shown + delay).into()).await;
        }
        self.begin(|state| state.send_modal(self.actor, modal.interaction, data))
    }

    /// Clicks a button that is not on a message, as a modified client can.
    ///
    /// # Errors
    /// When this person sees no such message.
    #[expect(clippy::unused_async, reason = "a person's doings read alike, this one included")]
    pub async fn forge_click(
        &self,
        message: u64,
        custom_id: &str,
    ) -> Result<Invocation, ClientRefusal> {
        self.begin(|state| state.forge_click(self.actor, message, custom_id))
    }

    /// Sends a modal that nobody was shown, as a modified client can: on a message, or as if a
    /// command had opened it.
    ///
    /// # Errors
    /// When this person sees no such message.
    #[expect(clippy::unused_async, reason = "a person's doings read alike, this one included")]
    pub async fn forge_modal(
        &self,
        message: Option<u64>,
        custom_id: &str,
        answers: &[(&str, &str)],
    ) -> Result<Invocation, ClientRefusal> {
        let input = |(id, text): &(&str, &str)| json!({ "type": 4, "id": 2, "custom_id": id, "value": text });
        let rows =
            answers.iter().map(|it| json!({ "type": 1, "id": 1, "components": [input(it)] }));
        let data = json!({ "custom_id": custom_id, "components": rows.collect::<Vec<_>>() });
        self.begin(|state| state.forge_modal(self.actor, message, data))
    }

    /// The channel's messages as this person sees them, the oldest first: ephemeral ones of others
    /// are not among them.
    #[must_use]
    pub fn messages(&self) -> Vec<Message> {
        self.shared.read(|state| {
            let seen =
                state.messages.keys().filter_map(|id| state.seen_message(self.actor, *id).ok());
            seen.map(|message| Message::of(state, message)).collect()
        })
    }

    /// A message, if this person sees it.
    #[must_use]
    pub fn message(&self, id: u64) -> Option<Message> {
        self.shared.read(|state| {
            let message = state.seen_message(self.actor, id).ok()?;
            Some(Message::of(state, message))
        })
    }

    /// Waits until this person sees a certain message.
    ///
    /// # Panics
    /// When that did not happen within [`PATIENCE`](crate::PATIENCE), naming `what`.
    #[track_caller]
    pub fn until_message(
        &self,
        what: &str,
        mut fits: impl FnMut(&Message) -> bool,
    ) -> impl Future<Output = Message> {
        self.shared.until(what, move || self.messages().into_iter().find(|message| fits(message)))
    }

    /// Deletes a message, as a moderator may, or dismisses an ephemeral one. Returns whether it was
    /// there.
    pub fn delete(&self, message: u64) -> bool {
        self.shared.change(|state| {
            let there = state.seen_message(self.actor, message).is_ok();
            if there {
                state.unpost(message);
            }
            there
        })
    }

    /// Reacts to a message. Returns whether that was possible.
    pub fn react(&self, message: u64, emoji: &str) -> bool {
        self.shared.change(|state| {
            let seen = state.seen_message(self.actor, message).is_ok();
            seen && state.react(message, emoji, self.actor.user).is_ok()
        })
    }

    /// Writes a message and returns its id; `None` where this person cannot.
    pub fn say(&self, text: &str) -> Option<u64> {
        self.shared.change(|state| {
            let channel = state.channel(self.actor.channel).ok()?;
            if !state.admits(channel, self.actor.user) {
                return None;
            }
            let context = MessageContext {
                channel: self.actor.channel,
                author: self.actor.user,
                kind: 0,
                interaction: None,
                only_for: None,
                flags: 0,
            };
            let body = json!({ "content": text });
            let draft = Draft::read(&body, Vec::new(), 0);
            draft.and_then(|draft| state.post(&context, draft)).ok()
        })
    }
}
