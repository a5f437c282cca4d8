//! The soak itself: people ask for songs, faults come and go, and an audit follows.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use fastrand::Rng;
use sandbox::{ChannelClient, DiscordRules, DiscordSandbox, Plan};
use tokio::time::sleep;

use crate::{
    audit::{self, Audit},
    fault_schedule::FaultSchedule,
    fixture::Fixture,
    load::{self, Asked},
    log_check::LogCheck,
    program::{Program, Running},
    resource_usage::ResourceUsage,
    usage_record::UsageRecord,
};

/// The pause between two checks.
const TICK: Duration = Duration::from_millis(100);
/// The pause between two measurements of the bot's resources.
const MEASURED: Duration = Duration::from_secs(10);
/// How long a song takes, and a slow one.
const SONG: Duration = Duration::from_secs(1);
const SLOW_SONG: Duration = Duration::from_secs(6);
/// People, two in each channel.
const PEOPLE: usize = 40;
/// More songs are not asked for while so many messages still wait for their outcome,
const CROWD: usize = 60;
/// of which those that are older than this will get it elsewhere.
const OLD: Duration = Duration::from_mins(2);
/// How long draining may take: the bot's longest backoff and a margin.
const DRAIN_LIMIT: Duration = Duration::from_mins(6);

/// See the module.
pub(crate) struct Soak {
    fixture: Fixture,
    program: Program,
    running: Option<Running>,
    schedule: FaultSchedule,
    rng: Rng,
    asked: Vec<Asked>,
    /// The requests that have shown no outcome yet, and since when they wait.
    waiting: Vec<(usize, Instant)>,
    usage: UsageRecord,
    complaints: Vec<String>,
    drained_in: Duration,
}

impl Soak {
    pub(crate) async fn begin(seed: u64) -> Self {
        let mut fixture = Fixture::start("soak", rules()).await;
        fixture.clients.splice(0..0, crowd(&fixture.discord));
        fixture.whisul.plan("that is made", Plan::song().takes(SONG));
        fixture.whisul.plan("that takes its time", Plan::song().takes(SLOW_SONG));
        let program = Program::new(&fixture.folder, settings(&fixture));
        let running = Some(program.start(None).until_ready(&fixture).await);
        let schedule = FaultSchedule::new(&fixture);
        Self {
            fixture,
            program,
            running,
            schedule,
            rng: Rng::with_seed(seed),
            asked: Vec::new(),
            waiting: Vec::new(),
            usage: UsageRecord::default(),
            complaints: Vec::new(),
            drained_in: Duration::ZERO,
        }
    }

    /// Lets people ask for songs for so long, while faults come and go.
    pub(crate) async fn run_for(&mut self, length: Duration) {
        let begun = Instant::now();
        let (mut next_measurement, mut next_phase) = (begun, begun);
        while begun.elapsed() < length && self.is_alive() {
            if next_phase <= Instant::now() {
                next_phase =
                    Instant::now() + self.schedule.next_phase(&self.fixture, &mut self.rng).await;
            }
            self.schedule.step(&self.fixture, &mut self.rng);
            self.ask().await;
            if next_measurement <= Instant::now() {
                self.measure(begun.elapsed());
                next_measurement = Instant::now() + MEASURED;
            }
            sleep(TICK).await;
        }
    }

    fn is_alive(&mut self) -> bool {
        let ended = self.running.as_mut().and_then(Running::ended);
        if let Some(ended) = &ended {
            self.complaints.push(format!("the bot ended by itself: {ended:?}"));
        }
        ended.is_none()
    }

    /// At random, nobody, one person or several people at once ask for songs.
    async fn ask(&mut self) {
        let asked = &self.asked;
        self.waiting.retain(|(number, since)| {
            since.elapsed() < OLD && asked.get(*number).is_some_and(audit::is_open)
        });
        let people = match self.rng.u32(0..100) {
            0..2 => 10,
            2..30 => 1,
            _ => 0,
        };
        for _ in 0..people {
            if self.waiting.len() >= CROWD {
                return;
            }
            let number = self.asked.len();
            if let Some(asked) = load::ask(&self.fixture, number, None, &mut self.rng).await {
                self.asked.push(asked);
                self.waiting.push((number, Instant::now()));
            }
        }
    }

    fn measure(&mut self, at: Duration) {
        if let Some(running) = &self.running {
            self.usage.note(at, ResourceUsage::of(running.id()));
        }
        // Nobody reads the recorded requests here.
        self.fixture.discord.requests().clear();
        self.fixture.whisul.requests().clear();
    }

    /// Clears all faults, waits until every job is settled, and stops the bot.
    pub(crate) async fn drain(&mut self) {
        self.schedule.clear(&self.fixture).await;
        let begun = Instant::now();
        while Audit::load(&self.fixture.database()).await.unsettled() > 0 && self.is_alive() {
            if begun.elapsed() > DRAIN_LIMIT {
                self.complaints.push("not everything was settled in time".to_owned());
                break;
            }
            sleep(Duration::from_secs(1)).await;
        }
        self.drained_in = begun.elapsed();
        let Some(running) = self.running.take() else { return };
        println!("at rest:       {}", ResourceUsage::of(running.id()));
        let status = running.stop().await;
        if !status.success() {
            self.complaints.push(format!("the stop was no success: {status}"));
        }
    }

    /// Prints the figures. Returns the complaints.
    pub(crate) async fn check(mut self) -> Vec<String> {
        self.usage.print();
        self.complaints.extend(self.usage.complaints());
        for (phase, times) in &self.schedule.past {
            println!("{times:7} {phase:?}");
        }
        let log_check = LogCheck::read(&self.program.log, &self.fixture);
        log_check.print();
        self.complaints.extend(log_check.complaints());
        self.complaints.extend(self.schedule.unlogged(&log_check));
        let audit = Audit::load(&self.fixture.database()).await;
        audit.print(&self.asked, &self.fixture);
        self.complaints.extend(audit.complaints(&self.fixture, &self.asked));
        println!("all was settled {:.1?} after the last fault", self.drained_in);
        if self.complaints.is_empty() {
            self.fixture.clean_up();
        } else {
            println!("See {}", self.fixture.folder.display());
        }
        self.complaints
    }
}

/// Discord as it is, with its clocks a good fifty times as fast.
fn rules() -> DiscordRules {
    DiscordRules {
        token_lifetime: Duration::from_secs(15),
        old_message_after: Duration::from_mins(1),
        heartbeat_interval: Duration::from_secs(2),
        session_start_limit: usize::MAX,
        ..DiscordRules::default()
    }
}

/// The defaults a good fifty times as fast.
fn settings(fixture: &Fixture) -> BTreeMap<&'static str, String> {
    let mut settings = fixture.settings();
    let own = [
        ("MAX_RUNNING", "10"),
        ("POLL_INTERVAL", "100ms"),
        ("EDIT_INTERVAL", "100ms"),
        ("JOB_TIMEOUT", "30s"),
        ("WHISUL_RATE_LIMIT", "200/1s"),
        ("HTTP_ADDR", "off"),
        ("RUST_LOG", "info,whisul_bot=debug"),
    ];
    settings.extend(own.map(|(name, value)| (name, value.to_owned())));
    settings
}

/// Many people in a server of their own.
fn crowd(discord: &DiscordSandbox) -> Vec<ChannelClient> {
    let server = discord.add_server("Lovers of long songs");
    let channels: Vec<_> =
        (0..PEOPLE / 2).map(|number| server.add_channel(&format!("songs-{number}"))).collect();
    let clients = (0..PEOPLE).zip(channels.iter().cycle()).map(|(number, channel)| {
        let person = discord.add_person(&format!("Person {number}"));
        server.join(&person);
        person.at(channel)
    });
    clients.collect()
}
