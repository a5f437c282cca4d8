//! Requests on their way: what becomes of each, and what it does where it arrives.

use std::time::Duration;

use whisul_bot::discord_api::{DiscordError, Posted};
use whisul_bot::{
    domain::{DeliveryRoute, Report, Submission},
    store::Admission,
};

use super::{
    discord::Face,
    weather::{Fate, Sky, WriteFate},
    whisul::Whisul,
    world::{Happening, World},
};

/// What in the bot waits for news: a task of one of its runs, and which of the things that it has
/// waited for so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Address {
    pub(crate) run: u32,
    pub(crate) task: usize,
    pub(crate) ticket: u32,
}

/// What the bot asks of others, about the job with an index.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Request {
    Answer(usize),
    /// To answer that nothing was taken on.
    Whisper(usize),
    Look(usize),
    Show(usize, DeliveryRoute, Face),
    Deliver(usize, DeliveryRoute, Face),
    /// To tell the requester that the song is ready.
    Notify(usize),
    /// To add the song's files.
    Attach(usize),
    Submit(usize),
    /// For the song that Whisul knows by this number.
    Poll(usize),
    Admit,
    Save,
}

/// What the bot learns.
#[derive(Clone, Debug)]
pub(crate) enum News {
    /// A while has passed, or a turn has come.
    Now,
    Discord(Result<Posted, DiscordError>),
    Submitted(Submission),
    Report(Option<Report>),
    /// Whisul is well, but says nothing about a song that can be understood.
    Unreadable,
    /// Whisul is well, but does not take this prompt.
    TurnedAway,
    Admitted(Option<Admission>),
    Saved(Option<bool>),
}

impl World {
    /// Sends a request off, to whatever becomes of it.
    pub(crate) fn send(&mut self, from: Address, request: Request) {
        self.perhaps_crash();
        match request {
            Request::Admit | Request::Save => self.write(from, request),
            Request::Deliver(..) if self.chance.of(self.climate.kept_back) => {
                let wait = self.chance.seconds(1..1200);
                self.agenda.add(wait, Happening::Leaves(from, request));
            }
            _ => self.leave(from, request),
        }
    }

    /// A request leaves the bot, if anything in it still waits for the answer.
    pub(crate) fn leave(&mut self, from: Address, request: Request) {
        if !self.waits(from) {
            return;
        }
        let sky = match request {
            Request::Submit(_) | Request::Poll(_) => self.sky.whisul,
            _ => self.sky.discord,
        };
        let route = self.chance.millis(10..if sky == Sky::Clear { 200 } else { 2000 });
        let back = route + self.chance.millis(10..300);
        let fate = self.climate.fate(sky, &mut self.chance);
        if fate != Fate::Fine {
            self.tell(|| format!("    {request:?} of task {}: {fate:?}", from.task));
        }
        let lost = match fate {
            Fate::Fine => None,
            Fate::NotSent => Some(DiscordError::NotSent { cause: String::new() }),
            Fate::TurnedAway => Some(DiscordError::RateLimited { after: back }),
            Fate::CutBefore | Fate::CutAfter => {
                Some(DiscordError::Unknown { cause: String::new() })
            }
        };
        if matches!(fate, Fate::Fine | Fate::CutAfter) {
            let heard = fate == Fate::Fine;
            self.agenda.add(route, Happening::Arrives { from, request, heard });
        }
        if let Some(error) = lost {
            let surely_not = error != DiscordError::Unknown { cause: String::new() };
            let news = match request {
                Request::Submit(_) if surely_not => News::Submitted(Submission::NotTaken),
                Request::Submit(_) => News::Submitted(Submission::Unknown),
                Request::Poll(_) => News::Report(None),
                _ => News::Discord(Err(error)),
            };
            self.agenda.add(back, Happening::News(from, news));
        }
    }

    fn write(&mut self, from: Address, request: Request) {
        let slow = self.sky.disk == Sky::Stormy && self.chance.of(0.1);
        let wait = self.chance.millis(1..if slow { 4000 } else { 30 });
        let fate = self.climate.write_fate(self.sky.disk, &mut self.chance);
        if fate != WriteFate::Fine {
            self.tell(|| format!("    {request:?} of task {}: {fate:?}", from.task));
        }
        if fate != WriteFate::Failed {
            let heard = fate == WriteFate::Fine;
            self.agenda.add(wait, Happening::Arrives { from, request, heard });
        }
        if fate != WriteFate::Fine {
            let news = match request {
                Request::Admit => News::Admitted(None),
                _ => News::Saved(None),
            };
            self.agenda.add(wait, Happening::News(from, news));
        }
    }

    /// A request arrives and is carried out.
    pub(crate) fn arrive(&mut self, from: Address, request: Request, heard: bool) {
        let news = match request {
            Request::Admit | Request::Save => match self.carry_out_write(from) {
                Some(news) => news,
                None => return,
            },
            Request::Submit(index) if Whisul::dislikes(index) => News::TurnedAway,
            Request::Submit(index) => News::Submitted(self.take_prompt(index)),
            // One of several servers may not know yet what the others do.
            Request::Poll(_) if self.chance.number(0..200) == 0 => {
                News::Report(Some(Report::Vanished))
            }
            Request::Poll(song) => match self.whisul.report(song, self.now()) {
                Some(report) => News::Report(Some(report)),
                None => News::Unreadable,
            },
            _ => News::Discord(self.carry_out_on_discord(request)),
        };
        if heard {
            let write = matches!(request, Request::Admit | Request::Save);
            let wait = if write { Duration::ZERO } else { self.chance.millis(10..200) };
            self.agenda.add(wait, Happening::News(from, news));
        }
    }

    fn carry_out_on_discord(&mut self, request: Request) -> Result<Posted, DiscordError> {
        let now = self.now();
        match request {
            Request::Answer(index) => {
                let answer = self.discord.answer(index, now)?;
                self.tell(|| format!("  Discord shows the first answer of job {index}"));
                Ok(answer)
            }
            Request::Whisper(index) => {
                self.discord.asked[index].whispered |= self.discord.answer_due(index, now);
                Err(DiscordError::GaveWay)
            }
            Request::Look(index) => self.discord.look(index, now),
            Request::Notify(index) => {
                self.check_notice(index);
                Err(DiscordError::GaveWay)
            }
            Request::Attach(index) => self.discord.attach(index),
            Request::Show(index, route, face) | Request::Deliver(index, route, face) => {
                self.show(index, route, face)
            }
            _ => Err(DiscordError::GaveWay),
        }
    }

    /// Puts something before people's eyes.
    fn show(
        &mut self,
        index: usize,
        route: DeliveryRoute,
        face: Face,
    ) -> Result<Posted, DiscordError> {
        let now = self.now();
        let message = match route {
            DeliveryRoute::Token => self.discord.by_token(index, face, now)?,
            DeliveryRoute::Message(id) => {
                let too_often = self.troubled() && self.chance.of(0.5);
                self.discord.by_channel(id, face, now, too_often)?
            }
            DeliveryRoute::New(post) | DeliveryRoute::Again(post) => {
                let (message, is_new) = self.discord.post(index, post, face, now)?;
                if is_new {
                    self.check_post(index);
                }
                message
            }
            DeliveryRoute::Find(post) => return self.discord.find(index, post),
        };
        self.tell(|| format!("  message {message} of job {index} shows {face:?}"));
        self.check_shown(index, message, face);
        self.discord.messages[message].face = face;
        Ok(self.discord.posted(message))
    }
}
