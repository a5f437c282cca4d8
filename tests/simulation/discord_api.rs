//! Discord's endpoints, as far as the bot uses them for songs.

use serde_json::{Value, json};
use whisul_bot::{
    domain::{ChannelId, Delivery, Job, JobId, NewMessageTarget},
    http_client::TransportError,
};

use super::{
    discord::{
        ANSWER_WITHIN, Interaction, Kind, Message, OWNER, TOKEN_LIFETIME, channel_id,
        direct_channel, place_of, shows_outcome,
    },
    network::{Call, Reply, UNKNOWN_CODE},
    people::user_id,
    world::{State, index_of},
};

/// Whether the new message about a job is looked for here.
fn is_sought(row: &Job, path: &str) -> bool {
    let channel = match row.delivery {
        Delivery::Posting(NewMessageTarget::InChannel) => row.place.channel,
        Delivery::Posting(NewMessageTarget::Direct) => direct_channel(row.requester.0),
        _ => return false,
    };
    path == format!("channels/{channel}/messages")
}

/// Discord's error.
pub(crate) fn error(status: u16, code: u64) -> Reply {
    Reply::json(status, &json!({ "message": "no", "code": code }))
}

/// How often at least, and for how many milliseconds, the bot tries a route that Discord rejects.
const REJECTED_TRIES: u32 = 5;
const REJECTED_FOR: u64 = 5 * 60_000;

pub(crate) type Outcome = Result<Reply, Reply>;

impl State {
    pub(crate) fn discord_answers(&mut self, call: &Call) -> Reply {
        let path: Vec<&str> = call.path.split('/').collect();
        let body = &call.body;
        let answer = match (call.method.as_str(), path.as_slice()) {
            ("POST", ["interactions", id, token, "callback"]) => self.callback(id, token, body),
            ("GET", ["webhooks", _, token, "messages", "@original"]) => self.original(token),
            ("PATCH", ["webhooks", _, token, "messages", "@original"]) => {
                let edited =
                    self.answer_by_token(token).and_then(|message| self.edit(message, body));
                self.see_delivered("delivered by token", &edited, body)
            }
            ("PATCH", ["webhooks", _, token, "messages", id]) => self.upload(token, id),
            ("POST", ["webhooks", _, token]) => self.follow_up(token, body),
            ("GET", ["channels", channel, "messages"]) => self.list(channel, &call.query),
            ("GET", ["channels", _, "messages", id]) => self.look(id),
            ("PATCH", ["channels", channel, "messages", id]) => {
                let edited = self.edit_in_channel(channel, id, body);
                self.see_delivered("delivered through the channel", &edited, body)
            }
            ("POST", ["channels", channel, "messages"]) => self.post(channel, body),
            ("POST", ["users", "@me", "channels"]) => {
                let person = body["recipient_id"].as_str().unwrap().parse().unwrap();
                Ok(Reply::json(200, &json!({ "id": direct_channel(person).to_string() })))
            }
            ("GET", ["applications", "@me"]) => {
                let owner = json!({ "id": OWNER.to_string() });
                Ok(Reply::json(200, &json!({ "id": "1", "name": "bot", "owner": owner })))
            }
            (method, path) => panic!("an endpoint that Discord lacks: {method} {path:?}"),
        };
        answer.unwrap_or_else(|error| error)
    }

    fn see_delivered(&mut self, how: &'static str, edited: &Outcome, body: &Value) -> Outcome {
        if edited.is_ok() && body["components"].to_string().contains("\"again:") {
            self.see(how);
        }
        edited.clone()
    }

    fn token_lives(&self, index: usize) -> bool {
        self.now() < self.discord.interactions[&index].at + TOKEN_LIFETIME
    }

    fn callback(&mut self, id: &str, token: &str, body: &Value) -> Outcome {
        if let Some(click) = token.strip_prefix("click") {
            return self.answer_click(click.parse().unwrap(), body);
        }
        let index = index_of(JobId(id.parse().unwrap()));
        let interaction = &self.discord.interactions[&index];
        if self.now() > interaction.at + ANSWER_WITHIN {
            return Err(error(404, 10_062));
        }
        if interaction.answer.is_some() || interaction.was_turned_away {
            return Err(error(400, 40_060));
        }
        let data = &body["data"];
        let is_about_song = data["components"].to_string().contains("\"cancel:");
        if !is_about_song {
            self.tell(|| format!("  request {index} is told that no song was started"));
            self.discord.interactions.get_mut(&index).unwrap().was_turned_away = true;
            return Ok(Reply { status: 204, retry_after: None, body: Vec::new() });
        }
        if self.plan.requests[index].rejects.rejects(data, false) {
            return Err(error(400, 200_000));
        }
        let channel = channel_id(self.plan.requests[index].channel);
        let message = self.create(index, channel, data, Kind::Answer);
        self.discord.interactions.get_mut(&index).unwrap().answer = Some(message);
        self.tell(|| format!("  request {index} is answered"));
        let resource = json!({ "message": self.json(message) });
        Ok(Reply::json(200, &json!({ "resource": resource })))
    }

    fn answer_click(&mut self, click: usize, body: &Value) -> Outcome {
        let now = self.now();
        let click = &mut self.discord.clicks[click];
        if now > click.at + ANSWER_WITHIN || click.is_answered {
            return Err(error(404, 10_062));
        }
        click.is_answered = true;
        let index = click.index;
        if body["type"] == 7
            && let Some(message) = self.discord.interactions[&index].answer
        {
            self.edit(message, &body["data"])?;
        }
        Ok(Reply { status: 204, retry_after: None, body: Vec::new() })
    }

    /// The first response that a token stands for.
    fn answer_by_token(&mut self, token: &str) -> Result<usize, Reply> {
        let index: usize = token.parse().unwrap();
        if !self.token_lives(index) {
            return Err(error(401, 50_027));
        }
        let interaction = &self.discord.interactions[&index];
        interaction.answer.ok_or_else(|| error(404, 10_015))
    }

    fn original(&mut self, token: &str) -> Outcome {
        let index: usize = token.parse().unwrap();
        if self.token_lives(index) && self.discord.interactions[&index].was_turned_away {
            let body = json!({ "id": "5", "author": { "id": "1", "bot": true } });
            return Ok(Reply::json(200, &body));
        }
        let message = self.answer_by_token(token)?;
        if self.discord.messages[message].is_deleted {
            return Err(error(404, 10_008));
        }
        Ok(Reply::json(200, &self.json(message)))
    }

    /// Changes what a message shows. Files alone change nothing about that.
    pub(crate) fn edit(&mut self, message: usize, body: &Value) -> Outcome {
        let Message { index, is_deleted, .. } = self.discord.messages[message];
        if is_deleted {
            self.discord.excuses.insert(index, "a person deleted the message");
            return Err(error(404, 10_008));
        }
        if body.is_null() {
            self.see("files attached, or let go");
            return Ok(Reply::json(200, &self.json(message)));
        }
        let job = self.discord.interactions[&index].id;
        let is_outcome = shows_outcome(body, job);
        if self.plan.requests[index].rejects.rejects(body, is_outcome) {
            return Err(error(400, 200_000));
        }
        self.check_shown(message, body, is_outcome);
        let shown = &mut self.discord.messages[message];
        shown.shows_outcome = is_outcome;
        shown.body = body.clone();
        Ok(Reply::json(200, &self.json(message)))
    }

    fn upload(&mut self, token: &str, id: &str) -> Outcome {
        let answer = self.answer_by_token(token)?;
        match self.discord.message(id) {
            Some(message) if message == answer => self.edit(message, &Value::Null),
            _ => Err(error(404, 10_008)),
        }
    }

    fn follow_up(&mut self, token: &str, body: &Value) -> Outcome {
        let index: usize = token.parse().unwrap();
        self.answer_by_token(token)?;
        self.check_notice(index);
        let channel = channel_id(self.plan.requests[index].channel);
        let message = self.create(index, channel, body, Kind::Notice);
        Ok(Reply::json(200, &self.json(message)))
    }

    pub(crate) fn create(
        &mut self,
        index: usize,
        channel: ChannelId,
        body: &Value,
        kind: Kind,
    ) -> usize {
        let is_server = place_of(channel).is_ok();
        self.discord.messages.push(Message {
            id: self.snowflake(0x10_0000 + self.discord.messages.len() as u64),
            index,
            channel,
            posted_at: self.now(),
            body: body.clone(),
            kind,
            is_ephemeral: is_server && self.is_ephemeral(index),
            is_deleted: false,
            shows_outcome: false,
        });
        self.discord.messages.len() - 1
    }

    /// Whether only the requester sees the response: outside of the bot's servers, Discord may say so.
    fn is_ephemeral(&self, index: usize) -> bool {
        let request = &self.plan.requests[index];
        request.ephemeral && !self.discord.channels[request.channel].installed
    }

    pub(crate) fn json(&self, message: usize) -> Value {
        let message = &self.discord.messages[message];
        let interaction = self.discord.interactions.get(&message.index);
        message.json(
            interaction.filter(|_| message.kind == Kind::Answer).map(|interaction| interaction.id),
        )
    }

    /// The bot has its response: does it know now that a person deleted a message, or that Discord
    /// rejects all that it tries?
    pub(crate) fn discord_answered(&mut self, call: &Call, answer: &Result<Reply, TransportError>) {
        let Ok(reply) = answer else { return };
        let told = serde_json::from_slice::<Value>(&reply.body).unwrap_or_default();
        let (code, now) = (told["code"].as_u64(), self.now());
        let about = self.about(call);
        match code {
            Some(10_008) if call.method == "PATCH" => self.promises.known_deleted.extend(about),
            Some(UNKNOWN_CODE) if reply.status < 500 => {
                for index in about {
                    let (first, count) = self.discord.rejections.entry(index).or_insert((now, 0));
                    *count += 1;
                    if *count >= REJECTED_TRIES && now >= *first + REJECTED_FOR {
                        self.discord.excuses.insert(index, "Discord rejected it for minutes");
                    }
                }
            }
            _ => {}
        }
    }

    /// The message that an edit changes.
    pub(crate) fn target(&self, call: &Call) -> Option<usize> {
        match call.path.split('/').collect::<Vec<_>>().as_slice() {
            _ if call.method != "PATCH" => None,
            ["webhooks", _, token, _, "@original"] => {
                self.discord.interactions.get(&token.parse().ok()?)?.answer
            }
            [.., id] => self.discord.message(id),
            [] => None,
        }
    }

    /// The requests whose outcome a call brings, may bring, or looks for.
    fn about(&self, call: &Call) -> Vec<usize> {
        let direct = call.body["recipient_id"].as_str();
        let is_it = |(index, interaction): &(&usize, &Interaction)| {
            let person = user_id(self.plan.requests[**index].person).to_string();
            let is_sought = call.method == "GET"
                && self.rows.get(*index).is_some_and(|row| is_sought(row, &call.path));
            shows_outcome(&call.body, interaction.id) || direct == Some(&*person) || is_sought
        };
        self.discord.interactions.iter().filter(is_it).map(|(index, _)| *index).collect()
    }
}
