//! The bot from start to stop.

use std::{
    error::Error,
    io::{self, IsTerminal as _},
    num::NonZero,
    sync::Arc,
    thread,
    time::{Duration, SystemTime},
};

use tokio::runtime::Builder;
use tokio_util::sync::CancellationToken;
use tracing::{Instrument, error, info, info_span, warn};

use crate::{
    bot::{Access, BotState, Doctor, GatewayError, Names, Owners, serve},
    config::Settings,
    discord_api::{Discord, DiscordError},
    domain::Timestamp,
    jobs::{Clock, JobConfig, Jobs, Services},
    media::{Media, MediaError},
    messages::Links,
    metrics::Metrics,
    ops::{
        alerts::{AlertMonitor, AlertTimes},
        doctor,
        health::Health,
        signals, startup,
    },
    store::{OpenError, Store, StoreError, file_of},
    whisul::{ClientError, Whisul},
};

/// Why the bot could not start, or could not go on.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The database can't be used.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The jobs in it can't be read.
    #[error("the jobs in the database can't be read: {0}")]
    Store(#[from] StoreError),
    /// No client for Whisul could be made.
    #[error(transparent)]
    Whisul(#[from] ClientError),
    /// No client for Discord could be made.
    #[error(transparent)]
    Discord(#[from] DiscordError),
    /// No client for the files of songs could be made.
    #[error("no client for the files of songs: {0}")]
    Media(#[from] MediaError),
    /// Discord refuses the bot.
    #[error(transparent)]
    Gateway(#[from] GatewayError),
    /// The system gives no threads, or no signals.
    #[error("the system does not let the bot run: {0}")]
    System(#[from] io::Error),
    /// Nothing asked it to stop.
    #[error("nothing asked it to stop")]
    StoppedUnexpectedly,
}

impl RunError {
    /// Whether it comes again at every start until a setting is changed.
    pub fn is_misconfiguration(&self) -> bool {
        matches!(self, Self::Gateway(GatewayError::BadToken))
    }
}

/// Runs the bot with these settings, on threads of its own, until a signal asks it to stop. Logs
/// the cause where nothing asked it to stop.
///
/// # Errors
/// When it can't start, or ends without having been asked to.
pub fn run_until_signal(settings: Settings) -> Result<(), RunError> {
    // tokio by itself asks TOKIO_WORKER_THREADS, and panics where that is no usable number.
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    let runtime = Builder::new_multi_thread().worker_threads(threads).enable_all().build()?;
    let outcome = runtime.block_on(async {
        let stop = signals::stop_request()?;
        let ended = run(settings, stop.cancelled()).await;
        let outcome = ended.and(if stop.is_cancelled() {
            Ok(())
        } else {
            Err(RunError::StoppedUnexpectedly)
        });
        if let Err(error) = &outcome {
            error!(error = error as &dyn Error, "bot stopped unexpectedly");
            if matches!(error, RunError::Gateway(_)) {
                hold_exit(&stop).await;
            }
        }
        outcome
    });
    // All that matters is done: a host name's look-up that hangs must not hold up the end.
    runtime.shutdown_background();
    outcome
}

/// How long the exit waits after Discord has turned the bot away. A supervisor that restarts it at
/// once, again and again, would have Discord ban this machine for invalid requests, or reset the
/// token after 1000 sessions in a day: this allows 720.
const EXIT_DELAY: Duration = Duration::from_mins(2);

/// Waits before the exit, unless a person looks on or a signal asks for it.
async fn hold_exit(stop: &CancellationToken) {
    if !io::stderr().is_terminal() {
        warn!(exit_in = ?EXIT_DELAY, "delaying the exit, so that restarts don't use up Discord's limits");
        stop.run_until_cancelled(tokio::time::sleep(EXIT_DELAY)).await;
    }
}

/// What time the machine says it is. It may be wrong, and jump at any moment.
pub type MachineClock = fn() -> SystemTime;

/// What a run goes by besides its settings, so that tests can put others in their place.
#[derive(Clone, Copy, Debug)]
pub struct Timing {
    /// The machine's clock.
    pub clock: MachineClock,
    /// When alerts are sent.
    pub alerts: AlertTimes,
}

impl Default for Timing {
    fn default() -> Self {
        Self { clock: SystemTime::now, alerts: AlertTimes::default() }
    }
}

/// Runs the bot with these settings until `shutdown` completes, and then at most for the grace
/// period, within which running commands are answered and every job comes to a safe place.
///
/// # Errors
/// When it can't start, or when Discord refuses the token. A stop on request is no error.
pub async fn run(settings: Settings, shutdown: impl Future<Output = ()>) -> Result<(), RunError> {
    // On the heap, as what is done once and takes much room.
    Box::pin(run_timed(settings, shutdown, Timing::default())).await
}

/// The same by another clock, or with other times.
///
/// # Errors
/// As for [`run`].
pub async fn run_timed(
    settings: Settings,
    shutdown: impl Future<Output = ()>,
    Timing { clock, alerts: alert_times }: Timing,
) -> Result<(), RunError> {
    startup::log_settings(&settings, &file_of(&settings.database_url)?);
    let metrics = Metrics::default();
    let store = Store::open(&settings.database_url).await?.measured_by(&metrics);
    startup::log_database(&store, &settings).await?;
    let stop = CancellationToken::new();
    let services = services(&settings, &store, clock, metrics)?;
    let discord = Arc::clone(&services.discord);
    let jobs = Jobs::start(services, job_config(&settings), stop.clone()).await?;
    watch_health(&settings, &jobs, alert_times, &stop);
    let grace = settings.shutdown_grace;
    let (token, address) = (settings.discord_token.clone(), settings.discord_api_url.clone());
    let serving = serve(bot_state(settings, &jobs, discord, &stop), token, address);
    tokio::pin!(serving);
    let served = tokio::select! {
        () = shutdown => Ok(()),
        served = &mut serving => served,
    };
    info!("stopping");
    stop.cancel();
    let ending = async {
        if served.is_ok() {
            let _already_stopping = serving.await;
        }
        jobs.stopped().await;
        store.close().await;
    };
    if tokio::time::timeout(grace, ending).await.is_err() {
        let left = jobs.live();
        warn!(left, "not everything ended in time; the next start goes on with it");
    }
    Ok(served?)
}

/// What jobs work with, measured by `metrics`.
fn services(
    settings: &Settings,
    store: &Store,
    clock: MachineClock,
    metrics: Metrics,
) -> Result<Services, RunError> {
    let Settings { discord_token, proxies, whisul_api_url, .. } = settings;
    let discord = Discord::new(settings.discord_api_url.as_ref(), discord_token.clone(), proxies)?;
    if let Some(proxy) = discord.proxy() {
        info!(%proxy, "Discord is reached through a proxy");
    }
    discord.measure(&metrics);
    let (url, key, rate) =
        (whisul_api_url.clone(), &settings.whisul_api_key, settings.whisul_rate_limit);
    let whisul = Whisul::new(url, key, discord_token, rate, clock, proxies)?;
    whisul.measure(&metrics);
    Ok(Services {
        store: store.clone(),
        whisul,
        discord: Arc::new(discord),
        links: Links::of(whisul_api_url),
        media: Media::of(whisul_api_url, proxies)?,
        clock: Arc::new(Clock::starting_at(timestamp(clock()))),
        metrics,
    })
}

fn job_config(settings: &Settings) -> JobConfig {
    JobConfig {
        limits: settings.limits.clone(),
        max_running: settings.max_running,
        poll_interval: settings.poll_interval,
        job_timeout: settings.job_timeout,
        edit_interval: settings.edit_interval,
        history_retention: settings.history_retention,
        follow_ups: settings.follow_ups,
    }
}

/// Starts the tasks that watch the bot: health and metrics, and alerts where there is a webhook.
fn watch_health(
    settings: &Settings,
    jobs: &Arc<Jobs>,
    alert_times: AlertTimes,
    stop: &CancellationToken,
) {
    let health = Health::of(jobs).watch(settings.http_addr, stop.clone());
    jobs.tasks().spawn(health.instrument(info_span!("health")));
    if let Some(webhook) = settings.alert_webhook.clone() {
        let alerts = AlertMonitor::of(jobs, alert_times);
        let sending = alerts.send_to(webhook, settings.proxies.clone(), stop.clone());
        jobs.tasks().spawn(sending.instrument(info_span!("alerts")));
    }
}

/// What commands, buttons and modals work with.
fn bot_state(
    settings: Settings,
    jobs: &Arc<Jobs>,
    discord: Arc<Discord>,
    stop: &CancellationToken,
) -> BotState {
    BotState {
        jobs: Arc::clone(jobs),
        owners: Arc::new(Owners::new(Arc::clone(&discord))),
        names: Arc::new(Names::new(Arc::clone(&discord))),
        discord,
        doctor: doctor_of(&settings),
        access: Access { guilds: settings.allowed_guilds, direct_messages: settings.allow_dms },
        deletions: Arc::default(),
        settings: settings.origins.into(),
        bot: Arc::default(),
        proxies: settings.proxies,
        stop: stop.clone(),
    }
}

/// What `/admin health` runs: what `whisul-bot doctor` checks, with the settings of this bot.
fn doctor_of(settings: &Settings) -> Doctor {
    let settings = Arc::new(settings.clone());
    Arc::new(move |limit| {
        let settings = Arc::clone(&settings);
        Box::pin(async move { doctor::report(&settings, limit).await })
    })
}

fn timestamp(time: SystemTime) -> Timestamp {
    let since_1970 = time.duration_since(SystemTime::UNIX_EPOCH);
    let millis = since_1970.map_or(0, |since| since.as_millis());
    Timestamp::from_millis(i64::try_from(millis).unwrap_or(i64::MAX))
}
