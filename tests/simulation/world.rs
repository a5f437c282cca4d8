//! A world: people, a Discord, a Whisul, a disk and a bot, through some hours with crashes, outages
//! and faults, until all of that ends and everything must come to its end.

use std::{collections::BTreeMap, time::Duration};

use whisul_bot::domain::{Failure, Job, JobId, State};

use super::{
    agenda::{Agenda, Moment},
    bot::Bot,
    chance::Chance,
    discord::{Discord, Face},
    disk::Disk,
    people::Rules,
    promises::Promises,
    turns::Turns,
    weather::{Climate, Sky},
    whisul::Whisul,
    wires::{Address, News, Request},
};

/// Some moment of the year 2026, and how long things go wrong after it.
const START: Moment = Moment(370_000_000_000);
const TROUBLE: Duration = Duration::from_hours(2);
/// After so many happenings without an end, there is none.
const MOST_HAPPENINGS: u64 = 100_000;

/// See the module.
pub(crate) struct World {
    pub(crate) chance: Chance,
    pub(crate) agenda: Agenda<Happening>,
    pub(crate) climate: Climate,
    pub(crate) sky: Skies,
    pub(crate) rules: Rules,
    pub(crate) discord: Discord,
    pub(crate) whisul: Whisul,
    pub(crate) disk: Disk,
    pub(crate) bot: Bot,
    pub(crate) promises: Promises,
    pub(crate) turns: Turns,
    /// How often what was seen.
    pub(crate) sights: Sights,
    /// The story so far, if somebody wants to read it.
    story: Option<Vec<String>>,
}

pub(crate) type Sights = BTreeMap<&'static str, u64>;

/// How it is on the way to each service.
pub(crate) struct Skies {
    pub(crate) discord: Sky,
    pub(crate) whisul: Sky,
    pub(crate) disk: Sky,
}

/// Something that happens.
pub(crate) enum Happening {
    /// Somebody asks for a song.
    Asks,
    /// The gateway brings an interaction to the bot.
    Interaction(usize),
    /// A person deletes the message of a job.
    Deletes(usize),
    /// A person cancels a job.
    Cancels(usize),
    /// The weather changes.
    Weather,
    /// The bot is killed, and started again.
    Crash,
    Start,
    /// A request leaves that was kept back.
    Leaves(Address, Request),
    /// A request reaches its service; `heard` says whether its answer gets back.
    Arrives {
        from: Address,
        request: Request,
        heard: bool,
    },
    /// The bot learns something.
    News(Address, News),
    /// Nothing goes wrong any more.
    Heals,
}

/// How a world ended.
pub(crate) struct End {
    pub(crate) lives: u64,
    pub(crate) happenings: u64,
    pub(crate) sights: Sights,
    /// The promise that was broken, if one was.
    pub(crate) broken: Option<String>,
    pub(crate) story: Vec<String>,
}

/// Which of all jobs a job is: ids are numbered in their lower bits, as Discord's are.
pub(crate) fn index_of(id: JobId) -> usize {
    usize::try_from(id.0 & 0x3f_ffff).unwrap()
}

/// Lives through the world of a seed.
pub(crate) fn live(seed: u64, telling: bool) -> End {
    let mut world = World::of_seed(seed, telling);
    let mut happenings = 0;
    while let Some(happening) = world.agenda.next() {
        happenings += 1;
        world.happen(happening);
        world.promise(happenings < MOST_HAPPENINGS, "everything comes to an end", || {
            format!("after {happenings} happenings it still goes on")
        });
        if world.promises.first_broken.is_some() {
            break;
        }
    }
    if world.promises.first_broken.is_none() {
        world.check_the_end();
    }
    End {
        lives: world.disk.rows().count() as u64,
        happenings,
        sights: world.sights,
        broken: world.promises.first_broken,
        story: world.story.unwrap_or_default(),
    }
}

impl World {
    fn of_seed(seed: u64, telling: bool) -> Self {
        let mut chance = Chance::of_seed(seed);
        let rules = Rules::random(&mut chance);
        let mut agenda = Agenda::starting_at(START);
        for (wait, happening) in [
            (Duration::ZERO, Happening::Weather),
            (Duration::ZERO, Happening::Start),
            (Duration::from_secs(1), Happening::Asks),
            (TROUBLE, Happening::Heals),
        ] {
            agenda.add(wait, happening);
        }
        Self {
            climate: Climate::random(&mut chance),
            sky: Skies { discord: Sky::Clear, whisul: Sky::Clear, disk: Sky::Clear },
            discord: Discord::random(&mut chance),
            bot: Bot::new(rules.room),
            whisul: Whisul::default(),
            disk: Disk::default(),
            promises: Promises::default(),
            turns: Turns::default(),
            sights: Sights::new(),
            story: telling.then(Vec::new),
            chance,
            agenda,
            rules,
        }
    }

    fn happen(&mut self, happening: Happening) {
        match happening {
            Happening::Asks => self.somebody_asks(),
            Happening::Interaction(index) => self.interaction(index),
            Happening::Deletes(index) => self.somebody_deletes(index),
            Happening::Cancels(index) => self.somebody_cancels(index),
            Happening::Weather => self.change_weather(),
            Happening::Crash => self.crash(),
            Happening::Start => self.start(),
            Happening::Leaves(from, request) => self.leave(from, request),
            Happening::Arrives { from, request, heard } => self.arrive(from, request, heard),
            Happening::News(address, news) => self.learn(address, news),
            Happening::Heals => self.heal(),
        }
    }

    pub(crate) fn troubled(&self) -> bool {
        self.now() < START.after(TROUBLE)
    }

    fn change_weather(&mut self) {
        if !self.troubled() {
            return;
        }
        self.sky.discord = self.climate.sky(&mut self.chance);
        self.sky.whisul = self.climate.sky(&mut self.chance);
        self.sky.disk = self.climate.sky(&mut self.chance);
        if self.sky.disk == Sky::Down && self.chance.of(0.7) {
            self.sky.disk = Sky::Clear;
        }
        self.change_access();
        let Skies { discord, whisul, disk } = self.sky;
        self.tell(|| format!("weather: Discord {discord:?}, Whisul {whisul:?}, disk {disk:?}"));
        let wait = self.chance.seconds(30..900);
        self.agenda.add(wait, Happening::Weather);
    }

    fn heal(&mut self) {
        self.tell(|| "from here on nothing goes wrong any more".to_owned());
        self.climate = Climate::kind();
        self.sky = Skies { discord: Sky::Clear, whisul: Sky::Clear, disk: Sky::Clear };
    }

    pub(crate) fn now(&self) -> Moment {
        self.agenda.now
    }

    pub(crate) fn see(&mut self, sight: &'static str) {
        *self.sights.entry(sight).or_default() += 1;
    }

    /// Goes on with the story, if somebody reads it.
    pub(crate) fn tell(&mut self, line: impl FnOnce() -> String) {
        if let Some(story) = &mut self.story {
            let time = self.agenda.now.since(START).as_millis();
            story.push(format!("{:>6}.{:03} {}", time / 1000, time % 1000, line()));
        }
    }
}

/// What a job's message shows.
pub(crate) fn face_of(job: &Job) -> Face {
    if job.has_outcome() { Face::Outcome(outcome_of(job)) } else { Face::Progress }
}

/// The name of a job's outcome.
pub(crate) fn outcome_of(job: &Job) -> &'static str {
    match &job.state {
        State::Failed(failure) => match failure {
            Failure::TooLate => "too late",
            Failure::Expired => "expired",
            Failure::Rejected { .. } => "rejected",
            Failure::Refused => "refused",
            Failure::Generation { .. } => "not generated",
            Failure::Songless => "songless",
            Failure::Vanished => "vanished",
            Failure::GivenUp => "given up",
            Failure::Ended { .. } => "ended by the owner",
            Failure::UnknownFate => "of unknown fate",
        },
        other => other.name(),
    }
}
