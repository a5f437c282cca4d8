//! The hunt: deaths one after another, and the healing in the end.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use fastrand::Rng;
use tokio::time::sleep;

use crate::{
    books::{self, Books},
    faults,
    load::{self, Asked},
    program::{Program, Running, Step},
    town::{self, Town},
};

/// Between two looks at how things are.
const TICK: Duration = Duration::from_millis(4);
/// How long a named step may take to be reached before the bot is killed all the same.
const PATIENCE: Duration = Duration::from_secs(12);
/// One of so many may be killed that way.
const MISSES: usize = 8;
/// How long everything may take in the end.
const HEALING: Duration = Duration::from_secs(90);
/// More songs are not asked for while so many messages still wait for their outcome,
const CROWD: usize = 30;
/// but for one of so many, where a step is waited for that only a new song may reach.
const RARELY: u32 = 10;

/// See the module.
pub(crate) struct Hunt {
    town: Town,
    program: Program,
    rng: Rng,
    asked: Vec<Asked>,
    deaths: BTreeMap<String, usize>,
    complaints: Vec<String>,
    started: Instant,
}

/// How the bot is to end.
#[derive(Clone, Debug)]
enum Death {
    At(Step),
    Random,
}

impl Hunt {
    /// Starts the bot once, so that Discord has its commands.
    pub(crate) async fn begin(seed: u64) -> Self {
        let mut rng = Rng::with_seed(seed);
        let forgets = rng.bool();
        println!("Discord {} messages by their nonces", if forgets { "forgets" } else { "knows" });
        let town = Town::found("hunt", town::rules_of_a_hunt(forgets)).await;
        let program = Program::new(&town.folder, town.settings());
        program.start(None).until_ready(&town).await.kill();
        let started = Instant::now();
        let (asked, deaths, complaints) = (Vec::new(), BTreeMap::new(), Vec::new());
        Self { town, program, rng, asked, deaths, complaints, started }
    }

    /// Lets the bot die so often: two of five times at named steps, all of them alike.
    pub(crate) async fn kill(&mut self, times: usize) {
        let steps = Step::all();
        let each = (times * 2 / 5).div_ceil(steps.len());
        let named = steps.into_iter().flat_map(|step| vec![Death::At(step); each]);
        let mut deck: Vec<_> = named.collect();
        deck.resize(times.max(deck.len()), Death::Random);
        self.rng.shuffle(&mut deck);
        let mut misses = 0;
        while let Some(death) = deck.pop() {
            // A step that is not reached in time comes again.
            if !self.die(&death).await {
                misses += 1;
                assert!(
                    misses <= times.div_ceil(MISSES),
                    "{death:?} is not reached, like others before"
                );
                deck.insert(self.rng.usize(..=deck.len()), death);
            }
        }
    }

    /// One life of the bot. Tells whether it ended as wanted.
    async fn die(&mut self, death: &Death) -> bool {
        faults::change(&self.town, &mut self.rng);
        match death {
            Death::Random => {
                // Now and then long enough for what takes its time, such as giving up an answer.
                let longest = if self.rng.u32(0..25) == 0 { 6000 } else { 900 };
                let life = Duration::from_millis(self.rng.u64(0..longest));
                let mut running = self.program.start(None);
                let ended = self.live(&mut running, life, None).await;
                running.kill();
                self.note("random instant", ended.is_some());
                true
            }
            Death::At(step) => {
                let times = self.rng.u32(1..=2);
                let mut running = self.program.start(Some((step, times)));
                let reached = self.live(&mut running, PATIENCE, Some(step.write())).await;
                running.kill();
                self.note(if reached.is_some() { &step.0 } else { "random instant" }, false);
                reached.is_some()
            }
        }
    }

    /// Lets people ask until the bot has ended, or its time has come.
    async fn live(
        &mut self,
        running: &mut Running,
        life: Duration,
        wanted: Option<&str>,
    ) -> Option<()> {
        let (begun, identified) = (Instant::now(), self.town.discord.sessions().identified);
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
            if next_ask.is_none() && self.town.discord.sessions().identified > identified {
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
        let open = open.filter(|asked| books::is_open(asked)).count();
        if open >= CROWD && (wanted.is_none() || self.rng.u32(0..RARELY) > 0) {
            return;
        }
        for _ in 0..people {
            let number = self.asked.len();
            self.asked.extend(load::ask(&self.town, number, wanted, &mut self.rng).await);
        }
    }

    fn note(&mut self, death: &str, by_itself: bool) {
        if by_itself {
            self.complaints.push(format!("{death}: the bot died at a step that nobody named"));
        }
        *self.deaths.entry(death.to_owned()).or_default() += 1;
    }

    /// Everything is well again, and the bot runs until nothing is left to do.
    pub(crate) async fn heal(&mut self) {
        faults::clear(&self.town);
        let (running, begun) = (self.program.start(None), Instant::now());
        while Books::open(&self.town.database()).await.unsettled() > 0 {
            if begun.elapsed() > HEALING {
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

    /// Holds what people see and what Whisul took against what the bot wrote down, and prints the
    /// figures. Returns what is not as promised.
    pub(crate) async fn check(mut self) -> Vec<String> {
        let books = Books::open(&self.town.database()).await;
        self.complaints.extend(books.audit(&self.town, &self.asked));
        for (death, times) in &self.deaths {
            println!("{times:5} killed at {death}");
        }
        let log = self.program.log();
        let recoveries = log.iter().filter_map(|line| line["jobs"].as_u64());
        let (starts, jobs) = recoveries.fold((0, 0), |(starts, jobs), n| (starts + 1, jobs + n));
        println!(
            "{:5} kills in {:.1?}",
            self.deaths.values().sum::<usize>(),
            self.started.elapsed()
        );
        println!("{starts:5} starts that went on with {jobs} jobs");
        books.print(&self.asked, &self.town);
        println!("{:5} violations", self.complaints.len());
        if self.complaints.is_empty() {
            self.town.leave();
        } else {
            println!("See {}", self.town.folder.display());
        }
        self.complaints
    }
}
