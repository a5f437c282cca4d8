//! Whisul: takes prompts, and makes of each what the plan says.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use whisul_bot::http_client::TransportError;

use super::{
    network::{Call, Reply},
    plan::{SongEnd, Submission},
    world::State,
};

/// All that Whisul has ever taken, and what is known about prompts.
#[derive(Default)]
pub(crate) struct Whisul {
    pub(crate) songs: Vec<WhisulSong>,
    /// How often the prompt of a request was sent, and how often the bot knows that it was surely
    /// not taken.
    sent: BTreeMap<usize, u32>,
    pub(crate) surely_not_taken: BTreeMap<usize, u32>,
}

pub(crate) struct WhisulSong {
    /// For which request.
    index: usize,
    taken_at: u64,
    ends_at: u64,
    end: SongEnd,
}

impl Whisul {
    /// How often it took the prompt of a request.
    pub(crate) fn times_taken(&self, index: usize) -> usize {
        self.songs.iter().filter(|song| song.index == index).count()
    }

    pub(crate) fn song_of(&self, index: usize) -> Option<&WhisulSong> {
        self.songs.iter().find(|song| song.index == index)
    }
}

impl WhisulSong {
    /// The request that it is for.
    pub(crate) fn index(&self) -> usize {
        self.index
    }

    /// What became of it by this time.
    pub(crate) fn ended(&self, now: u64) -> Option<SongEnd> {
        (now >= self.ends_at).then_some(self.end)
    }

    pub(crate) fn age(&self, now: u64) -> u64 {
        now - self.taken_at
    }
}

/// The prompt of a request, and the request of a prompt.
pub(crate) fn prompt_of(index: usize) -> String {
    format!("rain no {index}")
}

pub(crate) fn index_of_prompt(body: &Value) -> usize {
    let prompt = body["prompt"].as_str().unwrap();
    prompt.strip_prefix("rain no ").unwrap().parse().unwrap()
}

/// The link to a song, which tells whose it is.
pub(crate) fn song_url(index: usize) -> String {
    format!("https://whisul.example/audio/{index}.wav")
}

impl State {
    pub(crate) fn whisul_answers(&mut self, call: &Call) -> Reply {
        if call.is_prompt() {
            return self.take_prompt(index_of_prompt(&call.body));
        }
        match call.path.strip_prefix("/api/jobs/") {
            Some(id) => self.report(id),
            None if call.path.starts_with("/audio/") => file(b"RIFF\x24\0\0\0WAVEfmt "),
            None => file(b"\x89PNG\r\n\x1a\n\0\0\0\0"),
        }
    }

    /// A prompt is on its way to Whisul.
    pub(crate) fn check_prompt(&mut self, call: &Call) {
        let index = index_of_prompt(&call.body);
        *self.whisul.sent.entry(index).or_default() += 1;
        let sent = self.whisul.sent[&index];
        let surely_not = self.whisul.surely_not_taken.get(&index).copied().unwrap_or_default();
        self.promise(surely_not + 1 == sent, "what may be paid for is not sent again", || {
            format!("prompt {index} is sent for time {sent}, {surely_not} were surely not taken")
        });
        self.check_submission(index);
    }

    fn take_prompt(&mut self, index: usize) -> Reply {
        let request = &self.plan.requests[index];
        let (now, end, takes) = (self.now(), request.song, request.takes);
        let told = match request.submission {
            Submission::Accepts => None,
            Submission::Rejects => Some(422),
            Submission::Refuses => Some(418),
            Submission::Forbids => Some(403),
        };
        if let Some(status) = told {
            return Reply::json(status, &json!({ "error": "not this prompt" }));
        }
        let number = self.whisul.songs.len();
        self.whisul.songs.push(WhisulSong { index, taken_at: now, ends_at: now + takes, end });
        let times = self.whisul.times_taken(index);
        self.promise(times <= 1, "Whisul takes each prompt at most once", || {
            format!("it took that of request {index} {times} times")
        });
        self.tell(|| format!("  Whisul takes prompt {index} as song {number}"));
        let mut body = json!({ "job_id": format!("song-{number}"), "status": "running" });
        if number.is_multiple_of(2) {
            body["poll_url"] = format!("/jobs/song-{number}").into();
        }
        Reply::json(202, &body)
    }

    fn report(&mut self, id: &str) -> Reply {
        let number = id.strip_prefix("song-").and_then(|number| number.parse::<usize>().ok());
        let unknown = Reply::json(404, &json!({ "error": "no such job" }));
        let Some(song) = number.and_then(|number| self.whisul.songs.get(number)) else {
            return unknown;
        };
        let (index, ended) = (song.index, song.ended(self.now()));
        let state = |status: &str, result: Value| {
            let body = json!({
                "status": status, "prompt": prompt_of(index), "result": result, "error": null,
                "started_at": "2026-02-17 15:39:34",
            });
            Reply::json(200, &body)
        };
        let polls = self.calls;
        match ended {
            // One of several servers may not know yet what the others do.
            _ if self.draw("forgetful", polls, 200) == 0 => unknown,
            None | Some(SongEnd::Never) => state("running", Value::Null),
            Some(SongEnd::Completed) => {
                let url = song_url(index);
                let cover = format!("https://whisul.example/covers/{index}.png");
                state("completed", json!({ "title": "Rain", "song_url": url, "image_url": cover }))
            }
            Some(SongEnd::Failed) => state("failed", Value::Null),
            Some(SongEnd::Songless) => state("completed", json!({ "title": "Rain" })),
            Some(SongEnd::Lost) => unknown,
            Some(SongEnd::Unreadable) => Reply::json(200, &json!({ "weather": "rain" })),
        }
    }

    /// The bot has its response to a prompt: does it say that the prompt was surely not taken?
    pub(crate) fn prompt_answered(&mut self, call: &Call, answer: &Result<Reply, TransportError>) {
        let surely_not = match answer {
            Err(error) => *error == TransportError::NotConnected,
            Ok(reply) => {
                let is_own = serde_json::from_slice::<Value>(&reply.body)
                    .is_ok_and(|body| body["error"].is_string());
                let declined = match reply.status {
                    400..500 => true,
                    503 => reply.retry_after.is_some(),
                    _ => false,
                };
                is_own && declined
            }
        };
        if surely_not {
            let index = index_of_prompt(&call.body);
            *self.whisul.surely_not_taken.entry(index).or_default() += 1;
        }
    }
}

fn file(bytes: &[u8]) -> Reply {
    Reply { status: 200, retry_after: None, body: bytes.to_vec() }
}
