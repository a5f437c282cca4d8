//! Processes of the bot, one after another, in a world: each is a runtime of its own with a clock that
//! moves only when everybody waits. A process that is killed is a runtime that is dropped.

use std::{
    collections::BTreeMap,
    num::{NonZeroU32, NonZeroUsize},
    sync::{Arc, OnceLock},
    time::{Duration, SystemTime},
};

use secrecy::SecretString;
use tokio::{
    runtime::Builder,
    time::{sleep, timeout},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use whisul_bot::{
    discord_api::Discord,
    domain::{FollowUpSettings, Job, Limits},
    http_client::HttpClient,
    jobs::{Clock, JobConfig, Jobs, Services},
    media::Media,
    messages::Links,
    metrics::Metrics,
    whisul::{RateLimit, Whisul},
};

use super::{
    draw::TROUBLE,
    events::Event,
    network::Network,
    people::{Bot, ROLE},
    plan::{Plan, ProcessEnd},
    storage::Storage,
    world::{Coverage, Phase, State, World},
};

/// How long a stop may take.
const GRACE: Duration = Duration::from_secs(10);
/// How long it takes until a start is tried again that has failed.
const START_AGAIN: u64 = 30_000;
/// Some time after nothing goes wrong any more.
const CALM: u64 = TROUBLE + 2 * 3_600_000;
/// By then, everything has come to its end: nothing goes wrong any more, but what nobody can decide is
/// waited for during a day.
const END: u64 = TROUBLE + 26 * 3_600_000;

/// How a world ended.
pub(crate) struct End {
    pub(crate) lives: u64,
    pub(crate) calls: u64,
    pub(crate) coverage: Coverage,
    /// The promise that was broken, if one was.
    pub(crate) broken: Option<String>,
    pub(crate) trace: Vec<String>,
}

/// How a process ended.
enum Left {
    /// Everything has come to its end.
    Done,
    /// The next process starts after so long a time, its clock so far ahead.
    Restarts(u64, i64),
}

/// Plays a plan.
pub(crate) fn live(plan: Plan, storage: &Storage, is_traced: bool) -> End {
    storage.clear();
    let world = Arc::new(World::new(plan, is_traced));
    let (mut at, mut clock_ahead) = (0, 0);
    while let Left::Restarts(away, ahead) = run(&world, storage, at, clock_ahead) {
        let mut state = world.state();
        (at, clock_ahead) = (state.now() + away, ahead);
        state.happen_without_bot(at);
    }
    let mut state = world.state();
    if state.promises.first_broken.is_none() {
        state.check_the_end();
    }
    End {
        lives: state.rows.len() as u64,
        calls: state.calls,
        coverage: state.coverage.clone(),
        broken: state.promises.first_broken.clone(),
        trace: state.take_trace(),
    }
}

/// One process, from its start to its end.
fn run(world: &Arc<World>, storage: &Storage, at: u64, clock_ahead: i64) -> Left {
    let runtime = Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    runtime.block_on(async {
        let seed = {
            let mut state = world.state();
            state.process_starts(at);
            state.draw("process", state.run, u64::MAX)
        };
        fastrand::seed(seed);
        let left = process(world, storage, clock_ahead).await;
        let how = match &left {
            Left::Done => "everything has come to its end".to_owned(),
            Left::Restarts(away, ahead) => {
                format!("the bot is gone for {away} ms; its clock will be {ahead} ms ahead")
            }
        };
        world.state().process_ends(&how);
        left
    })
}

async fn process(world: &Arc<World>, storage: &Storage, clock_ahead: i64) -> Left {
    let stop = CancellationToken::new();
    let services = services(world, storage, clock_ahead);
    let (discord, store) = (Arc::clone(&services.discord), services.store.clone());
    let config = world.state().config();
    let jobs = tokio::select! {
        biased;
        () = world.end_reached.notified() => return killed(world),
        started = Jobs::start(services, config, stop.clone()) => match started {
            Ok(jobs) => jobs,
            Err(_) => return Left::Restarts(START_AGAIN, clock_ahead),
        },
    };
    let (world, handlers) = (Arc::clone(world), TaskTracker::new());
    let bot = Bot { world, jobs, discord, store, handlers };
    loop {
        let wait = bot.world.state().next_event_in().unwrap_or(2000);
        tokio::select! {
            biased;
            () = bot.world.end_reached.notified() => {
                let end = bot.world.state().reached.take();
                return end_by(&bot, &stop, end).await;
            }
            () = sleep(Duration::from_millis(wait)) => {}
        }
        let until = bot.world.state().now();
        loop {
            let event = bot.world.state().take_event(until);
            match event {
                Some(Event::Interaction(index)) => bot.receive(index),
                Some(Event::Act(act)) => bot.act(act),
                Some(Event::End(end)) => return end_by(&bot, &stop, Some(end)).await,
                None => break,
            }
        }
        if is_over(&bot) {
            stop_gracefully(&bot, &stop).await;
            return Left::Done;
        }
    }
}

/// Whether nothing is left to happen, or a promise is broken.
fn is_over(bot: &Bot) -> bool {
    let state = bot.world.state();
    let is_settled = state.events.is_empty()
        && bot.handlers.is_empty()
        && bot.jobs.live() == 0
        && state.rows.values().all(Job::is_settled);
    let only_forbidden = state.now() > CALM && state.rows.values().all(|row| state.may_rest(row));
    is_settled || only_forbidden || state.now() > END || state.promises.first_broken.is_some()
}

fn killed(world: &World) -> Left {
    let mut state = world.state();
    state.see("killed");
    match state.reached.take() {
        Some(end) => Left::Restarts(end.away, end.clock_ahead),
        None => Left::Restarts(START_AGAIN, 0),
    }
}

async fn end_by(bot: &Bot, stop: &CancellationToken, end: Option<ProcessEnd>) -> Left {
    let Some(end) = end else { return Left::Restarts(START_AGAIN, 0) };
    if end.graceful {
        stop_gracefully(bot, stop).await;
    } else {
        bot.world.state().tell(|| "the bot is killed".to_owned());
        bot.world.state().see("killed");
    }
    Left::Restarts(end.away, end.clock_ahead)
}

/// Asks the bot to stop. It may be killed meanwhile, or when it takes too long.
async fn stop_gracefully(bot: &Bot, stop: &CancellationToken) {
    {
        let mut state = bot.world.state();
        state.tell(|| "the bot is asked to stop".to_owned());
        state.phase = Phase::Stopping;
    }
    stop.cancel();
    let stopped = async {
        bot.handlers.close();
        bot.handlers.wait().await;
        bot.jobs.stopped().await;
    };
    tokio::select! {
        biased;
        () = bot.world.end_reached.notified() => bot.world.state().see("killed while it stopped"),
        stopped = timeout(GRACE, stopped) => {
            let what = if stopped.is_ok() { "stopped" } else { "stopped too late" };
            bot.world.state().see(what);
            if stopped.is_ok() {
                bot.world.state().phase = Phase::Down;
                // Whatever were still at work would be seen.
                sleep(GRACE).await;
            }
        }
    }
}

fn services(world: &Arc<World>, storage: &Storage, clock_ahead: i64) -> Services {
    static CLIENT: OnceLock<reqwest::Client> = OnceLock::new();
    let client = CLIENT.get_or_init(|| reqwest::Client::builder().no_proxy().build().unwrap());
    let http = HttpClient::over(client.clone(), Arc::new(Network(Arc::clone(world))));
    let base: url::Url = "https://whisul.example/api".parse().unwrap();
    let state = world.state();
    let requests = NonZeroU32::new(state.plan.settings.requests_a_second).unwrap();
    let rate = RateLimit { requests, window: Duration::from_secs(1) };
    let ahead = state.timestamp().millis() + clock_ahead;
    let token = SecretString::new("bot".to_owned());
    Services {
        metrics: Metrics::default(),
        store: storage.of(world),
        whisul: Whisul::with_http_client(base.clone(), http.clone(), rate, || {
            SystemTime::UNIX_EPOCH
        }),
        discord: Arc::new(Discord::with_http_client(http.clone(), token)),
        links: Links::of(&base),
        media: Media::with_http_client(&base, http),
        clock: Arc::new(Clock::starting_at(whisul_bot::domain::Timestamp::from_millis(ahead))),
    }
}

impl State {
    fn config(&self) -> JobConfig {
        let settings = &self.plan.settings;
        JobConfig {
            limits: Limits {
                user: self.quota(settings.user),
                user_concurrency: settings.at_once,
                roles: BTreeMap::from([(ROLE, self.quota(Some(settings.role)))]),
                guild: self.quota(settings.guild),
                global: self.quota(settings.global),
            },
            max_running: NonZeroUsize::new(settings.max_running).unwrap(),
            poll_interval: Duration::from_secs(settings.poll_seconds),
            job_timeout: Duration::from_secs(settings.timeout_seconds),
            edit_interval: Duration::from_secs(settings.edit_seconds),
            history_retention: Duration::from_hours(24 * 30),
            follow_ups: FollowUpSettings {
                notice: settings.notice,
                audio: settings.files,
                cover: settings.files,
            },
        }
    }
}
