//! Outages that come and go: one phase after another, in random order.

use std::{collections::BTreeMap, time::Duration};

use fastrand::Rng;
use sandbox::{Fault, Faults};

use crate::{
    faults::{self, OF_DISCORD, OF_WHISUL},
    fixture::Fixture,
    log_check::LogCheck,
};

/// How long a phase without and with faults lasts, in milliseconds: long enough for backoffs to grow.
const QUIET: std::ops::Range<u64> = 3_000..12_000;
const FAULTY: std::ops::Range<u64> = 1_500..15_000;

const TOO_MANY: &str = r#"{"error": "Too many requests"}"#;
const NO_CREDIT: &str = r#"{"error": "Payment required", "message": "Out of credit."}"#;

/// What is injected for some seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Phase {
    Quiet,
    /// Single faults of all kinds.
    RandomFaults,
    WhisulDown,
    WhisulFails,
    WhisulBusy,
    WhisulSlow,
    WhisulSendsGarbage,
    WhisulRejectsTheKey,
    WhisulBehindAFirewall,
    WhisulOutOfCredit,
    DiscordDown,
    DiscordFails,
    DiscordBusy,
    DiscordSlow,
    DiscordSendsGarbage,
    DiscordBehindAFirewall,
    GatewayDrops,
    GatewayAsksToReconnect,
    GatewayForgetsSessions,
    GatewayRefuses,
    GatewaySilent,
}

impl Phase {
    const FAULTY: [Self; 20] = [
        Self::RandomFaults,
        Self::WhisulDown,
        Self::WhisulFails,
        Self::WhisulBusy,
        Self::WhisulSlow,
        Self::WhisulSendsGarbage,
        Self::WhisulRejectsTheKey,
        Self::WhisulBehindAFirewall,
        Self::WhisulOutOfCredit,
        Self::DiscordDown,
        Self::DiscordFails,
        Self::DiscordBusy,
        Self::DiscordSlow,
        Self::DiscordSendsGarbage,
        Self::DiscordBehindAFirewall,
        Self::GatewayDrops,
        Self::GatewayAsksToReconnect,
        Self::GatewayForgetsSessions,
        Self::GatewayRefuses,
        Self::GatewaySilent,
    ];
}

/// The present phase, the coming ones and how often each was injected.
pub(crate) struct FaultSchedule {
    key: String,
    now: Phase,
    /// The phases that are left before all are shuffled again.
    coming: Vec<Phase>,
    pub(crate) past: BTreeMap<Phase, usize>,
}

impl FaultSchedule {
    pub(crate) fn new(fixture: &Fixture) -> Self {
        let (coming, past) = (Vec::new(), BTreeMap::new());
        Self { key: fixture.whisul.key(), now: Phase::Quiet, coming, past }
    }

    /// Alternates between no faults and a faulty phase. Returns how long the new phase lasts.
    pub(crate) async fn next_phase(&mut self, fixture: &Fixture, rng: &mut Rng) -> Duration {
        let was = self.now;
        self.clear(fixture).await;
        if was != Phase::Quiet {
            return Duration::from_millis(rng.u64(QUIET));
        }
        if self.coming.is_empty() {
            self.coming.extend(Phase::FAULTY);
            rng.shuffle(&mut self.coming);
        }
        self.now = self.coming.pop().unwrap_or(Phase::Quiet);
        *self.past.entry(self.now).or_default() += 1;
        self.inject(fixture, rng).await;
        Duration::from_millis(rng.u64(FAULTY))
    }

    /// Repeats what a phase does again and again.
    pub(crate) fn step(&self, fixture: &Fixture, rng: &mut Rng) {
        match self.now {
            Phase::RandomFaults if rng.u32(0..5) == 0 => faults::change(fixture, rng),
            Phase::GatewayDrops if rng.u32(0..20) == 0 => {
                fixture.discord.gateway().drop_connections();
            }
            _ => {}
        }
    }

    /// The outages that the log mentions less often than they were injected.
    pub(crate) fn unlogged(&self, log_check: &LogCheck) -> Vec<String> {
        let times = |phases: &[Phase]| phases.iter().filter_map(|phase| self.past.get(phase)).sum();
        let whisul: usize = times(&[Phase::WhisulDown, Phase::WhisulRejectsTheKey]);
        let gateway: usize = times(&[
            Phase::DiscordDown,
            Phase::GatewayDrops,
            Phase::GatewayAsksToReconnect,
            Phase::GatewayForgetsSessions,
            Phase::GatewayRefuses,
        ]);
        let told_of_whisul = log_check.count("requests to Whisul are held back")
            + log_check.count("Whisul rejected the API key");
        let told_of_gateway = log_check.count("connected to Discord");
        println!("{whisul:7} times Whisul was away, {told_of_whisul:7} told");
        println!("{gateway:7} times the gateway was away, {told_of_gateway:7} told");
        let whisul = (whisul > told_of_whisul).then_some("Whisul");
        let gateway = (gateway >= told_of_gateway).then_some("the gateway");
        let untold = whisul.into_iter().chain(gateway);
        untold.map(|who| format!("{who} was away more often than the log tells")).collect()
    }

    async fn inject(&self, fixture: &Fixture, rng: &mut Rng) {
        let slow = Duration::from_millis(rng.u64(300..1800));
        let busy = r#"{"retry_after": 0.4, "global": false, "message": "Slow down"}"#;
        let gateway = fixture.discord.gateway();
        match self.now {
            Phase::Quiet | Phase::RandomFaults => {}
            Phase::WhisulDown => fixture.whisul.stop().await.unwrap(),
            Phase::WhisulFails => whisul(fixture, |fault| fault.status(502)),
            Phase::WhisulBusy => {
                whisul(fixture, |fault| fault.json(429, TOO_MANY).header("Retry-After", "1"));
            }
            Phase::WhisulSlow => whisul(fixture, |fault| fault.delay(slow)),
            Phase::WhisulSendsGarbage => whisul(fixture, Fault::garbage),
            Phase::WhisulRejectsTheKey => fixture.whisul.change_key("another"),
            Phase::WhisulBehindAFirewall => whisul(fixture, |fault| fault.html(403)),
            Phase::WhisulOutOfCredit => whisul(fixture, |fault| fault.json(402, NO_CREDIT)),
            Phase::DiscordDown => fixture.discord.stop().await.unwrap(),
            Phase::DiscordFails => discord(fixture, |fault| fault.status(500)),
            Phase::DiscordBusy => discord(fixture, |fault| fault.status(429).body(busy)),
            Phase::DiscordSlow => discord(fixture, |fault| fault.delay(slow)),
            Phase::DiscordSendsGarbage => discord(fixture, Fault::garbage),
            Phase::DiscordBehindAFirewall => discord(fixture, |fault| fault.html(404)),
            Phase::GatewayDrops => gateway.drop_connections(),
            Phase::GatewayAsksToReconnect => gateway.ask_to_reconnect(),
            Phase::GatewayForgetsSessions => gateway.invalidate(false),
            Phase::GatewayRefuses => {
                gateway.refuse_connections(true);
                gateway.drop_connections();
            }
            Phase::GatewaySilent => gateway.silent(true),
        }
    }

    /// Ends the present phase.
    pub(crate) async fn clear(&mut self, fixture: &Fixture) {
        faults::clear(fixture);
        match self.now {
            Phase::WhisulDown => fixture.whisul.start_again().await.unwrap(),
            Phase::WhisulRejectsTheKey => fixture.whisul.change_key(&self.key),
            Phase::DiscordDown => fixture.discord.start_again().unwrap(),
            Phase::GatewayRefuses => fixture.discord.gateway().refuse_connections(false),
            Phase::GatewaySilent => fixture.discord.gateway().silent(false),
            _ => {}
        }
        self.now = Phase::Quiet;
    }
}

fn whisul(fixture: &Fixture, trouble: impl Fn(Fault) -> Fault) {
    add(fixture.whisul.faults(), &OF_WHISUL, trouble);
}

fn discord(fixture: &Fixture, trouble: impl Fn(Fault) -> Fault) {
    add(fixture.discord.faults(), &OF_DISCORD, trouble);
}

fn add(faults: &Faults, requests: &[faults::Request], trouble: impl Fn(Fault) -> Fault) {
    for (method, path) in requests {
        faults.add(trouble(Fault::on(method, path)));
    }
}
