//! Discord: interactions, messages, and who may reach what.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use whisul_bot::domain::{ChannelId, JobId};

use super::plan::{Plan, Rejects};

/// How long an interaction may wait for its response, and how long its token lives, in milliseconds.
pub(crate) const ANSWER_WITHIN: u64 = 3000;
pub(crate) const TOKEN_LIFETIME: u64 = 15 * 60_000;
/// How old a message is when Discord begins to limit its edits further.
pub(crate) const OLD: u64 = 3_600_000;

/// The first of the channels of servers, and of those in which the bot talks to people directly.
const CHANNELS: u64 = 100;
const DIRECT: u64 = 1000;
/// The bot's owner, who is none of the people.
pub(crate) const OWNER: u64 = 90;

/// All that Discord knows.
pub(crate) struct Discord {
    pub(crate) interactions: BTreeMap<usize, Interaction>,
    pub(crate) messages: Vec<Message>,
    pub(crate) channels: Vec<Access>,
    /// Whether each person takes direct messages.
    pub(crate) takes_messages: Vec<bool>,
    /// The messages by channel and nonce, and when they were posted.
    pub(crate) nonces: BTreeMap<(ChannelId, String), (u64, usize)>,
    /// The clicks, by their number, on messages.
    pub(crate) clicks: Vec<Click>,
    /// Why the outcome of a request may stay undelivered, if Discord has given a reason.
    pub(crate) excuses: BTreeMap<usize, &'static str>,
    /// Since when, and how often, Discord has rejected attempts to show an outcome for no known reason.
    pub(crate) rejections: BTreeMap<usize, (u64, u32)>,
}

/// Somebody asks for a song, with the request's index.
pub(crate) struct Interaction {
    pub(crate) id: JobId,
    pub(crate) at: u64,
    /// The first response's message, unless that said that no song was started.
    pub(crate) answer: Option<usize>,
    pub(crate) was_turned_away: bool,
}

pub(crate) struct Click {
    pub(crate) at: u64,
    pub(crate) index: usize,
    pub(crate) is_answered: bool,
}

/// Whether the bot can write in a channel at present, and read what was written.
#[derive(Clone, Copy)]
pub(crate) struct Access {
    pub(crate) installed: bool,
    pub(crate) writes: bool,
    pub(crate) reads: bool,
}

pub(crate) struct Message {
    pub(crate) id: u64,
    /// Which request it is about.
    pub(crate) index: usize,
    pub(crate) channel: ChannelId,
    pub(crate) posted_at: u64,
    pub(crate) body: Value,
    pub(crate) kind: Kind,
    pub(crate) is_ephemeral: bool,
    pub(crate) is_deleted: bool,
    /// Whether it shows, or has shown, the outcome.
    pub(crate) shows_outcome: bool,
}

/// What a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A first response.
    Answer,
    /// A new message that brings an outcome.
    Post,
    /// Word that a song is ready.
    Notice,
}

impl Discord {
    pub(crate) fn new(plan: &Plan) -> Self {
        let access = |channel: &super::plan::Channel| Access {
            installed: channel.installed,
            writes: channel.installed,
            reads: channel.readable,
        };
        Self {
            interactions: BTreeMap::new(),
            messages: Vec::new(),
            channels: plan.channels.iter().map(access).collect(),
            takes_messages: plan.people.iter().map(|person| person.takes_messages).collect(),
            nonces: BTreeMap::new(),
            clicks: Vec::new(),
            excuses: BTreeMap::new(),
            rejections: BTreeMap::new(),
        }
    }

    /// The message of the first response to a request.
    pub(crate) fn first_answer(&self, index: usize) -> Option<&Message> {
        let answer = self.interactions.get(&index)?.answer?;
        self.messages.get(answer)
    }

    pub(crate) fn message(&self, id: &str) -> Option<usize> {
        let id: u64 = id.parse().ok()?;
        self.messages.iter().position(|message| message.id == id && !message.is_deleted)
    }

    /// Whether people can see the outcome of a request somewhere, or saw it before they deleted it.
    pub(crate) fn has_shown_outcome(&self, index: usize) -> bool {
        let of_it = |message: &&Message| message.index == index && message.kind != Kind::Notice;
        self.messages.iter().filter(of_it).any(|message| message.shows_outcome)
    }
}

impl Message {
    /// As Discord sends it.
    pub(crate) fn json(&self, interaction: Option<JobId>) -> Value {
        let part = |name: &str| self.body.get(name).cloned().unwrap_or(json!([]));
        let mut message = json!({
            "id": self.id.to_string(),
            "channel_id": self.channel.to_string(),
            "author": { "id": "1", "bot": true },
            "flags": if self.is_ephemeral { 64 } else { 0 },
            "content": self.body.get("content").cloned().unwrap_or(json!("")),
            "embeds": part("embeds"),
            "components": part("components"),
        });
        if let Some(id) = interaction {
            message["interaction_metadata"] = json!({ "id": id.to_string() });
        }
        message
    }
}

pub(crate) fn channel_id(channel: usize) -> ChannelId {
    ChannelId(CHANNELS + channel as u64)
}

/// The channel for direct messages with a person.
pub(crate) fn direct_channel(person: u64) -> ChannelId {
    ChannelId(DIRECT + person)
}

/// Which channel of a server this is, or whose direct messages.
pub(crate) fn place_of(channel: ChannelId) -> Result<usize, u64> {
    match channel.0.checked_sub(DIRECT) {
        Some(person) => Err(person),
        None => Ok(usize::try_from(channel.0 - CHANNELS).unwrap()),
    }
}

/// Whether a message shows the outcome of a job: by the button that asks for the song again, or, where
/// it is nothing but text, by the song's number.
pub(crate) fn shows_outcome(body: &Value, job: JobId) -> bool {
    let button = format!("\"again:{job}\"");
    let is_bare = !has(body, "embeds") && !has(body, "components");
    let names_it = || body["content"].as_str().is_some_and(|text| text.contains(&job.to_string()));
    body["components"].to_string().contains(&button) || (is_bare && names_it())
}

fn has(body: &Value, part: &str) -> bool {
    body[part].as_array().is_some_and(|parts| !parts.is_empty())
}

impl Rejects {
    /// Whether Discord rejects a message for its content.
    pub(crate) fn rejects(self, body: &Value, is_outcome: bool) -> bool {
        match self {
            Self::Nothing => false,
            Self::Embeds => is_outcome && has(body, "embeds"),
            Self::Buttons => is_outcome && (has(body, "embeds") || has(body, "components")),
            Self::Outcomes => is_outcome,
            Self::Everything => true,
        }
    }
}
