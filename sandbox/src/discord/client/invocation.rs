//! What a person did with the application, and what came back.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::sleep_until;

use crate::discord::api::snowflake::made_at;
use crate::discord::client::message::Message;
use crate::discord::gateway::sessions::Event;
use crate::discord::model::interaction::{AnswerState, Interaction};
use crate::discord::model::modal::Modal;
use crate::discord::shared::Shared;

/// A use of a command, a click, a filled-in modal.
#[derive(Clone, Debug)]
pub struct Invocation {
    /// The interaction's id.
    pub id: u64,
    /// The interaction's token.
    pub token: String,
    pub(crate) shared: Arc<Shared>,
}

/// Why an interaction has no message as its response.
#[derive(Clone, Debug, thiserror::Error)]
pub enum NoAnswer {
    /// What Discord's client says when the time for a first response is over.
    #[error("the application did not respond")]
    DidNotRespond,
    /// A modal was shown.
    #[error("a modal was shown: {}", .0.title)]
    Modal(Modal),
}

impl Invocation {
    fn look<T>(&self, look: impl FnOnce(&Interaction) -> T) -> Option<T> {
        self.shared.read(|state| state.interactions.get(&self.id).map(look))
    }

    /// Waits for the first response: a message, for a deferral one that [is
    /// thinking](Message::thinking), for an update the message with the button. It is the message
    /// as it was then, however late somebody looks.
    ///
    /// # Errors
    /// When nothing came in time, or a modal.
    pub async fn answer(&self) -> Result<Message, NoAnswer> {
        match self.response().await {
            AnswerState::Modal(modal) => Err(NoAnswer::Modal(modal)),
            AnswerState::Message { id, revisions, .. } => {
                let answer = self.shared.read(|state| {
                    let message = state.messages.get(&id)?;
                    Some(Message::then(state, message, revisions))
                });
                answer.ok_or(NoAnswer::DidNotRespond)
            }
            AnswerState::Waiting | AnswerState::Choices(_) => Err(NoAnswer::DidNotRespond),
        }
    }

    /// Waits for the first response; [`AnswerState::Waiting`] when none came in time.
    pub(crate) async fn response(&self) -> AnswerState {
        let within = self.shared.read(|state| state.rules.answer_within);
        let issued = self.look(|interaction| interaction.issued);
        let mut changed = self.shared.watch();
        let waiting = async {
            loop {
                changed.mark_unchanged();
                match self.look(|interaction| interaction.state.clone()) {
                    Some(AnswerState::Waiting) if changed.changed().await.is_ok() => {}
                    state => return state.unwrap_or(AnswerState::Waiting),
                }
            }
        };
        tokio::select! {
            biased;
            state = waiting => state,
            () = async {
                if let Some(issued) = issued {
                    sleep_until((issued + within).into()).await;
                }
            } => AnswerState::Waiting,
        }
    }

    /// From when its event was handed to the socket until the last byte of the first response had
    /// arrived; `None` while there is none.
    #[must_use]
    pub fn latency(&self) -> Option<Duration> {
        let times = self.look(|interaction| Some((interaction.sent?, interaction.answered?)));
        times.flatten().map(|(sent, answered)| answered.duration_since(sent))
    }

    /// The message that answers it, as it is now; a deleted one is [marked](Message::deleted).
    #[must_use]
    pub fn message(&self) -> Option<Message> {
        self.shared.read(|state| {
            let original = state.interactions.get(&self.id)?.original()?;
            Some(Message::of(state, state.messages.get(&original)?))
        })
    }

    /// Waits until the message that answers it is in a certain state.
    ///
    /// # Panics
    /// When that did not happen within [`PATIENCE`](crate::PATIENCE), naming `what`.
    #[track_caller]
    pub fn until(
        &self,
        what: &str,
        mut holds: impl FnMut(&Message) -> bool,
    ) -> impl Future<Output = Message> {
        self.shared.until(what, move || self.message().filter(|message| holds(message)))
    }

    /// The follow-up messages so far, the oldest first.
    #[must_use]
    pub fn follow_ups(&self) -> Vec<Message> {
        self.shared.read(|state| {
            let Some(interaction) = state.interactions.get(&self.id) else { return Vec::new() };
            let original = interaction.original();
            let own = state.messages.values().filter(|message| {
                message.interaction == Some(self.id) && Some(message.id) != original
            });
            own.map(|message| Message::of(state, message)).collect()
        })
    }

    /// Sends the same `INTERACTION_CREATE` once more, as happens around a RESUME.
    pub fn deliver_again(&self) {
        self.shared.change(|state| {
            if let Some(interaction) = state.interactions.get(&self.id) {
                let data = interaction.event.clone();
                let guild = state.guild_of(interaction.channel);
                let name = "INTERACTION_CREATE";
                state.gateway.dispatch(&Event { name, data, guild, intent: 0 });
            }
        });
    }

    /// When it happened on Discord's clock, in milliseconds since 1970: the time in its id.
    #[must_use]
    pub fn happened_at(&self) -> u64 {
        made_at(self.id)
    }
}
