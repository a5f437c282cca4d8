//! A person's own songs: lists, search, suggestions, showing one again.

use crate::{
    discord_api::Message,
    domain::{GuildId, Job, JobId, Restriction, Search, State, UserId},
    jobs::Jobs,
    messages::{listing, suggestions::is_suggested_as},
    store::StoreError,
};

/// Which of their songs a person means.
#[derive(Debug)]
pub enum MeantSong {
    /// This one.
    One(Box<Job>),
    /// It may be one of so many, which are listed.
    Several(usize, Box<Message>),
    /// They have none like that.
    None,
}

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

    /// The song of a person's that they mean by a choice's value, or by what they typed. Where only
    /// one choice is on their screen, that is the one.
    pub async fn meant_song(&self, person: UserId, typed: &str) -> Result<MeantSong, StoreError> {
        // A year may be part of a prompt; a number as long as Discord's is a choice's value.
        if let Ok(id) = typed.trim().parse::<u64>()
            && id > u32::MAX.into()
        {
            let job = self.own(person, JobId(id)).await?;
            let job = job.filter(|job| matches!(job.state, State::Completed { .. }));
            return Ok(job.map_or(MeantSong::None, |job| MeantSong::One(Box::new(job))));
        }
        let (search, all) = (Search::new(typed), self.songs_of(person).await?);
        let mut named = all.iter().filter(|job| is_suggested_as(job, typed));
        if let (Some(job), None) = (named.next(), named.next()) {
            return Ok(MeantSong::One(Box::new(job.clone())));
        }
        let mut fitting = all.iter().filter(|job| search.fits_job(job));
        Ok(match (fitting.next(), fitting.count()) {
            (Some(_), _) if search.as_str().is_empty() => MeantSong::None,
            (None, _) => MeantSong::None,
            (Some(job), 0) => MeantSong::One(Box::new(job.clone())),
            (Some(_), others) => {
                MeantSong::Several(others + 1, Box::new(listing(&all, &search, 0, &self.links)))
            }
        })
    }

    /// A finished song as its message shows it, and what keeps it from everybody else's eyes in this
    /// server (`None`: outside of servers).
    pub async fn shown_again(
        &self,
        job: &Job,
        guild: Option<GuildId>,
    ) -> Result<(Message, Option<Restriction>), StoreError> {
        let mut restriction = self.store.overrides(job.requester, guild).await?.restriction;
        if let (State::Completed { song, .. }, None) = (&job.state, restriction) {
            let prompt = std::iter::once(job.prompt.as_str());
            let texts: Vec<_> = prompt.chain(song.title.as_deref()).collect();
            let texts = texts.into_iter().chain(song.tags.iter().map(String::as_str));
            let words = self.store.words_in(guild).await?;
            let has_word = self.words.finds(words, texts.map(str::to_owned).collect()).await;
            restriction = has_word.then_some(Restriction::Word);
        }
        Ok((self.render_outcome(job, false), restriction))
    }

    /// A job, if it is the person's own. Whatever names it may be forged.
    pub async fn own(&self, person: UserId, job: JobId) -> Result<Option<Job>, StoreError> {
        let job = self.store.job(job).await?;
        Ok(job.filter(|job| job.requester == person))
    }
}
