//! Deletions that a person still has to confirm.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use secrecy::SecretString;
use tokio::time::Instant;

use crate::domain::{MessageId, UserId};

/// How long a click's token can be used (Discord docs, Receiving and Responding), less what passed on
/// the way.
const TOKEN_SURELY_ALIVE: Duration = Duration::from_mins(14);

/// So many questions are remembered at most.
const MAX_PENDING: usize = 1000;

/// The tokens of the clicks on *Delete* that are still to be confirmed. Where the bot is not at home,
/// nothing else can delete the message.
#[derive(Debug, Default)]
pub struct PendingDeletions(Mutex<HashMap<(UserId, MessageId), (SecretString, Instant)>>);

impl PendingDeletions {
    pub(super) fn remember(&self, person: UserId, message: MessageId, token: SecretString) {
        let mut pending = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        pending.retain(|_, (_, at)| at.elapsed() < TOKEN_SURELY_ALIVE);
        if pending.len() < MAX_PENDING {
            pending.insert((person, message), (token, Instant::now()));
        }
    }

    pub(super) fn take(&self, person: UserId, message: MessageId) -> Option<SecretString> {
        let mut pending = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (token, at) = pending.remove(&(person, message))?;
        (at.elapsed() < TOKEN_SURELY_ALIVE).then_some(token)
    }
}
