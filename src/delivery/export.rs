//! Everything that the bot knows about a person, as a file that people and programs can read.

use secrecy::SecretString;
use serde_json::{Value, json};

use super::{
    Discord, DiscordError, discord::original, media::File, request::Proof, sentences as say,
};
use crate::domain::{
    ApplicationId, Charge, Failure, Job, JobId, Record, SongLength, State, Timestamp, UserId,
};

/// The file's name.
const NAME: &str = "my-data.json";

/// The most bytes of the file, whatever Discord would take.
const ROOM: usize = 8 << 20;

/// Kept back for what stands around the songs.
const FRAME: usize = 4 << 10;

/// A person's data.
#[derive(Debug)]
pub struct Export {
    /// JSON, laid out for people.
    pub file: Vec<u8>,
    /// Whether nothing had to be left out.
    pub complete: bool,
}

/// A person's data: the latest records (latest first) that find room where files may have at most
/// `limit` bytes.
pub fn export(person: UserId, wants_notice: bool, records: &[Record], limit: u32) -> Export {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let mut room = ROOM.min(limit).saturating_sub(FRAME);
    let fitting = records.iter().map(record).take_while(|record| {
        // As large as it is where it stands, set in.
        let size = pretty(&json!({ "songs": [record] })).len();
        let left = room.checked_sub(size);
        room = left.unwrap_or_default();
        left.is_some()
    });
    let songs: Vec<Value> = fitting.collect();
    let complete = songs.len() == records.len();
    let preferences = json!({ "tell_me_when_a_song_is_ready": wants_notice });
    let data = json!({ "user_id": person.to_string(), "preferences": preferences, "songs": songs });
    Export { file: pretty(&data), complete }
}

/// JSON, laid out for people.
fn pretty(value: &Value) -> Vec<u8> {
    // Only what can't be JSON fails, and a value is JSON.
    serde_json::to_vec_pretty(value).unwrap_or_default()
}

impl Discord {
    /// Puts a person's data into the message that an interaction is to be answered with.
    ///
    /// # Errors
    /// As [`DiscordError`] says.
    pub async fn hand_over(
        &self,
        application: ApplicationId,
        token: &SecretString,
        export: Export,
    ) -> Result<(), DiscordError> {
        let sentence = if export.complete { say::EXPORTED } else { say::EXPORTED_LATEST };
        let edit = json!({ "content": sentence, "attachments": [{ "id": 0, "filename": NAME }] });
        let file = File::json(NAME, export.file);
        self.upload(original(application, token), Proof::Path, &edit, &[&file]).await
    }
}

fn record(record: &Record) -> Value {
    match record {
        Record::Job(job) => job_in_full(job),
        Record::Erased { id, charge } => {
            let mut told = beginning(*id, *charge);
            extend(&mut told, json!({ "forgotten": true }));
            told
        }
    }
}

/// Ids as text: programs that take every number for a fraction would change them.
fn beginning(id: JobId, charge: Charge) -> Value {
    let counts_for = match charge {
        Charge::Full => "you, the server and everybody",
        Charge::KeyOnly => "everybody",
        Charge::None => "nobody",
    };
    json!({ "id": id.to_string(), "asked_at": time(id.created_at()), "counts_for": counts_for })
}

fn job_in_full(job: &Job) -> Value {
    let mut told = beginning(job.id, job.charge);
    let place = &job.place;
    extend(
        &mut told,
        json!({
            "server_id": place.guild.map(|guild| guild.to_string()),
            "channel_id": place.channel.to_string(),
            "message_id": job.message.map(|message| message.to_string()),
            "began_from": job.origin.map(|origin| origin.to_string()),
            "prompt": job.prompt.as_str(),
            "state": job.state.name(),
        }),
    );
    match &job.state {
        State::Completed { song, took } => {
            let song = json!({
                "title": song.title,
                "bpm": song.bpm,
                "length_seconds": song.length.map(SongLength::seconds),
                "tags": song.tags,
                "song_url": song.song_url,
                "image_url": song.image_url,
                "made_in_seconds": took.as_secs(),
            });
            extend(&mut told, json!({ "song": song }));
        }
        State::Failed(failure) => {
            let why = match failure {
                Failure::Rejected { reason } | Failure::Generation { reason } => reason.as_deref(),
                _ => None,
            };
            extend(
                &mut told,
                json!({ "what_happened": say::failure(failure, job.charge), "whisul_said": why }),
            );
        }
        State::Running { whisul_job, since } => extend(
            &mut told,
            json!({ "whisul_job": whisul_job.id.as_str(), "running_since": time(*since) }),
        ),
        _ => {}
    }
    told
}

fn extend(told: &mut Value, more: Value) {
    if let (Value::Object(told), Value::Object(more)) = (told, more) {
        told.extend(more);
    }
}

/// A time as ISO 8601 has it.
fn time(at: Timestamp) -> Option<String> {
    serenity::all::Timestamp::from_millis(at.millis()).ok().map(|at| at.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn records(count: u64) -> Vec<Record> {
        (0..count).map(|id| Record::Erased { id: JobId(id << 40), charge: Charge::Full }).collect()
    }

    fn songs(export: &Export) -> usize {
        let data: Value = serde_json::from_slice(&export.file).unwrap();
        data["songs"].as_array().unwrap().len()
    }

    #[test]
    fn a_file_holds_the_latest_that_find_room() {
        let records = records(500);
        let whole = export(UserId(1), true, &records, u32::MAX);
        assert_eq!((songs(&whole), whole.complete), (500, true));
        for limit in [0, 5000, 20_000, 50_000] {
            let part = export(UserId(1), true, &records, limit);
            assert!(!part.complete && songs(&part) < 500);
            assert!(part.file.len() <= (limit as usize).max(FRAME), "{}", part.file.len());
        }
    }
}
