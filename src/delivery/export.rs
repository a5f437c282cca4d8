//! Everything that the bot knows about a person, as files that people and programs can read.

use std::io;

use memmap2::MmapMut;
use secrecy::SecretString;
use serde_json::{Value, json};
use tokio_util::bytes::Bytes;

use crate::{
    discord_api::{Discord, DiscordError},
    domain::{
        ApplicationId, Cancellation, Charge, Failure, Job, JobId, Record, SongLength, State,
        Timestamp, UserId,
    },
    media::File,
    messages::text::{self as say, ExportEnd},
};

/// The most bytes of a file, whatever Discord would take: so much memory an export takes.
const ROOM: u32 = 8 << 20;
/// The least, whatever Discord says: more than one record ever needs.
const LEAST_ROOM: u32 = 64 << 10;

/// What stands after the songs.
const END: &[u8] = b"\n  ]\n}\n";

/// A file of an export in the making: JSON, laid out for people, and whole by itself.
///
/// Its memory is no part of the heap, so that all of it goes back to the system with the file.
#[derive(Debug)]
pub struct ExportFile {
    memory: MmapMut,
    used: usize,
    number: u32,
    empty: bool,
}

/// A file of an export that is ready to be sent.
#[derive(Debug)]
pub struct FinishedExport {
    file: File,
    number: u32,
    end: ExportEnd,
}

impl ExportFile {
    /// The first file, or a further one, without songs so far, of at most `limit` bytes.
    ///
    /// # Errors
    /// When the system has no memory.
    pub fn begin(person: UserId, wants_notice: bool, number: u32, limit: u32) -> io::Result<Self> {
        let room = limit.clamp(LEAST_ROOM, ROOM);
        let memory = MmapMut::map_anon(usize::try_from(room).unwrap_or(usize::MAX))?;
        let mut file = Self { memory, used: 0, number, empty: true };
        let preferences = json!({ "tell_me_when_a_song_is_ready": wants_notice });
        let head =
            json!({ "user_id": person.to_string(), "preferences": preferences, "file": number });
        let head = pretty(&head);
        file.write(head.trim_end_matches(['\n', '}']).as_bytes());
        file.write(b",\n  \"songs\": [");
        Ok(file)
    }

    /// Adds a record. `false`: it finds no room here.
    pub fn add(&mut self, record: &Record) -> bool {
        let told = match record {
            Record::Job(job) => job_in_full(job),
            Record::Erased { id, charge } => {
                let mut told = beginning(*id, *charge);
                extend(&mut told, json!({ "forgotten": true }));
                told
            }
        };
        let separator = if self.empty { "\n    " } else { ",\n    " };
        let text = format!("{separator}{}", pretty(&told).replace('\n', "\n    "));
        if self.used + text.len() + END.len() > self.memory.len() {
            return false;
        }
        self.write(text.as_bytes());
        self.empty = false;
        true
    }

    fn write(&mut self, bytes: &[u8]) {
        if let Some(room) = self.memory.get_mut(self.used..self.used + bytes.len()) {
            room.copy_from_slice(bytes);
            self.used += bytes.len();
        }
    }

    /// The file as it is sent.
    pub fn finish(mut self, end: ExportEnd) -> FinishedExport {
        self.write(END);
        let name = match (self.number, end) {
            (1, ExportEnd::Complete) => "my-data.json".to_owned(),
            (number, _) => format!("my-data-{number}.json"),
        };
        let file = File::json(name, Bytes::from_owner(self.memory).slice(..self.used));
        FinishedExport { file, number: self.number, end }
    }
}

/// JSON, laid out for people.
fn pretty(value: &Value) -> String {
    // Only what can't be JSON fails, and a value is JSON.
    serde_json::to_string_pretty(value).unwrap_or_default()
}

/// An interaction whose answer is a person's data.
#[derive(Clone, Copy, Debug)]
pub struct ExportResponse<'a> {
    /// Whose interaction it is.
    pub application: ApplicationId,
    /// Its token.
    pub token: &'a SecretString,
    /// The most bytes that a file may have there.
    pub limit: u32,
    /// The most files that it can be answered with.
    pub files: u32,
}

impl FinishedExport {
    /// Puts the file into the message that an interaction is to be answered with, or, but for the first
    /// file, into a further one.
    ///
    /// # Errors
    /// As [`DiscordError`] says.
    pub async fn send(
        &self,
        discord: &Discord,
        to: ExportResponse<'_>,
    ) -> Result<(), DiscordError> {
        let said = say::exported(self.number, self.end);
        discord
            .respond_with_file(to.application, to.token, self.number == 1, &said, &self.file)
            .await
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
            let given = match failure {
                Failure::Ended { reason } => reason.as_deref(),
                _ => None,
            };
            let what = say::failure(failure, job.charge);
            extend(
                &mut told,
                json!({ "what_happened": what, "whisul_said": why, "reason": given }),
            );
        }
        State::Cancelled(Cancellation { by, reason }) => extend(
            &mut told,
            json!({ "what_happened": say::cancelled(*by, job.requester), "reason": reason }),
        ),
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

    fn record(id: u64) -> Record {
        Record::Erased { id: JobId(id << 40), charge: Charge::Full }
    }

    /// The files into which so many records go, each of at most so many bytes.
    fn files(count: u64, limit: u32) -> Vec<File> {
        let begin = |number| ExportFile::begin(UserId(1), true, number, limit).unwrap();
        let (mut files, mut file) = (Vec::new(), begin(1));
        for id in 0..count {
            if !file.add(&record(id)) {
                let next = begin(file.number + 1);
                files.push(std::mem::replace(&mut file, next).finish(ExportEnd::More).file);
                assert!(file.add(&record(id)));
            }
        }
        files.push(file.finish(ExportEnd::Complete).file);
        files
    }

    #[test]
    fn every_file_is_whole_and_together_they_hold_everything_once() {
        for (count, limit) in [(0, 0), (1, 0), (500, u32::MAX), (5000, 0), (5000, 100_000)] {
            let files = files(count, limit);
            let mut ids = Vec::new();
            for (file, number) in files.iter().zip(1..) {
                assert!(file.bytes.len() <= limit.clamp(LEAST_ROOM, ROOM) as usize);
                let data: Value = serde_json::from_slice(&file.bytes).unwrap();
                assert_eq!((&data["user_id"], &data["file"]), (&json!("1"), &json!(number)));
                let songs = data["songs"].as_array().unwrap();
                ids.extend(songs.iter().map(|song| song["id"].as_str().unwrap().to_owned()));
            }
            let expected: Vec<_> = (0..count).map(|id| JobId(id << 40).to_string()).collect();
            assert_eq!(ids, expected);
            assert_eq!(files.len() > 1, count == 5000, "{limit}");
        }
        assert_eq!(files(1, 0)[0].name, "my-data.json");
        assert_eq!(files(5000, 0)[1].name, "my-data-2.json");
    }

    #[test]
    fn a_file_is_laid_out_for_people() {
        let file = files(2, 0).pop().unwrap();
        let text = String::from_utf8(file.bytes.to_vec()).unwrap();
        assert!(text.starts_with("{\n  \"file\": 1,\n  \"preferences\": {\n"), "{text}");
        assert!(text.contains("\n  \"songs\": [\n    {\n      \"asked_at\": \""), "{text}");
        assert!(text.contains("\n    },\n    {\n      "), "{text}");
        assert!(text.ends_with("\n    }\n  ]\n}\n"), "{text}");
    }
}
