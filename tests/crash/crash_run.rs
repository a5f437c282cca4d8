//! A crash run: one kill after another, then a recovery without faults.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use fastrand::Rng;
use tokio::time::sleep;

use crate::{
    audit::{self, Audit},
    faults,
    fixture::{self, Fixture},
    load::{self, Asked},
    program::{Program, Running, Step},
};

/// The pause between two checks.
const TICK: Duration = Duration::from_millis(4);
/// How long a named step may take to be reached before the bot is killed all the same.
const PATIENCE: Duration = Duration::from_secs(12);
/// One of so many may be killed that way.
const MISSES: usize = 8;
/// How long the recovery may take.
const RECOVERY_LIMIT: Duration = Duration::from_secs(90);
/// More songs are not asked for while so many messages still wait for their outcome,
const CROWD: usize = 30;
/// but for one of so many, where a step is waited for that only a new song may reach.
const RARELY: u32 = 10;

/// See the module.
pub(crate) struct CrashRun {
    fixture: Fixture,
    program: Program,
    rng: Rng,
    asked: Vec<Asked>,
    kills: BTreeMap<String, usize>,
    complaints: Vec<String>,
    started: Instant,
}

/// How the bot is killed.
#[derive(Clone, Debug)]
enum Kill {
    At(Step),
    Random,
}

impl CrashRun {
    /// Starts the bot once, so that Discord has its commands.
    pub(crate) async fn begin(seed: u64) -> Self {
        let mut rng = Rng::with_seed(seed);
        let forgets_nonces = rng.bool();
        println!(
            "Discord {} messages by their nonces",
            if forgets_nonces { "forgets" } else { "knows" }
        );
        let fixture = Fixture::start("run", fixture::crash_run_rules(forgets_nonces)).await;
        let program = Program::new(&fixture.folder, fixture.settings());
        program.start(None).until_ready(&fixture).await.kill();
        let started = Instant::now();
        let (asked, kills, complaints) = (Vec::new(), BTreeMap::new(), Vec::new());
        Self { fixture, program, rng, asked, kills, complaints, started }
    }

    /// Kills the bot so often: two of five times at named steps, each step equally often.
    pub(crate) async fn kill(&mut self, times: usize) {
        let steps = Step::all();
        let each = (times * 2 / 5).div_ceil(steps.len());
        let named = steps.into_iter().flat_map(|step| vec![Kill::At(step); each]);
        let mut deck: Vec<_> = named.collect();
        deck.resize(times.max(deck.len()), Kill::Random);
        self.rng.shuffle(&mut deck);
        let mut misses = 0;
        while let Some(kill) = deck.pop() {
            // A step that is not reached in time is tried again.
            if !self.crash(&kill).await {
                misses += 1;
                assert!(
                    misses <= times.div_ceil(MISSES),
                    "{kill:?} is not reached, like others before"
                );
                deck.insert(self.rng.usize(..=deck.len()), kill);
            }
        }
    }

    /// Starts the bot and kills it. Returns whether it ended as planned.
    async fn crash(&mut self, kill: &Kill) -> bool {
        faults::change(&self.fixture, &mut self.rng);
        match kill {
            Kill::Random => {
                // Some runs last long enough for a first response that is given up.
                let longest = if self.rng.u32(0..25) == 0 { 6000 } else { 900 };
                let life = Duration::from_millis(self.rng.u64(0..longest));
                let mut running = self.program.start(None);
                let ended = self.live(&mut running, life, None).await;
                running.kill();
                self.note("random instant", ended.is_some());
                true
            }
            Kill::At(step) => {
                let times = self.rng.u32(1..=2);
                let mut running = self.program.start(Some((step, times)));
                let reached = self.live(&mut running, PATIENCE, Some(step.write())).await;
                running.kill();
                self.note(if reached.is_some() { &step.0 } else { "random instant" }, false);
                reached.is_some()
            }
        }
    }

    /// Lets people ask for songs until the bot has ended or `life` is over.
    async fn live(
        &mut self,
        running: &mut Running,
        life: Duration,
        wanted: Option<&str>,
    ) -> Option<()> {
        let (begun, identified) = (Instant::now(), self.fixture.discord.sessions().identified);
        let mut next_ask = None;
        while begun.elapsed() < life {
            match running.ended() {
                None => {}
                Some(Ok(())) => return Some(()),
                Some(Err(status)) => {
                    self.complaints.push(format!("the bot ended by itself: {status}"));
                    return None;
                }
            }
            if next_ask.is_none() && self.fixture.discord.sessions().identified > identified {
                self.ask(3, wanted).await;
                next_ask = Some(Instant::now());
            }
            if next_ask.is_some_and(|due| due <= Instant::now()) {
                self.ask(1, wanted).await;
                next_ask = Some(Instant::now() + Duration::from_millis(self.rng.u64(20..150)));
            }
            sleep(TICK).await;
        }
        None
    }

    /// Several people ask at once, unless too many wait already.
    async fn ask(&mut self, people: usize, wanted: Option<&str>) {
        let open = self.asked.iter().rev().take(CROWD * 4);
        let open = open.filter(|asked| audit::is_open(asked)).count();
        if open >= CROWD && (wanted.is_none() || self.rng.u32(0..RARELY) > 0) {
            return;
        }
        for _ in 0..people {
            let number = self.asked.len();
            self.asked.extend(load::ask(&self.fixture, number, wanted, &mut self.rng).await);
        }
    }

    fn note(&mut self, kill: &str, by_itself: bool) {
        if by_itself {
            self.complaints.push(format!("{kill}: the bot died at a step that nobody named"));
        }
        *self.kills.entry(kill.to_owned()).or_default() += 1;
    }

    /// Clears all faults and runs the bot until every job is settled.
    pub(crate) async fn recover(&mut self) {
        faults::clear(&self.fixture);
        let (running, begun) = (self.program.start(None), Instant::now());
        while Audit::load(&self.fixture.database()).await.unsettled() > 0 {
            if begun.elapsed() > RECOVERY_LIMIT {
                self.complaints.push("not everything was settled in time".to_owned());
                break;
            }
            sleep(Duration::from_millis(50)).await;
        }
        let status = running.stop().await;
        if !status.success() {
            self.complaints.push(format!("the last stop was no success: {status}"));
        }
    }

    /// Audits messages, Whisul's jobs and the database, and prints the figures. Returns the complaints.
    pub(crate) async fn check(mut self) -> Vec<String> {
        let audit = Audit::load(&self.fixture.database()).await;
        self.complaints.extend(audit.complaints(&self.fixture, &self.asked));
        for (kill, times) in &self.kills {
            println!("{times:5} killed at {kill}");
        }
        let log = self.program.log();
        let recoveries = log.iter().filter_map(|line| line["jobs"].as_u64());
        let (starts, jobs) = recoveries.fold((0, 0), |(starts, jobs), n| (starts + 1, jobs + n));
        println!(
            "{:5} kills in {:.1?}",
            self.kills.values().sum::<usize>(),
            self.started.elapsed()
        );
        println!("{starts:5} starts that went on with {jobs} jobs");
        audit.print(&self.asked, &self.fixture);
        println!("{:5} violations", self.complaints.len());
        if self.complaints.is_empty() {
            self.fixture.clean_up();
        } else {
            println!("See {}", self.fixture.folder.display());
        }
        self.complaints
    }
}
