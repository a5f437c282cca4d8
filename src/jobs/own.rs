//! What people may see of their own.

use super::Jobs;
use crate::{
    delivery::{Message, listing},
    domain::{Bar, GuildId, Job, JobId, Prompt, Search, State, UserId},
    store::StoreError,
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

    /// A finished song as its message shows it, if it is the person's own, and what keeps it from
    /// everybody else's eyes in this server (`None`: outside of servers).
    pub async fn shown_again(
        &self,
        person: UserId,
        song: JobId,
        guild: Option<GuildId>,
    ) -> Result<Option<(Message, Option<Bar>)>, StoreError> {
        let Some(job) = self.own(person, song).await? else { return Ok(None) };
        let State::Completed { song, .. } = &job.state else { return Ok(None) };
        let mut bar = self.store.overrides(person, guild).await?.bar;
        if bar.is_none() {
            let prompt = std::iter::once(job.prompt.as_str());
            let texts: Vec<_> = prompt.chain(song.title.as_deref()).collect();
            let texts = texts.into_iter().chain(song.tags.iter().map(String::as_str));
            let has_word = self.words.finds(guild, texts.map(str::to_owned).collect()).await?;
            bar = has_word.then_some(Bar::Word);
        }
        Ok(Some((self.render_outcome(&job, false), bar)))
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
}
