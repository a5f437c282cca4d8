//! The two sandboxes, their people, and the bot between them.

use std::{
    process,
    time::{Duration, Instant},
};

use sandbox::{
    ChannelClient, DiscordRules, DiscordSandbox, Plan, RateLimits, WhisulRules, WhisulSandbox,
};
use tempfile::TempDir;

use crate::{
    bot::{Bot, resource_usage::ResourceUsage},
    column::Column,
};

/// How many people ask, and in how many channels.
const PEOPLE: usize = 1000;
const CHANNELS: usize = 20;
/// How often it is looked whether something has come about.
const LOOK: Duration = Duration::from_millis(20);
/// The same, where it is measured.
const FINE_LOOK: Duration = Duration::from_millis(1);
/// For how long it is looked.
const PATIENCE: Duration = Duration::from_mins(2);
/// Everything that our settings limit.
const UNLIMITED: [(&str, &str); 2] =
    [("MAX_RUNNING", "1000000"), ("WHISUL_RATE_LIMIT", "100000/1s")];

/// The two sandboxes, their people, and the bot between them.
pub(crate) struct Stage {
    pub(crate) discord: DiscordSandbox,
    pub(crate) whisul: WhisulSandbox,
    pub(crate) folder: TempDir,
    people: Vec<ChannelClient>,
    bot: Option<Bot>,
}

/// CPU time of the bot and of this process up to a moment.
#[derive(Clone, Copy)]
pub(crate) struct CpuTimes {
    at: Instant,
    bot: Duration,
    generator: Duration,
}

impl Stage {
    /// The sandboxes, without a bot. Songs go on until they are told to end.
    pub(crate) async fn new() -> Self {
        let rules = DiscordRules {
            rate_limits: RateLimits::none(),
            // To check bodies takes longer than to answer them.
            openapi: None,
            ..DiscordRules::default()
        };
        let discord = DiscordSandbox::start(rules).await.expect("a free port");
        let whisul = WhisulSandbox::start(WhisulRules::default()).await.expect("a free port");
        whisul.plan("", Plan::song().until_told());
        let server = discord.add_server("Music lovers");
        let channels: Vec<_> =
            (0..CHANNELS).map(|number| server.add_channel(&format!("songs-{number}"))).collect();
        let mut people = Vec::new();
        for (number, channel) in (0..PEOPLE).zip(channels.iter().cycle()) {
            let person = discord.add_person(&format!("Person {number}"));
            server.join(&person);
            people.push(person.at(channel));
        }
        let folder = tempfile::tempdir().expect("a temporary folder");
        Self { discord, whisul, folder, people, bot: None }
    }

    /// Starts a bot; returns how long it took to be READY.
    pub(crate) async fn start(&mut self, column: &Column, settings: &[(&str, &str)]) -> Duration {
        let identified = self.discord.sessions().identified;
        let began = Instant::now();
        let settings = [&UNLIMITED[..], settings].concat();
        let (discord, whisul, mut command) = (&self.discord, &self.whisul, column.command());
        command.stderr(column.log());
        self.bot = Some(Bot::start(command, &self.folder, discord, whisul, &settings));
        while self.discord.sessions().identified == identified {
            assert!(began.elapsed() < PATIENCE, "{} is not READY: see its log", column.name);
            tokio::time::sleep(FINE_LOOK).await;
        }
        let ready = began.elapsed();
        self.discord.until_ready().await;
        ready
    }

    /// Kills the bot.
    pub(crate) fn kill(&mut self) {
        self.bot = None;
    }

    /// The client of some person.
    pub(crate) fn person(&self, number: usize) -> &ChannelClient {
        self.people.get(number % PEOPLE).expect("one of them")
    }

    /// Everybody's ids.
    pub(crate) fn people_ids(&self) -> Vec<u64> {
        self.people.iter().map(ChannelClient::person_id).collect()
    }

    /// What the bot takes at present.
    pub(crate) fn bot(&self) -> ResourceUsage {
        self.bot.as_ref().expect("a running bot").resource_usage()
    }

    /// The bot's resident memory in kB.
    pub(crate) fn memory(&self) -> f64 {
        to_f64(self.bot().memory)
    }

    pub(crate) fn cpu(&self) -> CpuTimes {
        let generator = ResourceUsage::of(process::id()).cpu;
        CpuTimes { at: Instant::now(), bot: self.bot().cpu, generator }
    }

    /// Waits until Whisul has taken in so many songs, but not for ever; returns how many it has.
    pub(crate) async fn until_accepted(&self, songs: usize) -> usize {
        let end = Instant::now() + PATIENCE;
        while self.whisul.accepted("") < songs && Instant::now() < end {
            tokio::time::sleep(LOOK).await;
        }
        self.whisul.accepted("")
    }

    /// How many polls Whisul has answered.
    pub(crate) fn polls(&self) -> usize {
        self.whisul.jobs().iter().map(|job| job.polls).sum()
    }
}

impl CpuTimes {
    /// The shares of a core that the bot and this process took since an earlier moment.
    pub(crate) fn since(self, earlier: Self) -> (f64, f64) {
        let passed = self.at.duration_since(earlier.at);
        let share =
            |now: Duration, then: Duration| now.saturating_sub(then).div_duration_f64(passed);
        (share(self.bot, earlier.bot), share(self.generator, earlier.generator))
    }
}

/// A count as a number with fractions.
#[expect(clippy::cast_precision_loss, reason = "counts and sizes here are far below 2^52")]
pub(crate) fn to_f64(count: u64) -> f64 {
    count as f64
}

/// The same of a length.
pub(crate) fn count(length: usize) -> f64 {
    to_f64(u64::try_from(length).unwrap_or(u64::MAX))
}
