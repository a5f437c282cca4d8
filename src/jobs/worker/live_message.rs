//! Keeps a job's message up to date while other work goes on.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    pin::{Pin, pin},
    time::Duration,
};

use tokio::time::Instant;
use tracing::debug;

use crate::{
    discord_api::{DiscordError, Message},
    domain::{Job, MessageAccess, State, Timestamp},
    jobs::{Jobs, rendering::times::ToldTimes, timing::pace::EDIT_GAP},
};

/// How long before a token's end the last words are said to a message that only it reaches.
const LAST_WORDS: Duration = Duration::from_mins(1);
/// How often it is tried to say the last words, where they don't get through at once.
const LAST_TRIES: Duration = Duration::from_secs(10);

/// A place in the queue is refreshed this many times more rarely than anything else.
const POSITION_REFRESH_FACTOR: u32 = 6;

/// What a job's message shows, and since when.
#[derive(Debug)]
pub(super) struct LiveMessage {
    /// Only its hash: thousands may wait.
    shown: Option<u64>,
    /// What it tells about times.
    told: ToldTimes,
    /// When the message was last edited, or was about to be.
    edited_at: Instant,
    /// When it was last seen whether there is anything new to show.
    looked_at: Instant,
    /// Until when there is no hurry to look for the first time.
    rests_until: Instant,
    /// A person deleted the message, so that nothing can be shown any more.
    gone: bool,
    /// Whisul rejected the prompt, and it is to be sent again.
    pub(super) resubmit_pending: bool,
}

/// A person deleted the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Deleted;

impl LiveMessage {
    /// A live message on which the first response has just appeared, if it is known. Where it is not, the
    /// bot has just started, and many of them begin at once: a random delay spreads their edits.
    pub(super) fn new(shown: Option<(&Message, ToldTimes)>, patience: Duration) -> Self {
        let now = Instant::now();
        let rest = if shown.is_some() { 0.0 } else { 1.0 + fastrand::f64() };
        let rests_until = now + patience.mul_f64(rest);
        let told = shown.map(|(_, told)| told).unwrap_or_default();
        let shown = shown.and_then(|(message, _)| hash(message));
        Self {
            shown,
            told,
            edited_at: now,
            looked_at: now,
            rests_until,
            gone: false,
            resubmit_pending: false,
        }
    }

    /// Does some work, and keeps the message up to date meanwhile. An edit on its way is awaited
    /// before the work's result is returned, so that it can't arrive after the next one.
    pub(super) async fn during<T>(
        &mut self,
        jobs: &Jobs,
        job: &Job,
        work: impl Future<Output = T>,
    ) -> T {
        let mut work = pin!(work);
        match self.keep_up(jobs, job, work.as_mut(), false).await {
            Ok(done) => done,
            Err(Deleted) => work.await,
        }
    }

    /// The same, but the work is dropped when the message turns out to be deleted.
    ///
    /// # Errors
    /// When it is.
    pub(super) async fn unless_deleted<T>(
        &mut self,
        jobs: &Jobs,
        job: &Job,
        work: impl Future<Output = T>,
    ) -> Result<T, Deleted> {
        self.keep_up(jobs, job, pin!(work), true).await
    }

    async fn keep_up<T>(
        &mut self,
        jobs: &Jobs,
        job: &Job,
        mut work: Pin<&mut impl Future<Output = T>>,
        ends_when_deleted: bool,
    ) -> Result<T, Deleted> {
        loop {
            tokio::select! {
                biased;
                done = &mut work => return Ok(done),
                _ = self.until_due(jobs, job, None) => {}
            }
            // Of those who wait, few edit at a time.
            let mut edit = Box::pin(self.refresh(jobs, job));
            let edited = tokio::select! {
                biased;
                done = &mut work => {
                    // Whether the message still exists will show at the next edit.
                    let _stands = edit.await;
                    return Ok(done);
                }
                edited = &mut edit => edited,
            };
            if ends_when_deleted {
                edited?;
            }
        }
    }

    /// Waits until the message is to be edited: it has been the same long enough, would look
    /// different now, and, where its job waits in the queue like perhaps thousands of others, its
    /// turn has come. `false` if `no_later_than` comes first.
    pub(super) async fn until_due(
        &mut self,
        jobs: &Jobs,
        job: &Job,
        no_later_than: Option<Instant>,
    ) -> bool {
        loop {
            let looked_at = self.edited_at.max(self.looked_at);
            let next = self.rests_until.max(looked_at + patience(jobs, job));
            // Whatever the interval is, the last words are not to be missed.
            let last_words = last_chance_in(job, jobs.clock.now())
                .map(|wait| (Instant::now() + wait).max(looked_at + LAST_TRIES));
            let next = last_words.map_or(next, |at| at.min(next));
            let wake = no_later_than.map_or(next, |at| at.min(next));
            tokio::time::sleep_until(wake).await;
            if wake < next {
                return false;
            }
            self.looked_at = Instant::now();
            if self.gone || self.shown.is_none() || self.would_change(jobs, job) {
                break;
            }
            jobs.metrics.families().saved_edit();
        }
        if !job.awaits_turn() {
            return true;
        }
        let turn = jobs.pace.turn(|| EDIT_GAP);
        if let Some(at) = no_later_than {
            return tokio::time::timeout_at(at, turn).await.is_ok();
        }
        turn.await;
        true
    }

    fn would_change(&mut self, jobs: &Jobs, job: &Job) -> bool {
        hash(&jobs.render_live(job, self.resubmit_pending, &mut self.told)) != self.shown
    }

    /// Makes sure that the message exists, unless that was seen a moment ago: a deletion is noticed
    /// by an edit, and there may have been none for long.
    ///
    /// # Errors
    /// When it is deleted.
    pub(super) async fn confirm(&mut self, jobs: &Jobs, job: &Job) -> Result<(), Deleted> {
        if self.shown.is_some() && self.edited_at.elapsed() <= jobs.config.edit_interval {
            return Ok(());
        }
        self.shown = None;
        self.refresh(jobs, job).await
    }

    /// Edits the message now if it would look different.
    ///
    /// # Errors
    /// When it is deleted.
    pub(super) async fn refresh(&mut self, jobs: &Jobs, job: &Job) -> Result<(), Deleted> {
        self.looked_at = Instant::now();
        if self.gone {
            return Err(Deleted);
        }
        let message = jobs.render_live(job, self.resubmit_pending, &mut self.told);
        let rendered = hash(&message);
        if rendered.is_some() && rendered == self.shown {
            return Ok(());
        }
        match jobs.deliverer.show_progress(job, &message, jobs.clock.now()).await {
            Ok(()) => {
                jobs.metrics.families().edited();
                self.shown = rendered;
                self.edited_at = Instant::now();
            }
            Err(DiscordError::MessageGone) => {
                self.gone = true;
                return Err(Deleted);
            }
            // The next edit comes soon; an edit that matters is delivered, not shown.
            Err(error) => {
                self.edited_at = Instant::now();
                debug!(%error, "progress edit failed");
            }
        }
        Ok(())
    }
}

/// How long a job's message stays as it is, at least.
pub(super) fn patience(jobs: &Jobs, job: &Job) -> Duration {
    let only_its_place_moves =
        job.state == State::Announced && jobs.breaker.obstacle(Some(job.requester)).is_none();
    let factor = if only_its_place_moves { POSITION_REFRESH_FACTOR } else { 1 };
    jobs.config.edit_interval * factor
}

/// The hash of what a message would look like in Discord. Two messages that differ have the same one
/// once in 2^64 cases: that edit is left out, and the next one comes.
fn hash(message: &Message) -> Option<u64> {
    let mut hasher = DefaultHasher::new();
    serde_json::to_vec(message).ok()?.hash(&mut hasher);
    Some(hasher.finish())
}

/// Whether an edit now is the last that can reach a message that only its token reaches.
pub(in crate::jobs) fn is_last_chance(job: &Job, now: Timestamp) -> bool {
    job.place.access == MessageAccess::TokenOnly
        && now.saturating_add(LAST_WORDS) >= job.token_expires_at()
}

/// Time until the last edit that the token allows; zero once due. `None` without that limit, or
/// after expiry.
pub(super) fn last_chance_in(job: &Job, now: Timestamp) -> Option<Duration> {
    let comes = job.place.access == MessageAccess::TokenOnly && job.has_live_token(now);
    comes.then(|| job.token_expires_at().saturating_sub(LAST_WORDS).since(now))
}
