//! Outages that come and go: one spell of weather after another, by chance.

use std::{collections::BTreeMap, time::Duration};

use fastrand::Rng;
use sandbox::{Fault, Faults};

use crate::{
    faults::{self, OF_DISCORD, OF_WHISUL},
    journal::Journal,
    town::Town,
};

/// How long a spell lasts, in milliseconds: long enough for backoffs to grow.
const FINE: std::ops::Range<u64> = 3_000..12_000;
const FOUL: std::ops::Range<u64> = 1_500..15_000;

const TOO_MANY: &str = r#"{"error": "Too many requests"}"#;
const NO_CREDIT: &str = r#"{"error": "Payment required", "message": "Out of credit."}"#;

/// Something about the world.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Spell {
    Fine,
    /// Single mishaps of all kinds, now here, now there.
    Showers,
    WhisulDown,
    WhisulFails,
    WhisulBusy,
    WhisulSlow,
    WhisulTalksNonsense,
    WhisulRefusesTheKey,
    WhisulBehindAFirewall,
    WhisulOutOfCredit,
    DiscordDown,
    DiscordFails,
    DiscordBusy,
    DiscordSlow,
    DiscordTalksNonsense,
    DiscordBehindAFirewall,
    GatewayDrops,
    GatewayAsksToReconnect,
    GatewayForgetsSessions,
    GatewayRefuses,
    GatewaySilent,
}

impl Spell {
    const FOUL: [Self; 20] = [
        Self::Showers,
        Self::WhisulDown,
        Self::WhisulFails,
        Self::WhisulBusy,
        Self::WhisulSlow,
        Self::WhisulTalksNonsense,
        Self::WhisulRefusesTheKey,
        Self::WhisulBehindAFirewall,
        Self::WhisulOutOfCredit,
        Self::DiscordDown,
        Self::DiscordFails,
        Self::DiscordBusy,
        Self::DiscordSlow,
        Self::DiscordTalksNonsense,
        Self::DiscordBehindAFirewall,
        Self::GatewayDrops,
        Self::GatewayAsksToReconnect,
        Self::GatewayForgetsSessions,
        Self::GatewayRefuses,
        Self::GatewaySilent,
    ];
}

/// What the weather is like, and was.
pub(crate) struct Weather {
    key: String,
    now: Spell,
    /// Foul spells still to come before all of them come again in another order.
    coming: Vec<Spell>,
    pub(crate) past: BTreeMap<Spell, usize>,
}

impl Weather {
    pub(crate) fn new(town: &Town) -> Self {
        let (coming, past) = (Vec::new(), BTreeMap::new());
        Self { key: town.whisul.key(), now: Spell::Fine, coming, past }
    }

    /// Fine and foul spells take turns. Tells for how long the new one lasts.
    pub(crate) async fn change(&mut self, town: &Town, rng: &mut Rng) -> Duration {
        let was = self.now;
        self.clear_up(town).await;
        if was != Spell::Fine {
            return Duration::from_millis(rng.u64(FINE));
        }
        if self.coming.is_empty() {
            self.coming.extend(Spell::FOUL);
            rng.shuffle(&mut self.coming);
        }
        self.now = self.coming.pop().unwrap_or(Spell::Fine);
        *self.past.entry(self.now).or_default() += 1;
        self.begin(town, rng).await;
        Duration::from_millis(rng.u64(FOUL))
    }

    /// A moment within a spell.
    pub(crate) fn go_on(&self, town: &Town, rng: &mut Rng) {
        match self.now {
            Spell::Showers if rng.u32(0..5) == 0 => faults::change(town, rng),
            Spell::GatewayDrops if rng.u32(0..20) == 0 => town.discord.gateway().drop_connections(),
            _ => {}
        }
    }

    /// Outages that met no request, and were told of less often than they came.
    pub(crate) fn untold(&self, journal: &Journal) -> Vec<String> {
        let times = |spells: &[Spell]| spells.iter().filter_map(|spell| self.past.get(spell)).sum();
        let whisul: usize = times(&[Spell::WhisulDown, Spell::WhisulRefusesTheKey]);
        let gateway: usize = times(&[
            Spell::DiscordDown,
            Spell::GatewayDrops,
            Spell::GatewayAsksToReconnect,
            Spell::GatewayForgetsSessions,
            Spell::GatewayRefuses,
        ]);
        let told_of_whisul = journal.count("requests to Whisul are held back")
            + journal.count("Whisul rejected the API key");
        let told_of_gateway = journal.count("connected to Discord");
        println!("{whisul:7} times Whisul was away, {told_of_whisul:7} told");
        println!("{gateway:7} times the gateway was away, {told_of_gateway:7} told");
        let whisul = (whisul > told_of_whisul).then_some("Whisul");
        let gateway = (gateway >= told_of_gateway).then_some("the gateway");
        let untold = whisul.into_iter().chain(gateway);
        untold.map(|who| format!("{who} was away more often than the log tells")).collect()
    }

    async fn begin(&self, town: &Town, rng: &mut Rng) {
        let slow = Duration::from_millis(rng.u64(300..1800));
        let busy = r#"{"retry_after": 0.4, "global": false, "message": "Slow down"}"#;
        let gateway = town.discord.gateway();
        match self.now {
            Spell::Fine | Spell::Showers => {}
            Spell::WhisulDown => town.whisul.stop().await.unwrap(),
            Spell::WhisulFails => whisul(town, |fault| fault.status(502)),
            Spell::WhisulBusy => {
                whisul(town, |fault| fault.json(429, TOO_MANY).header("Retry-After", "1"));
            }
            Spell::WhisulSlow => whisul(town, |fault| fault.delay(slow)),
            Spell::WhisulTalksNonsense => whisul(town, Fault::garbage),
            Spell::WhisulRefusesTheKey => town.whisul.change_key("another"),
            Spell::WhisulBehindAFirewall => whisul(town, |fault| fault.html(403)),
            Spell::WhisulOutOfCredit => whisul(town, |fault| fault.json(402, NO_CREDIT)),
            Spell::DiscordDown => town.discord.stop().await.unwrap(),
            Spell::DiscordFails => discord(town, |fault| fault.status(500)),
            Spell::DiscordBusy => discord(town, |fault| fault.status(429).body(busy)),
            Spell::DiscordSlow => discord(town, |fault| fault.delay(slow)),
            Spell::DiscordTalksNonsense => discord(town, Fault::garbage),
            Spell::DiscordBehindAFirewall => discord(town, |fault| fault.html(404)),
            Spell::GatewayDrops => gateway.drop_connections(),
            Spell::GatewayAsksToReconnect => gateway.ask_to_reconnect(),
            Spell::GatewayForgetsSessions => gateway.invalidate(false),
            Spell::GatewayRefuses => {
                gateway.refuse_connections(true);
                gateway.drop_connections();
            }
            Spell::GatewaySilent => gateway.silent(true),
        }
    }

    /// Everything is well again.
    pub(crate) async fn clear_up(&mut self, town: &Town) {
        faults::clear(town);
        match self.now {
            Spell::WhisulDown => town.whisul.start_again().await.unwrap(),
            Spell::WhisulRefusesTheKey => town.whisul.change_key(&self.key),
            Spell::DiscordDown => town.discord.start_again().unwrap(),
            Spell::GatewayRefuses => town.discord.gateway().refuse_connections(false),
            Spell::GatewaySilent => town.discord.gateway().silent(false),
            _ => {}
        }
        self.now = Spell::Fine;
    }
}

fn whisul(town: &Town, trouble: impl Fn(Fault) -> Fault) {
    add(town.whisul.faults(), &OF_WHISUL, trouble);
}

fn discord(town: &Town, trouble: impl Fn(Fault) -> Fault) {
    add(town.discord.faults(), &OF_DISCORD, trouble);
}

fn add(faults: &Faults, requests: &[faults::Request], trouble: impl Fn(Fault) -> Fault) {
    for (method, path) in requests {
        faults.add(trouble(Fault::on(method, path)));
    }
}
