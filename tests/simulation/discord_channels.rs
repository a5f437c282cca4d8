//! Discord's endpoints of channels, as far as the bot uses them for songs.

use serde_json::{Value, json};
use whisul_bot::domain::{ChannelId, JobId};

use super::{
    discord::{Access, Kind, OLD, channel_id, place_of, shows_outcome},
    discord_api::{Outcome, error},
    network::Reply,
    world::{State, index_of},
};

impl State {
    fn access(&self, channel: ChannelId) -> Access {
        let direct = Access { installed: true, writes: true, reads: true };
        place_of(channel).map_or(direct, |place| self.discord.channels[place])
    }

    pub(crate) fn edit_in_channel(&mut self, channel: &str, id: &str, body: &Value) -> Outcome {
        if !self.access(ChannelId(channel.parse().unwrap())).writes {
            return Err(error(403, 50_001));
        }
        let id: u64 = id.parse().unwrap();
        let known = self.discord.messages.iter().position(|message| message.id == id);
        let message = known.ok_or_else(|| error(404, 10_008))?;
        let about = &self.discord.messages[message];
        let is_limited = !about.is_deleted && self.now() > about.posted_at + OLD;
        if is_limited && self.is_troubled() && self.draw("edits", self.calls, 2) == 0 {
            return Err(error(429, 30_046));
        }
        self.edit(message, body)
    }

    pub(crate) fn look(&mut self, id: &str) -> Outcome {
        let message = self.discord.message(id).ok_or_else(|| error(404, 10_008))?;
        let access = self.access(self.discord.messages[message].channel);
        if !access.writes || !access.reads {
            return Err(error(403, 50_001));
        }
        Ok(Reply::json(200, &self.json(message)))
    }

    pub(crate) fn list(&mut self, channel: &str, query: &str) -> Outcome {
        let channel = ChannelId(channel.parse().unwrap());
        let access = self.access(channel);
        if !access.writes {
            self.excuse_those_in(channel);
            return Err(error(403, 50_001));
        }
        if !access.reads {
            self.excuse_those_in(channel);
            return Ok(Reply::json(200, &json!([])));
        }
        let before = query.split("before=").nth(1).map_or(u64::MAX, |id| id.parse().unwrap());
        let seen = |message: &&usize| {
            let message = &self.discord.messages[**message];
            let is_there = message.channel == channel && message.id < before;
            is_there && !message.is_deleted && !message.is_ephemeral
        };
        let all: Vec<usize> = (0..self.discord.messages.len()).rev().collect();
        let is_found = |message: &usize| self.discord.messages[*message].kind == Kind::Post;
        let is_any_found = all.iter().filter(seen).any(is_found);
        let list: Vec<Value> =
            all.iter().filter(seen).take(100).map(|message| self.json(*message)).collect();
        // The bot can't tell an empty channel from one whose history it may not read.
        if list.is_empty() && place_of(channel).is_ok() {
            self.excuse_those_in(channel);
        }
        if is_any_found {
            self.see("delivered in a new message, found again");
        }
        Ok(Reply::json(200, &list.into()))
    }

    /// The bot may not look whether its messages about songs stand there.
    fn excuse_those_in(&mut self, channel: ChannelId) {
        for (index, request) in self.plan.requests.iter().enumerate() {
            if channel_id(request.channel) == channel {
                self.discord.excuses.insert(index, "the bot may not look");
            }
        }
    }

    /// The job that a new message is about: what is told to the owner is about none.
    pub(crate) fn job_of_nonce(&self, nonce: &str) -> Option<JobId> {
        let job = JobId(nonce.parse().ok()?);
        let known = self.discord.interactions.get(&index_of(job));
        known.is_some_and(|known| known.id == job).then_some(job)
    }

    pub(crate) fn post(&mut self, channel: &str, body: &Value) -> Outcome {
        let channel = ChannelId(channel.parse().unwrap());
        let nonce = body["nonce"].as_str().unwrap().to_owned();
        let is_notice = nonce.ends_with('r');
        let Some(job) = self.job_of_nonce(nonce.trim_end_matches('r')) else {
            self.see("the owner is told");
            return Ok(Reply::json(200, &json!({ "id": "6" })));
        };
        let index = index_of(job);
        let is_outcome = shows_outcome(body, job);
        match place_of(channel) {
            Ok(_) if !self.access(channel).writes => return Err(error(403, 50_001)),
            Err(_) if !self.discord.takes_messages[self.plan.requests[index].person] => {
                self.discord.excuses.insert(index, "no way was left");
                return Err(error(403, 50_007));
            }
            place if self.plan.requests[index].rejects.rejects(body, is_outcome) => {
                if place.is_err() {
                    self.discord.excuses.insert(index, "no way was left");
                }
                return Err(error(400, 200_000));
            }
            _ => {}
        }
        let memory = self.plan.settings.nonce_seconds * 1000;
        let known = self.discord.nonces.get(&(channel, nonce.clone()));
        if let Some((at, message)) = known.copied()
            && self.now() < at + memory
        {
            self.see("delivered in a new message, tried again");
            return Ok(Reply::json(200, &self.json(message)));
        }
        let kind = if is_notice { Kind::Notice } else { Kind::Post };
        let message = self.create(index, channel, body, kind);
        self.discord.nonces.insert((channel, nonce), (self.now(), message));
        if is_notice {
            self.check_notice(index);
        } else {
            self.check_post(message, body, is_outcome);
            self.discord.messages[message].shows_outcome = is_outcome;
        }
        Ok(Reply::json(200, &self.json(message)))
    }
}
