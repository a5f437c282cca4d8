//! What a client with a screen needs, in addition to what tests use.

use std::sync::Arc;
use std::time::Instant;

use serde_json::Value;

use crate::discord::DiscordSandbox;
use crate::discord::client::channel_client::ChannelClient;
use crate::discord::client::invocation::Invocation;
use crate::discord::interactions::begin::Actor;
use crate::discord::interactions::refusal::ClientRefusal;
use crate::discord::model::command::Command;
use crate::discord::model::interaction::AnswerState;
use crate::discord::model::message::{EPHEMERAL, StoredMessage};
use crate::discord::model::modal::Modal;
use crate::discord::model::permission::MANAGE_MESSAGES;
use crate::discord::state::DiscordState;

/// What a person sees in a channel at one moment.
#[derive(Clone, Debug, Default)]
pub struct ChannelSnapshot {
    /// All messages that the person sees, the oldest first.
    pub ids: Vec<u64>,
    /// Those of them that are new or changed, as Discord's API shows them.
    pub changed: Vec<Value>,
    /// Whether the person may delete messages of others here.
    pub manages: bool,
}

impl DiscordSandbox {
    /// A person in front of a channel, by their ids; what neither of them is, sees nothing.
    #[must_use]
    pub fn channel_client(&self, person: u64, channel: u64) -> ChannelClient {
        ChannelClient { shared: Arc::clone(self.shared()), actor: Actor { user: person, channel } }
    }
}

impl ChannelClient {
    /// What this person sees here, and what of it has changed since a moment; everything, without
    /// one.
    #[must_use]
    pub fn snapshot(&self, since: Option<Instant>) -> ChannelSnapshot {
        self.shared.read(|state| {
            if !state.looks(self.actor) {
                return ChannelSnapshot::default();
            }
            let seen =
                state.messages.keys().filter_map(|id| state.seen_message(self.actor, *id).ok());
            let mut snapshot = ChannelSnapshot {
                manages: state.manages(self.actor),
                ..ChannelSnapshot::default()
            };
            for message in seen {
                snapshot.ids.push(message.id);
                if since.is_none_or(|since| changed_at(message) >= since) {
                    snapshot.changed.push(state.message_json(message));
                }
            }
            snapshot
        })
    }

    /// The id of the latest message that this person sees here.
    #[must_use]
    pub fn latest(&self) -> Option<u64> {
        self.shared.read(|state| {
            let mut ids = state.messages.keys().rev().copied();
            let seen = |id: &u64| state.seen_message(self.actor, *id).is_ok();
            state.looks(self.actor).then(|| ids.find(seen)).flatten()
        })
    }

    /// The commands that this person can use here, a server's own before global ones of the
    /// same name.
    #[must_use]
    pub fn commands(&self) -> Vec<Value> {
        self.shared.read(|state| {
            let Ok(channel) = state.place(self.actor) else { return Vec::new() };
            let guild = channel.guild();
            let scopes = guild.map(Some).into_iter().chain([None]);
            let all = scopes.flat_map(|scope| state.commands.of(scope));
            let at_hand = all.filter(|command| {
                let meant = state.commands.named(guild, command.kind(), command.name());
                meant.is_some_and(|meant| meant.id == command.id)
                    && state.owners_for(self.actor, channel, command).is_ok()
            });
            at_hand.map(Command::json).collect()
        })
    }

    /// Types into an option that gives suggestions, other options being filled in already, and
    /// waits for the suggestions.
    ///
    /// # Errors
    /// What Discord's client refuses, or that the application did not respond.
    pub async fn suggestions(
        &self,
        name: &str,
        option: &str,
        typed: &[(&str, Value)],
    ) -> Result<Vec<Value>, ClientRefusal> {
        let begin =
            |state: &mut DiscordState| state.run_command(self.actor, name, typed, Some(option));
        let (id, token) = self.shared.change(begin)?;
        let invocation = Invocation { id, token, shared: Arc::clone(&self.shared) };
        match invocation.response().await {
            AnswerState::Choices(choices) => Ok(choices),
            _ => Err(ClientRefusal::DidNotRespond),
        }
    }

    /// The modal that an interaction of this person showed.
    #[must_use]
    pub fn shown_modal(&self, interaction: u64) -> Option<Modal> {
        self.shared.read(|state| {
            let interaction = state.interactions.get(&interaction)?;
            match &interaction.state {
                AnswerState::Modal(modal) if interaction.user == self.actor.user => {
                    Some(modal.clone())
                }
                _ => None,
            }
        })
    }

    /// Whether Discord's client offers this person to delete, or to dismiss, a message.
    #[must_use]
    pub fn may_delete(&self, message: u64) -> bool {
        self.shared.read(|state| {
            let found = state.looks(self.actor).then(|| state.seen_message(self.actor, message));
            let Some(Ok(message)) = found else { return false };
            let own = message.author == self.actor.user;
            own || message.flags & EPHEMERAL != 0 || state.manages(self.actor)
        })
    }
}

fn changed_at(message: &StoredMessage) -> Instant {
    message.revisions.last().map_or(message.created, |revision| revision.at)
}

impl DiscordState {
    fn looks(&self, actor: Actor) -> bool {
        self.place(actor).is_ok()
    }

    fn manages(&self, actor: Actor) -> bool {
        let guild = self.guild_of(actor.channel).and_then(|guild| self.guilds.get(&guild));
        guild.is_some_and(|guild| guild.permissions_of(actor.user) & MANAGE_MESSAGES != 0)
    }
}
