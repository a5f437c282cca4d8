//! A world: people, a Discord, a Whisul and a disk around the processes of the bot, all in memory
//! but for the real database.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Mutex, MutexGuard},
    time::Duration,
};

use tokio::{sync::Notify, time::Instant};
use whisul_bot::domain::{Delivery, Job, JobId, State as JobState, Timestamp};

use super::{
    discord::Discord,
    draw::TROUBLE,
    events::{self, Events},
    plan::{FaultKind, Plan, ProcessEnd, Service, When},
    probes::Probes,
    promises::Promises,
    turns::Turns,
    whisul::Whisul,
};

/// The beginning, in milliseconds of Discord's snowflakes: some moment of the year 2026.
pub(crate) const START: u64 = 370_000_000_000;

/// How often what was seen.
pub(crate) type Coverage = BTreeMap<&'static str, u64>;

/// See the module. Everything happens in one thread; the lock is never contended.
pub(crate) struct World {
    state: Mutex<State>,
    /// A process is to end at this call.
    pub(crate) end_reached: Notify,
}

/// How the process of the bot is at present.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    Down,
    Up,
    /// It was asked to stop.
    Stopping,
}

pub(crate) struct State {
    pub(crate) plan: Plan,
    pub(crate) phase: Phase,
    /// How many processes have started.
    pub(crate) run: u64,
    /// When the process started, and by its own clock.
    started: (u64, Option<Instant>),
    /// How many calls there were, in all and of each service.
    pub(crate) calls: u64,
    calls_of: BTreeMap<Service, u64>,
    /// How many new messages about songs the bot tried to post.
    pub(crate) posts: u64,
    /// What is still to come.
    pub(crate) events: Events,
    /// The ends of processes that are still to come, and the one that a call has reached.
    pub(crate) ends: Vec<ProcessEnd>,
    pub(crate) reached: Option<ProcessEnd>,
    pub(crate) discord: Discord,
    pub(crate) whisul: Whisul,
    /// The rows, as they were read after each write.
    pub(crate) rows: BTreeMap<usize, Job>,
    pub(crate) promises: Promises,
    pub(crate) probes: Probes,
    pub(crate) turns: Turns,
    pub(crate) coverage: Coverage,
    trace: Option<Vec<String>>,
}

/// Which of all requests a job comes from: ids are numbered in their lower bits, as Discord's are.
pub(crate) fn index_of(id: JobId) -> usize {
    usize::try_from(id.0 & 0x3f_ffff).unwrap()
}

impl fmt::Debug for World {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("World").finish_non_exhaustive()
    }
}

impl World {
    pub(crate) fn new(plan: Plan, is_traced: bool) -> Self {
        let state = State {
            phase: Phase::Down,
            run: 0,
            started: (0, None),
            calls: 0,
            calls_of: BTreeMap::new(),
            posts: 0,
            events: events::of(&plan),
            ends: plan.ends.clone(),
            reached: None,
            discord: Discord::new(&plan),
            whisul: Whisul::default(),
            rows: BTreeMap::new(),
            promises: Promises::default(),
            probes: Probes::default(),
            turns: Turns::default(),
            coverage: Coverage::new(),
            trace: is_traced.then(Vec::new),
            plan,
        };
        Self { state: Mutex::new(state), end_reached: Notify::new() }
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// Ends the process if it is to end at this call. Of a process that is killed, nothing goes on.
    pub(crate) async fn reach(&self, when: When) {
        if self.state().reaches(when) {
            self.end_reached.notify_one();
            if self.state().reached.as_ref().is_some_and(|end| !end.graceful) {
                std::future::pending::<()>().await;
            }
        }
    }
}

impl State {
    /// The time since the beginning, in milliseconds.
    pub(crate) fn now(&self) -> u64 {
        let (base, started) = self.started;
        base + started.map_or(0, |started| u64::try_from(started.elapsed().as_millis()).unwrap())
    }

    pub(crate) fn timestamp(&self) -> Timestamp {
        Timestamp::of_snowflake((START + self.now()) << 22)
    }

    /// An id that Discord gives now; the lower bits tell it apart from others of the moment.
    pub(crate) fn snowflake(&self, lower: u64) -> u64 {
        ((START + self.now()) << 22) | lower
    }

    /// A process starts at this time.
    pub(crate) fn process_starts(&mut self, at: u64) {
        self.started = (at, Some(Instant::now()));
        (self.phase, self.reached) = (Phase::Up, None);
        self.run += 1;
        self.nothing_is_probed();
        let found: Vec<_> = self.rows.values().filter_map(found_as).collect();
        for state in found {
            self.see(state);
        }
        self.tell(|| "the bot starts".to_owned());
    }

    /// The process is no more. Time stands still until the next one starts.
    pub(crate) fn process_ends(&mut self, how: &str) {
        self.started = (self.now(), None);
        self.phase = Phase::Down;
        self.promises.forget();
        self.turns.forget();
        self.tell(|| how.to_owned());
    }

    pub(crate) fn is_troubled(&self) -> bool {
        self.now() < TROUBLE
    }

    /// Counts a call, and says how it goes wrong, if it does.
    pub(crate) fn count(&mut self, service: Service) -> (u64, Option<FaultKind>) {
        self.calls += 1;
        let number = self.calls_of.entry(service).or_default();
        *number += 1;
        let number = *number;
        if !self.is_troubled() {
            return (number, None);
        }
        let now = self.now();
        let mut outages = self.plan.outages.iter();
        let outage = outages
            .find(|outage| outage.service == service && (outage.from..outage.to).contains(&now));
        let mut faults = self.plan.faults.iter();
        let fault = faults.find(|fault| fault.service == service && fault.call == number);
        (number, outage.map(|outage| outage.kind).or(fault.map(|fault| fault.kind)))
    }

    /// A number that follows from the plan's seed alone, below `most`.
    pub(crate) fn draw(&self, what: &str, number: u64, most: u64) -> u64 {
        let text = what.bytes().fold(self.plan.seed, |hash, byte| mixed(hash ^ u64::from(byte)));
        mixed(text ^ number.wrapping_mul(0x9e37_79b9_7f4a_7c15)) % most
    }

    pub(crate) fn delay(&self, what: &str, number: u64, most: u64) -> Duration {
        Duration::from_millis(1 + self.draw(what, number, most))
    }

    fn reaches(&mut self, when: When) -> bool {
        let Some(place) = self.ends.iter().position(|end| end.when == when) else { return false };
        if self.reached.is_some() || !self.is_troubled() {
            return false;
        }
        self.reached = Some(self.ends.remove(place));
        true
    }

    /// Takes note of something that has to be seen among so many lives.
    pub(crate) fn see(&mut self, what: &'static str) {
        *self.coverage.entry(what).or_default() += 1;
    }

    /// Goes on with the trace, if somebody reads it.
    pub(crate) fn tell(&mut self, line: impl FnOnce() -> String) {
        let now = self.now();
        if let Some(trace) = &mut self.trace {
            trace.push(format!("{:>6}.{:03} {}", now / 1000, now % 1000, line()));
        }
    }

    pub(crate) fn take_trace(&mut self) -> Vec<String> {
        self.trace.take().unwrap_or_default()
    }
}

/// The state in which a start finds a job, as something to be seen.
fn found_as(job: &Job) -> Option<&'static str> {
    Some(match (&job.state, job.delivery) {
        _ if job.is_settled() => return None,
        (_, Delivery::Posting(_)) => "found while it was posted",
        (JobState::Accepted, _) => "found accepted",
        (JobState::Announced, _) => "found announced",
        (JobState::Submitting, _) => "found submitting",
        (JobState::Running { .. }, _) => "found running",
        (JobState::Completed { .. }, Delivery::Delivered) => "found with follow-ups left",
        (JobState::Completed { .. }, _) => "found completed",
        (JobState::Failed(_), _) => "found failed",
        (JobState::Abandoned | JobState::Cancelled(_), _) => "found cancelled",
    })
}

/// One step of the generator that is called `SplitMix64`.
fn mixed(seed: u64) -> u64 {
    let mut mixed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}
