//! The soak itself: people ask, the weather changes, and in the end the books are checked.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use fastrand::Rng;
use sandbox::{DiscordRules, DiscordSandbox, Plan, Seat};
use tokio::time::sleep;

use crate::{
    books::{self, Books},
    journal::Journal,
    load::{self, Asked},
    program::{Program, Running},
    record::Record,
    town::Town,
    vitals::Vitals,
    weather::Weather,
};

/// Between two looks at how things are.
const TICK: Duration = Duration::from_millis(100);
/// Between two looks at what the bot takes.
const MEASURED: Duration = Duration::from_secs(10);
/// How long a song takes, and one that takes its time.
const SONG: Duration = Duration::from_secs(1);
const SLOW_SONG: Duration = Duration::from_secs(6);
/// People, two at each channel.
const PEOPLE: usize = 40;
/// More songs are not asked for while so many messages still wait for their outcome,
const CROWD: usize = 60;
/// of which those that are older than this will get it elsewhere.
const OLD: Duration = Duration::from_mins(2);
/// How long everything may take in the end: the bot's longest backoff and a little.
const DRYING: Duration = Duration::from_mins(6);

/// See the module.
pub(crate) struct Soak {
    town: Town,
    program: Program,
    running: Option<Running>,
    weather: Weather,
    rng: Rng,
    asked: Vec<Asked>,
    /// Of whom it is not known yet that they have their outcome, and since when they wait.
    waiting: Vec<(usize, Instant)>,
    record: Record,
    complaints: Vec<String>,
    dried_in: Duration,
}

impl Soak {
    pub(crate) async fn begin(seed: u64) -> Self {
        let mut town = Town::found("soak", rules()).await;
        town.seats.splice(0..0, crowd(&town.discord));
        town.whisul.plan("that is made", Plan::song().takes(SONG));
        town.whisul.plan("that takes its time", Plan::song().takes(SLOW_SONG));
        let program = Program::new(&town.folder, settings(&town));
        let running = Some(program.start(None).until_ready(&town).await);
        let weather = Weather::new(&town);
        Self {
            town,
            program,
            running,
            weather,
            rng: Rng::with_seed(seed),
            asked: Vec::new(),
            waiting: Vec::new(),
            record: Record::default(),
            complaints: Vec::new(),
            dried_in: Duration::ZERO,
        }
    }

    /// Lets people ask for so long, whatever the weather.
    pub(crate) async fn last(&mut self, length: Duration) {
        let begun = Instant::now();
        let (mut measured, mut turn) = (begun, begun);
        while begun.elapsed() < length && self.is_alive() {
            if turn <= Instant::now() {
                turn = Instant::now() + self.weather.change(&self.town, &mut self.rng).await;
            }
            self.weather.go_on(&self.town, &mut self.rng);
            self.ask().await;
            if measured <= Instant::now() {
                self.measure(begun.elapsed());
                measured = Instant::now() + MEASURED;
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

    /// Now and then somebody asks for a song, and now and then several people do at once.
    async fn ask(&mut self) {
        let asked = &self.asked;
        self.waiting.retain(|(number, since)| {
            since.elapsed() < OLD && asked.get(*number).is_some_and(books::is_open)
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
            if let Some(asked) = load::ask(&self.town, number, None, &mut self.rng).await {
                self.asked.push(asked);
                self.waiting.push((number, Instant::now()));
            }
        }
    }

    fn measure(&mut self, at: Duration) {
        if let Some(running) = &self.running {
            self.record.note(at, Vitals::of(running.id()));
        }
        // What was asked of the sandboxes is not looked at here.
        self.town.discord.requests().clear();
        self.town.whisul.requests().clear();
    }

    /// The sun comes out, nobody asks any more, and the bot stops when nothing is left to do.
    pub(crate) async fn dry(&mut self) {
        self.weather.clear_up(&self.town).await;
        let begun = Instant::now();
        while Books::open(&self.town.database()).await.unsettled() > 0 && self.is_alive() {
            if begun.elapsed() > DRYING {
                self.complaints.push("not everything was settled in time".to_owned());
                break;
            }
            sleep(Duration::from_secs(1)).await;
        }
        self.dried_in = begun.elapsed();
        let Some(running) = self.running.take() else { return };
        println!("at rest:       {}", Vitals::of(running.id()));
        let status = running.stop().await;
        if !status.success() {
            self.complaints.push(format!("the stop was no success: {status}"));
        }
    }

    /// Prints the figures. Returns what is not as promised.
    pub(crate) async fn check(mut self) -> Vec<String> {
        self.record.print();
        self.complaints.extend(self.record.complaints());
        for (spell, times) in &self.weather.past {
            println!("{times:7} {spell:?}");
        }
        let journal = Journal::read(&self.program.log, &self.town);
        journal.print();
        self.complaints.extend(journal.complaints());
        self.complaints.extend(self.weather.untold(&journal));
        let books = Books::open(&self.town.database()).await;
        books.print(&self.asked, &self.town);
        self.complaints.extend(books.audit(&self.town, &self.asked));
        println!("all was settled {:.1?} after the weather had cleared up", self.dried_in);
        if self.complaints.is_empty() {
            self.town.leave();
        } else {
            println!("See {}", self.town.folder.display());
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
fn settings(town: &Town) -> BTreeMap<&'static str, String> {
    let mut settings = town.settings();
    let own = [
        ("MAX_RUNNING", "10"),
        ("POLL_INTERVAL", "100ms"),
        ("EDIT_INTERVAL", "100ms"),
        ("JOB_TIMEOUT", "30s"),
        ("WHISUL_RATE_LIMIT", "200/1s"),
        ("RUST_LOG", "info,whisul_bot=debug"),
    ];
    settings.extend(own.map(|(name, value)| (name, value.to_owned())));
    settings
}

/// Many people in a server of their own.
fn crowd(discord: &DiscordSandbox) -> Vec<Seat> {
    let server = discord.add_server("Lovers of long songs");
    let channels: Vec<_> =
        (0..PEOPLE / 2).map(|number| server.add_channel(&format!("songs-{number}"))).collect();
    let seats = (0..PEOPLE).zip(channels.iter().cycle()).map(|(number, channel)| {
        let person = discord.add_person(&format!("Person {number}"));
        server.join(&person);
        person.at(channel)
    });
    seats.collect()
}
