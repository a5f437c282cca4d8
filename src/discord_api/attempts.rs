//! Which interactions this process may have responded to. Discord rejects a second first response
//! (40060): after an earlier try of ours it may be our own; otherwise another process
//! responds with the same token.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
};

use super::DiscordError;
use crate::domain::InteractionId;

/// How many interactions are remembered: far more than come while one of them can be answered.
const REMEMBERED: usize = 4096;

/// The interactions that this process has tried to respond to.
#[derive(Debug, Default)]
pub(super) struct Attempts(Mutex<VecDeque<InteractionId>>);

impl Attempts {
    /// Responds to an interaction by `attempt`, and tells apart who responded before. An attempt that
    /// is dropped halfway may have succeeded.
    pub(super) async fn make<T>(
        &self,
        interaction: InteractionId,
        attempt: impl Future<Output = Result<T, DiscordError>>,
    ) -> Result<T, DiscordError> {
        let is_first = self.remember(interaction);
        match attempt.await {
            Err(DiscordError::AlreadyAcknowledged) if is_first => {
                self.forget(interaction);
                Err(DiscordError::AcknowledgedElsewhere)
            }
            Err(error) if is_first && !error.may_be_carried_out() => {
                self.forget(interaction);
                Err(error)
            }
            result => result,
        }
    }

    /// Whether it is the first attempt for this interaction.
    fn remember(&self, interaction: InteractionId) -> bool {
        let mut made = self.made();
        let is_first = !made.contains(&interaction);
        if is_first {
            made.push_back(interaction);
            let excess = made.len().saturating_sub(REMEMBERED);
            made.drain(..excess);
        }
        is_first
    }

    fn forget(&self, interaction: InteractionId) {
        self.made().retain(|made| *made != interaction);
    }

    fn made(&self) -> MutexGuard<'_, VecDeque<InteractionId>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::future::ready;

    use super::*;

    const ID: InteractionId = InteractionId(7);

    async fn make(attempts: &Attempts, error: Option<DiscordError>) -> Option<DiscordError> {
        attempts.make(ID, ready(error.map_or(Ok(()), Err))).await.err()
    }

    fn cut_off() -> DiscordError {
        DiscordError::UnknownOutcome { cause: "cut off".to_owned() }
    }

    #[tokio::test]
    async fn a_response_before_any_of_ours_is_anothers() {
        let refused = || Some(DiscordError::AlreadyAcknowledged);
        let attempts = Attempts::default();
        assert_eq!(make(&attempts, refused()).await, Some(DiscordError::AcknowledgedElsewhere));
        assert_eq!(make(&attempts, refused()).await, Some(DiscordError::AcknowledgedElsewhere));

        let not_sent = DiscordError::NotSent { cause: "refused".to_owned() };
        make(&attempts, Some(not_sent)).await;
        assert_eq!(make(&attempts, refused()).await, Some(DiscordError::AcknowledgedElsewhere));

        make(&attempts, Some(cut_off())).await;
        assert_eq!(make(&attempts, refused()).await, refused(), "it may be ours");
        assert_eq!(make(&attempts, refused()).await, refused());

        let attempts = Attempts::default();
        make(&attempts, None).await;
        assert_eq!(make(&attempts, refused()).await, refused(), "it is ours");
    }

    #[tokio::test]
    async fn an_interaction_that_comes_twice_is_answered_by_ourselves() {
        let attempts = Attempts::default();
        let (first, second) = tokio::join!(
            attempts.make(ID, async {
                tokio::task::yield_now().await;
                Ok(())
            }),
            make(&attempts, Some(DiscordError::AlreadyAcknowledged)),
        );
        assert_eq!((first, second), (Ok(()), Some(DiscordError::AlreadyAcknowledged)));
    }

    #[tokio::test]
    async fn not_all_interactions_are_remembered() {
        let attempts = Attempts::default();
        for id in 0..3 * REMEMBERED as u64 {
            attempts.make(InteractionId(id), ready(Ok(()))).await.unwrap();
        }
        assert_eq!(attempts.made().len(), REMEMBERED);
    }
}
