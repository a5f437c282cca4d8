//! Discord: interactions, messages, and who may reach what.

use std::time::Duration;

use whisul_bot::discord_api::{DiscordError, Posted};
use whisul_bot::domain::{ChannelId, JobId, MessageId, NewMessageTarget};

use super::agenda::Moment;

/// How long an interaction may wait for its answer, and how long its token lives.
const ANSWER_WITHIN: Duration = Duration::from_secs(3);
const TOKEN_LIFETIME: Duration = Duration::from_mins(15);
/// How old a message is when Discord begins to limit its edits further.
const OLD: Duration = Duration::from_hours(1);

/// The first of the channels in which the bot talks to people directly, a channel for each.
const DIRECT: usize = 1000;

/// All that Discord knows.
pub(crate) struct Discord {
    /// The interactions, by the index of the job that each asks for.
    pub(crate) asked: Vec<Asked>,
    pub(crate) messages: Vec<Message>,
    pub(crate) channels: Vec<Channel>,
    pub(crate) people: Vec<Person>,
    /// For how long it remembers nonces.
    pub(crate) nonce_memory: Duration,
}

/// An interaction: somebody asks for a song.
pub(crate) struct Asked {
    pub(crate) at: Moment,
    pub(crate) person: usize,
    pub(crate) channel: usize,
    /// Whether only the requester sees the answer.
    pub(crate) ephemeral: bool,
    /// What Discord takes offence at.
    pub(crate) offence: Offence,
    /// The first answer's message.
    pub(crate) answer: Option<usize>,
    /// Whether the first answer was that nothing was taken on.
    pub(crate) whispered: bool,
    /// Whether its requester has clicked *Cancel*.
    pub(crate) cancelled: bool,
    /// The new message with the job's nonce, where it is, and when it was posted.
    pub(crate) post: Option<(NewMessageTarget, Moment, usize)>,
    /// Why the outcome may stay undelivered, if Discord has given a reason.
    pub(crate) excuse: Option<&'static str>,
}

/// What Discord takes offence at: its filters know words that the bot doesn't.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Offence {
    Nothing,
    Outcome,
    Prompt,
}

#[derive(Clone, Copy)]
pub(crate) struct Channel {
    /// Whether the bot was brought here by the server, or by users alone.
    pub(crate) installed: bool,
    /// Whether the bot can write here at present, and read what was written.
    pub(crate) access: bool,
    pub(crate) readable: bool,
}

pub(crate) struct Person {
    pub(crate) takes_messages: bool,
    pub(crate) has_role: bool,
}

pub(crate) struct Message {
    /// Which job it is about.
    pub(crate) index: usize,
    pub(crate) posted_at: Moment,
    pub(crate) face: Face,
    pub(crate) deleted: bool,
}

/// What a message shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Face {
    Progress,
    /// The outcome of this name.
    Outcome(&'static str),
}

type Answer = Result<Posted, DiscordError>;

impl Discord {
    pub(crate) fn id(&self, index: usize) -> JobId {
        JobId((self.asked[index].at.0 << 22) | index as u64)
    }

    /// Somebody sees the message of a job: it stands, or they deleted it themselves.
    pub(crate) fn first_answer(&self, index: usize) -> Option<&Message> {
        Some(&self.messages[self.asked[index].answer?])
    }

    /// Whether an answer would still be taken.
    pub(crate) fn answer_due(&self, index: usize, now: Moment) -> bool {
        let asked = &self.asked[index];
        asked.answer.is_none() && !asked.whispered && now.since(asked.at) <= ANSWER_WITHIN
    }

    pub(crate) fn answer(&mut self, index: usize, now: Moment) -> Answer {
        let asked = &self.asked[index];
        if now.since(asked.at) > ANSWER_WITHIN {
            Err(DiscordError::TokenGone)
        } else if asked.answer.is_some() || asked.whispered {
            Err(DiscordError::AlreadyAnswered)
        } else if asked.offence.taken_at(Face::Progress) {
            Err(refused())
        } else {
            let message = self.create(index, Face::Progress, now);
            self.asked[index].answer = Some(message);
            Ok(self.posted(message))
        }
    }

    pub(crate) fn look(&self, index: usize, now: Moment) -> Answer {
        let (asked, lives) = (&self.asked[index], self.token_lives(index, now));
        let Channel { installed, access, readable } = self.channels[asked.channel];
        match asked.answer {
            _ if !lives && !installed => Err(DiscordError::TokenGone),
            // As `Deliverer::find_first_answer`: it is looked for in its channel.
            _ if !(lives || access && readable) => Err(DiscordError::NoAccess),
            None if !lives => Err(DiscordError::MessageGone),
            Some(message) if self.messages[message].deleted => Err(DiscordError::MessageGone),
            Some(message) => Ok(self.posted(message)),
            None if asked.whispered => Err(DiscordError::MessageGone),
            None => Err(DiscordError::TokenGone),
        }
    }

    /// Which message an edit with the token would change.
    pub(crate) fn by_token(
        &mut self,
        index: usize,
        face: Face,
        now: Moment,
    ) -> Result<usize, DiscordError> {
        let message = self.asked[index].answer.filter(|_| self.token_lives(index, now));
        self.editable(message.ok_or(DiscordError::TokenGone)?, face)
    }

    /// Which message an edit through the channel would change; `too_often` says whether Discord
    /// limits edits of old messages at present.
    pub(crate) fn by_channel(
        &mut self,
        id: MessageId,
        face: Face,
        now: Moment,
        too_often: bool,
    ) -> Result<usize, DiscordError> {
        let message = usize::try_from(id.0).unwrap();
        let about = &self.messages[message];
        if !self.channels[self.asked[about.index].channel].access {
            return Err(DiscordError::NoAccess);
        }
        // As `Deliverer`: unless an earlier edit has brought the outcome.
        let brought = about.face != Face::Progress;
        if too_often && now.since(about.posted_at) > OLD && !about.deleted && !brought {
            return Err(DiscordError::TooManyEdits);
        }
        self.editable(message, face)
    }

    /// Posts a new message about a job, once for each nonce as long as that is remembered. The
    /// second value says whether there is one message more.
    pub(crate) fn post(
        &mut self,
        index: usize,
        post: NewMessageTarget,
        face: Face,
        now: Moment,
    ) -> Result<(usize, bool), DiscordError> {
        let asked = &self.asked[index];
        let restricted = match post {
            NewMessageTarget::InChannel if !self.channels[asked.channel].access => {
                Some(DiscordError::NoAccess)
            }
            NewMessageTarget::Direct if !self.people[asked.person].takes_messages => {
                Some(DiscordError::CannotDm)
            }
            _ if asked.offence.taken_at(face) => Some(refused()),
            _ => None,
        };
        if let Some(error) = restricted {
            if post == NewMessageTarget::Direct {
                self.asked[index].excuse = Some("no way was left");
            }
            return Err(error);
        }
        match asked.post {
            Some((known, at, message)) if known == post && now.since(at) < self.nonce_memory => {
                Ok((message, false))
            }
            _ => {
                let message = self.create(index, face, now);
                self.asked[index].post = Some((post, now, message));
                Ok((message, true))
            }
        }
    }

    /// Looks for the new message about a job.
    pub(crate) fn find(&mut self, index: usize, post: NewMessageTarget) -> Answer {
        let channel = &self.channels[self.asked[index].channel];
        if post == NewMessageTarget::InChannel && !(channel.access && channel.readable) {
            self.asked[index].excuse = Some("the bot may not look");
            return Err(DiscordError::NoAccess);
        }
        match self.asked[index].post {
            Some((known, _, message)) if known == post && !self.messages[message].deleted => {
                Ok(self.posted(message))
            }
            _ => Err(DiscordError::MessageGone),
        }
    }

    /// Adds the files of a song to the message that shows it.
    pub(crate) fn attach(&self, index: usize) -> Answer {
        let shows_song =
            |message: &&Message| message.index == index && message.face != Face::Progress;
        match self.messages.iter().position(|message| shows_song(&message)) {
            Some(message) if !self.messages[message].deleted => Ok(self.posted(message)),
            _ => Err(DiscordError::MessageGone),
        }
    }

    pub(crate) fn posted(&self, message: usize) -> Posted {
        let asked = &self.asked[self.messages[message].index];
        let direct =
            matches!(asked.post, Some((NewMessageTarget::Direct, _, post)) if post == message);
        let channel = if direct { DIRECT + asked.person } else { asked.channel };
        let (message, channel) = (MessageId(message as u64), ChannelId(channel as u64));
        Posted { message, channel, ephemeral: asked.ephemeral, bare: false }
    }

    fn create(&mut self, index: usize, face: Face, now: Moment) -> usize {
        self.messages.push(Message { index, posted_at: now, face, deleted: false });
        self.messages.len() - 1
    }

    fn editable(&mut self, message: usize, face: Face) -> Result<usize, DiscordError> {
        let Message { deleted, index, .. } = self.messages[message];
        let asked = &mut self.asked[index];
        if deleted {
            asked.excuse = Some("a person deleted the message");
            Err(DiscordError::MessageGone)
        } else if asked.offence.taken_at(face) {
            Err(refused())
        } else {
            Ok(message)
        }
    }

    fn token_lives(&self, index: usize, now: Moment) -> bool {
        now.since(self.asked[index].at) < TOKEN_LIFETIME
    }
}

impl Offence {
    fn taken_at(self, face: Face) -> bool {
        match self {
            Self::Nothing => false,
            Self::Outcome => face != Face::Progress,
            Self::Prompt => true,
        }
    }
}

fn refused() -> DiscordError {
    DiscordError::Refused { status: 400, code: 200_000 }
}
