//! The work: a job is accepted, answered, submitted, followed and delivered.
//!
//! Each live job has one task (`worker`) that takes it from state to state, writing each down
//! before the step that follows from it.

mod circuit_breaker;
mod commands;
mod job_task;
mod live_jobs;
mod owner_alerts;
mod persist;
mod queue;
mod rendering;
mod supervise;
mod timing;
mod worker;

use std::{
    num::NonZeroUsize,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{
    sync::{Mutex as AsyncMutex, Semaphore},
    time::Instant,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing::{Instrument, error, info, info_span};

pub use commands::cancel::CancelOutcome;
pub use commands::export::ExportError;
pub use commands::request::{RequestError, SongRequest};
pub use commands::user_songs::MeantSong;
pub(crate) use owner_alerts::OwnerProblem;
pub(crate) use timing::backoff::{Backoff, rounded};
pub use timing::clock::Clock;

use crate::{
    delivery::Deliverer,
    discord_api::Discord,
    domain::{Estimate, FollowUpSettings, Limits, Obstacle, Quota, RunId, Timestamp, UserId},
    media::Media,
    messages::Links,
    metrics::Metrics,
    store::{Store, StoreError},
    whisul::{Permit, Whisul},
};

/// How many recent rows are read at the start to restore the current round. Rounds grow with time, so
/// that few would do.
const RESTORED_ROUNDS: u32 = 1000;

/// The settings that jobs depend on.
#[derive(Clone, Debug)]
pub struct JobConfig {
    /// The quotas.
    pub limits: Limits,
    /// Songs at Whisul at once.
    pub max_running: NonZeroUsize,
    /// The longest time between two polls of a job that can be finished.
    pub poll_interval: Duration,
    /// After which a submitted job is given up.
    pub job_timeout: Duration,
    /// Between two edits of a message, at least.
    pub edit_interval: Duration,
    /// How long settled jobs are remembered: at least as long as every quota's window.
    pub history_retention: Duration,
    /// What is given along with songs.
    pub follow_ups: FollowUpSettings,
}

/// A request to Whisul for one job.
#[derive(Clone, Copy, Debug)]
enum WhisulCall {
    /// A person's prompt.
    Prompt(UserId),
    /// A poll, which goes before polls that are worth as much only later.
    Poll { worth_at: Instant },
}

/// The services that jobs use.
#[derive(Clone)]
pub struct Services {
    /// The jobs on disk.
    pub store: Store,
    /// The music API.
    pub whisul: Whisul,
    /// Where messages go.
    pub discord: Arc<Discord>,
    /// Which links may be shown.
    pub links: Links,
    /// Where the files of songs come from.
    pub media: Media,
    /// What time it is.
    pub clock: Arc<Clock>,
    /// Where everything is counted.
    pub metrics: Metrics,
}

/// All jobs of the bot.
pub struct Jobs {
    store: Store,
    whisul: Whisul,
    discord: Arc<Discord>,
    deliverer: Deliverer,
    links: Links,
    media: Media,
    clock: Arc<Clock>,
    metrics: Metrics,
    config: JobConfig,
    queue: queue::SharedQueue,
    breaker: circuit_breaker::CircuitBreaker,
    pace: timing::pace::Pace,
    retry_pace: timing::pace::Pace,
    run: RunId,
    live: live_jobs::LiveJobs,
    alerts: owner_alerts::Alerts,
    /// Held while it is settled whether a failed song is refunded: one at a time.
    refunds: tokio::sync::Mutex<()>,
    estimate: Mutex<Estimate>,
    forecast: rendering::times::LatestForecast,
    poll_plan: timing::poll_plan::LatestPollPlan,
    /// One export at a time.
    exports: Semaphore,
    words: commands::moderation::WordFilter,
    purging: AsyncMutex<()>,
    tasks: TaskTracker,
    stop: CancellationToken,
}

impl Jobs {
    /// Resumes unfinished jobs and starts the background tasks. Cancelling `stop` ends them.
    ///
    /// # Errors
    /// When the jobs on disk can't be read.
    pub async fn start(
        services: Services,
        config: JobConfig,
        stop: CancellationToken,
    ) -> Result<Arc<Self>, StoreError> {
        let mut estimate = Estimate::default();
        for took in services.store.recent_durations(Estimate::MEMORY).await? {
            estimate.learn(took);
        }
        let jobs = Arc::new(Self {
            deliverer: Deliverer::new(Arc::clone(&services.discord)),
            words: commands::moderation::WordFilter::new(),
            store: services.store,
            whisul: services.whisul,
            discord: services.discord,
            links: services.links,
            media: services.media,
            clock: services.clock,
            metrics: services.metrics,
            queue: queue::SharedQueue::new(config.max_running.get()),
            config,
            breaker: circuit_breaker::CircuitBreaker::new(),
            pace: timing::pace::Pace::new(),
            retry_pace: timing::pace::Pace::new(),
            run: RunId(fastrand::u32(..)),
            live: live_jobs::LiveJobs::default(),
            alerts: owner_alerts::Alerts::default(),
            refunds: tokio::sync::Mutex::default(),
            estimate: Mutex::new(estimate),
            forecast: rendering::times::LatestForecast::default(),
            poll_plan: timing::poll_plan::LatestPollPlan::default(),
            exports: Semaphore::new(1),
            purging: AsyncMutex::new(()),
            tasks: TaskTracker::new(),
            stop,
        });
        jobs.resume().await?;
        let forgetting = Arc::clone(&jobs).forget_old_jobs();
        jobs.tasks.spawn(forgetting.instrument(info_span!("forgetting")));
        let probing = Arc::clone(&jobs).probe_whisul();
        jobs.tasks.spawn(probing.instrument(info_span!("probing")));
        Ok(jobs)
    }

    /// Waits until every task has come to a place where it can stop. What is left undone is on
    /// disk.
    pub async fn stopped(&self) {
        self.tasks.close();
        self.tasks.wait().await;
    }

    /// The jobs on disk, for what needs nothing else.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Where everything is counted.
    pub fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// What keeps songs from Whisul at present.
    pub fn obstacle(&self) -> Option<Obstacle> {
        self.breaker.obstacle(None).or_else(|| self.breaker.prompt_obstacle())
    }

    /// How much of the quota over everybody is used up, in percent; `None` where there is none, or
    /// where it allows no songs at all.
    ///
    /// # Errors
    /// When the database can't be read.
    pub(crate) async fn global_quota_used(&self) -> Result<Option<u64>, StoreError> {
        // What concerns everybody concerns the person that nobody is.
        let limits = self.config.limits.with(&self.store.overrides(UserId(0), None).await?);
        let Quota::Limited { count: 1.., window } = limits.global else { return Ok(None) };
        let used = self.store.charged_since(self.clock.now().saturating_sub(window)).await?;
        Ok(Some(used.saturating_mul(100) / u64::from(limits.global.depth())))
    }

    /// What time it is.
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Whether no prompt may go at this moment, since Whisul can't be reached or asks to wait. After an
    /// outage that is over, one may, though nobody has tried yet.
    pub fn is_whisul_away(&self) -> bool {
        let obstacle = self.breaker.obstacle(Some(UserId(0)));
        matches!(obstacle, Some(Obstacle::Unreachable | Obstacle::Busy))
    }

    /// Acquires each lock that jobs share once, so that the health watch notices a deadlock.
    pub fn acquire_all_locks(&self) {
        _ = (self.queue.running(), self.breaker.prompt_obstacle(), self.live.len());
        drop(self.estimate());
    }

    /// How many jobs are being worked on.
    pub fn live(&self) -> usize {
        self.live.len()
    }

    /// Gives a task to the same tracker that the work's own tasks belong to.
    pub fn tasks(&self) -> &TaskTracker {
        &self.tasks
    }

    async fn resume(self: &Arc<Self>) -> Result<(), StoreError> {
        let left = self.store.unsettled().await?;
        for row in &left.damaged {
            error!(error = %row, "skipping an unreadable job");
        }
        if !left.jobs.is_empty() {
            info!(jobs = left.jobs.len(), "resuming jobs of the last run");
            self.metrics.families().recovered(left.jobs.len());
        }
        let mut jobs = left.jobs;
        self.queue.restore(&jobs, &self.store.rounds_called(RESTORED_ROUNDS).await?);
        // Songs that run already have their room before anybody is called, and turns come in order.
        jobs.sort_by_key(|job| (!job.is_at_whisul(), job.queue_position()));
        for job in jobs {
            if let Some(live_job) = self.live.enter(job.id) {
                self.resume_job(job, live_job);
            }
        }
        Ok(())
    }

    /// Waits until a poll, or a requester's prompt, may be sent: the breaker is closed and the rate
    /// limit has room.
    async fn permit_to_call(
        &self,
        call: WhisulCall,
    ) -> (circuit_breaker::CallPermit<'_>, Permit<'_>) {
        loop {
            let (breaker_permit, rate_permit) = match call {
                WhisulCall::Prompt(requester) => {
                    (self.breaker.permit(Some(requester)).await, self.whisul.permit().await)
                }
                WhisulCall::Poll { worth_at } => {
                    (self.breaker.permit(None).await, self.whisul.permit_to_poll(worth_at).await)
                }
            };
            // While this request waited for its place, a response to another may have opened the
            // breaker.
            if breaker_permit.is_still_valid() {
                return (breaker_permit, rate_permit);
            }
        }
    }

    fn estimate(&self) -> MutexGuard<'_, Estimate> {
        self.estimate.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
