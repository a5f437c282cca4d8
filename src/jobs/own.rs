//! What people may see, and have forgotten, of their own.

use tracing::info;

use super::Jobs;
use crate::{
    delivery::{Message, listing},
    domain::{Job, JobId, Prompt, Search, State, UserId},
    store::{Erasure, StoreError},
};

#[expect(clippy::missing_errors_doc, reason = "each fails when the database does")]
impl Jobs {
    /// The person's finished songs, the latest first.
    pub async fn songs_of(&self, person: UserId) -> Result<Vec<Job>, StoreError> {
        self.store.songs_of(person).await
    }

    /// A page of the person's songs that fit a search.
    pub async fn listing(
        &self,
        person: UserId,
        search: &Search,
        page: u32,
    ) -> Result<Message, StoreError> {
        Ok(listing(&self.songs_of(person).await?, search, page, &self.links))
    }

    /// A finished song as its message shows it, if it is the person's own.
    pub async fn shown_again(
        &self,
        person: UserId,
        song: JobId,
    ) -> Result<Option<Message>, StoreError> {
        let job = self.own(person, song).await?;
        let finished = job.filter(|job| matches!(job.state, State::Completed { .. }));
        Ok(finished.map(|job| self.render(&job)))
    }

    /// A job, if it is the person's own. Whatever names it may be forged.
    pub async fn own(&self, person: UserId, job: JobId) -> Result<Option<Job>, StoreError> {
        let job = self.find(job).await?;
        Ok(job.filter(|job| job.requester == person))
    }

    /// The person's latest prompts, the latest first.
    pub async fn recent_prompts(&self, person: UserId) -> Result<Vec<(JobId, Prompt)>, StoreError> {
        self.store.recent_prompts(person).await
    }

    /// The person's jobs that have no outcome yet, the oldest first.
    pub async fn under_way(&self, person: UserId) -> Result<Vec<Job>, StoreError> {
        self.store.under_way(person).await
    }

    /// Forgets what the person's songs were, as far as they are over.
    pub async fn forget_person(&self, person: UserId) -> Result<Erasure, StoreError> {
        let erasure = self.store.erase(person).await?;
        info!(requester = %person, erased = erasure.erased, "somebody wanted to be forgotten");
        Ok(erasure)
    }
}
