//! A report of what has happened on a Discord.

use serde_json::Value;

use crate::discord::DiscordSandbox;
use crate::discord::client::message::Message;
use crate::discord::model::command::Command;

/// What bots have done at the gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sessions {
    /// IDENTIFYs that were accepted.
    pub identified: usize,
    /// RESUMEs that were accepted.
    pub resumed: usize,
    /// Sessions that listen now.
    pub connected: usize,
}

impl DiscordSandbox {
    /// All messages, ephemeral and deleted ones included, the oldest first.
    #[must_use]
    pub fn messages(&self) -> Vec<Message> {
        self.shared().read(|state| {
            state.messages.values().map(|message| Message::of(state, message)).collect()
        })
    }

    /// All registered commands, global ones first.
    #[must_use]
    pub fn commands(&self) -> Vec<Value> {
        self.shared().read(|state| {
            let scopes = [None].into_iter().chain(state.guilds.keys().copied().map(Some));
            scopes.flat_map(|scope| state.commands.of(scope).map(Command::json)).collect()
        })
    }

    /// What bots have done at the gateway.
    #[must_use]
    pub fn sessions(&self) -> Sessions {
        self.shared().read(|state| Sessions {
            identified: state.gateway.identifies,
            resumed: state.gateway.resumes,
            connected: state.gateway.listening(),
        })
    }

    /// What a real Discord would take amiss without refusing it at once: bodies that break its
    /// OpenAPI description, too many IDENTIFYs.
    #[must_use]
    pub fn violations(&self) -> Vec<String> {
        self.shared().read(|state| state.violations.clone())
    }

    /// Answers of this sandbox itself that break Discord's OpenAPI description: there should be none.
    #[must_use]
    pub fn invalid_answers(&self) -> Vec<String> {
        self.shared().read(|state| state.invalid_answers.clone())
    }

    /// How many bodies were held against Discord's OpenAPI description.
    #[must_use]
    pub fn checked_bodies(&self) -> usize {
        self.shared().read(|state| state.checked_bodies)
    }

    /// Answers of 401, 403 and 429 so far; Discord bans an address after 10,000 in 10 minutes.
    #[must_use]
    pub fn invalid_requests(&self) -> usize {
        self.shared().read(|state| state.invalid_requests)
    }
}
