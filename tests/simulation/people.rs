//! People: they ask, they delete messages, and they change who may reach what. And the rules under
//! which they live.

use std::{collections::BTreeMap, time::Duration};

use secrecy::SecretString;
use whisul_bot::domain::{
    ApplicationId, ChannelId, GuildId, Limits, MessageAccess, Place, Quota, RoleId, UserId,
};

use super::{
    chance::Chance,
    discord::{Asked, Channel, Discord, Face, Offence, Person},
    world::{Happening, World},
};

const PEOPLE: usize = 3;
const CHANNELS: usize = 2;

/// The role that gives more songs.
pub(crate) const ROLE: RoleId = RoleId(1);

/// The settings of a world.
pub(crate) struct Rules {
    pub(crate) limits: Limits,
    /// How many songs may be at Whisul at once.
    pub(crate) room: usize,
    pub(crate) job_timeout: Duration,
    /// How long people wait, at most, before one of them asks again.
    hurry: u64,
}

impl Rules {
    pub(crate) fn random(chance: &mut Chance) -> Self {
        let window = chance.seconds(300..3600);
        let count = chance.number(2..9);
        let quota = |count| Quota::Limited { count, window };
        let perhaps = |chance: &mut Chance, most| {
            let limited = chance.of(0.5);
            if limited { quota(chance.number(1..most)) } else { Quota::Unlimited }
        };
        let limits = Limits {
            user: if chance.of(0.3) { Quota::Unlimited } else { quota(count) },
            user_concurrency: chance.number(1..8),
            roles: BTreeMap::from([(ROLE, quota(count + 3))]),
            guild: perhaps(chance, 20),
            global: perhaps(chance, 30),
        };
        let room = 1 + chance.index(3);
        let hurry = if chance.of(0.3) { 120 } else { 900 };
        Self { limits, room, job_timeout: Duration::from_mins(20), hurry }
    }
}

impl Discord {
    pub(crate) fn random(chance: &mut Chance) -> Self {
        let mut person = |_| Person { takes_messages: chance.of(0.8), has_role: chance.of(0.3) };
        let people = (0..PEOPLE).map(&mut person).collect();
        let mut channel = |_| {
            let installed = chance.of(0.7);
            Channel { installed, access: installed, readable: chance.of(0.7) }
        };
        let channels = (0..CHANNELS).map(&mut channel).collect();
        let nonce_memory = chance.seconds(180..600);
        Self { asked: Vec::new(), messages: Vec::new(), channels, people, nonce_memory }
    }
}

impl World {
    pub(crate) fn somebody_asks(&mut self) {
        if !self.troubled() {
            return;
        }
        let (person, channel) = (self.chance.index(PEOPLE), self.chance.index(CHANNELS));
        let installed = self.discord.channels[channel].installed;
        let offence = match self.chance.of(self.climate.offence) {
            true if self.chance.of(0.5) => Offence::Prompt,
            true => Offence::Outcome,
            false => Offence::Nothing,
        };
        let asked = Asked {
            at: self.now(),
            person,
            channel,
            ephemeral: !installed && self.chance.of(0.5),
            offence,
            answer: None,
            whispered: false,
            cancelled: false,
            post: None,
            excuse: None,
        };
        let index = self.discord.asked.len();
        self.discord.asked.push(asked);
        self.tell(|| format!("person {person} asks for job {index} in channel {channel}"));
        let route = self.chance.millis(10..800);
        self.agenda.add(route, Happening::Interaction(index));
        if self.chance.of(self.climate.redelivery) {
            let route = self.chance.seconds(1..90);
            self.agenda.add(route, Happening::Interaction(index));
        }
        if self.chance.of(self.climate.deletion) {
            let wait = self.chance.seconds(2..400);
            self.agenda.add(wait, Happening::Deletes(index));
        }
        if self.chance.of(self.climate.cancellation) {
            let wait = self.chance.seconds(1..400);
            self.agenda.add(wait, Happening::Cancels(index));
        }
        let wait = self.chance.seconds(1..self.rules.hurry);
        // Some ask for several songs in one breath.
        let wait = if self.chance.of(0.3) { self.chance.millis(1..500) } else { wait };
        self.agenda.add(wait, Happening::Asks);
    }

    /// Deletes the first answer. A new message that is deleted before the bot knows of it is beyond
    /// what any bot can tell from one that never was.
    pub(crate) fn somebody_deletes(&mut self, index: usize) {
        if let Some(message) = self.discord.asked[index].answer {
            self.discord.messages[message].deleted = true;
            self.tell(|| format!("somebody deletes message {message} of job {index}"));
        }
    }

    pub(crate) fn change_access(&mut self) {
        for channel in &mut self.discord.channels {
            if channel.installed && self.chance.of(self.climate.access) {
                channel.access = self.chance.of(0.6);
                channel.readable = self.chance.of(0.6);
            }
        }
        for person in &mut self.discord.people {
            if self.chance.of(self.climate.access) {
                person.takes_messages = self.chance.of(0.6);
            }
        }
    }

    /// Who asks, where, and what Discord tells the bot about it.
    pub(crate) fn circumstances(&self, index: usize) -> (UserId, Place, Vec<RoleId>) {
        let asked = &self.discord.asked[index];
        let installed = self.discord.channels[asked.channel].installed;
        let place = Place {
            guild: installed.then_some(GuildId(asked.channel as u64)),
            channel: ChannelId(asked.channel as u64),
            access: if installed { MessageAccess::Channel } else { MessageAccess::TokenOnly },
            application: ApplicationId(1),
            token: Some(SecretString::new(String::new())),
            attachment_limit: 0,
        };
        let has_role = self.discord.people[asked.person].has_role;
        (UserId(asked.person as u64), place, if has_role { vec![ROLE] } else { Vec::new() })
    }

    /// Whether people can see the outcome of a job somewhere, or saw it before they deleted it.
    pub(crate) fn is_shown(&self, index: usize, outcome: &'static str) -> bool {
        let messages = self.discord.messages.iter().filter(|message| message.index == index);
        messages.into_iter().any(|message| message.face == Face::Outcome(outcome))
    }
}
