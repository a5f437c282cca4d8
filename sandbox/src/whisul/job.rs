//! One job: what it was asked for and what it answers.

use std::time::{Duration, Instant, SystemTime};

use serde_json::{Map, Value, json};
use time::OffsetDateTime;

use super::{
    Raw,
    plan::{Outcome, Plan, Takes},
    song::Song,
};

/// A job as the sandbox knows it.
#[derive(Clone, Debug)]
pub struct SandboxJob {
    /// The UUID.
    pub id: String,
    /// Its place among all jobs of this sandbox, from 0.
    pub number: usize,
    /// As it was sent.
    pub prompt: String,
    /// When it was taken in.
    pub accepted_at: Instant,
    /// When it ended, if it has.
    pub finished_at: Option<Instant>,
    /// How many polls were answered.
    pub polls: usize,
}

#[derive(Debug)]
pub(super) struct Job {
    pub(super) id: String,
    pub(super) prompt: String,
    polls: usize,
    last_poll: Option<Instant>,
    number: usize,
    plan: Plan,
    accepted_at: Instant,
    /// The same moment on the calendar.
    started_at: SystemTime,
    /// `None` if a test finishes it.
    pub(super) ends_at: Option<Instant>,
    expired: bool,
}

impl Job {
    pub(super) fn new(number: usize, prompt: String, plan: Plan, usual: Duration) -> Self {
        let accepted_at = Instant::now();
        let ends_at = match plan.takes {
            Takes::AsUsual => Some(accepted_at + usual),
            Takes::Exactly(duration) => Some(accepted_at + duration),
            Takes::UntilTold => None,
        };
        let started_at = SystemTime::now();
        let id = random_uuid();
        Self {
            id,
            prompt,
            polls: 0,
            last_poll: None,
            number,
            plan,
            accepted_at,
            started_at,
            ends_at,
            expired: false,
        }
    }

    pub(super) fn seen(&self) -> SandboxJob {
        SandboxJob {
            id: self.id.clone(),
            number: self.number,
            prompt: self.prompt.clone(),
            accepted_at: self.accepted_at,
            finished_at: self.ended(),
            polls: self.polls,
        }
    }

    /// Counts a poll, if the one before is at least so long ago.
    ///
    /// # Errors
    /// How long to wait until the next one would count.
    pub(super) fn poll(&mut self, least_gap: Duration) -> Result<(), Duration> {
        let now = Instant::now();
        let since = self.last_poll.map(|last| now - last);
        if let Some(since) = since.filter(|since| *since < least_gap) {
            return Err(least_gap.saturating_sub(since));
        }
        self.last_poll = Some(now);
        self.polls += 1;
        Ok(())
    }

    /// Ends now, unless it has ended before; tells whether it did.
    pub(super) fn finish(&mut self) -> bool {
        let running = self.ended().is_none();
        if running {
            self.ends_at = Some(Instant::now());
        }
        running
    }

    /// Is unknown from now on.
    pub(super) fn expire(&mut self) {
        self.expired = true;
    }

    /// Whether its tune and cover can be had: it completed and has not expired.
    pub(super) fn has_media(&self) -> bool {
        let completes =
            matches!(self.plan.outcome, Outcome::Song(_) | Outcome::Result(_) | Outcome::Answer(_));
        completes && !self.expired && self.ended().is_some()
    }

    /// How polls are answered at present, where that is not as usual.
    pub(super) fn raw(&self) -> Option<Raw> {
        if self.expired {
            return None;
        }
        if self.ended().is_some() { self.plan.ended.clone() } else { self.plan.running.clone() }
    }

    /// The body of a 200, or nothing for an expired job.
    pub(super) fn answer(&self, origin: &str) -> Option<Value> {
        if self.expired {
            return None;
        }
        let Some(ended) = self.ended() else {
            return Some(self.state(&self.plan.status, &Value::Null, None));
        };
        let finished_at = self.started_at + (ended - self.accepted_at);
        let state = |status, result: &Value, error: Option<&str>| {
            let mut state = self.state(status, result, error);
            if let Some(fields) = state.as_object_mut() {
                fields.insert("finished_at".to_owned(), utc(finished_at).into());
            }
            Some(state)
        };
        match &self.plan.outcome {
            Outcome::Song(changes) => state("completed", &self.result(origin, changes), None),
            Outcome::Result(result) => state("completed", result, None),
            Outcome::Fails(reason) => state("failed", &Value::Null, reason.as_deref()),
            Outcome::Vanishes => None,
            Outcome::Answer(answer) => Some(answer.clone()),
        }
    }

    fn ended(&self) -> Option<Instant> {
        self.ends_at.filter(|end| *end <= Instant::now())
    }

    fn state(&self, status: &str, result: &Value, error: Option<&str>) -> Value {
        json!({
            "status": status,
            "prompt": self.prompt,
            "result": result,
            "error": error,
            "started_at": utc(self.started_at),
        })
    }

    /// The usual result with some fields changed. The documents disagree on the form of `duration`,
    /// so jobs take turns between the two, and some have a `bpm` with a half.
    fn result(&self, origin: &str, changes: &[(String, Option<Value>)]) -> Value {
        let song = Song::from_prompt(&self.prompt);
        let seconds = song.seconds();
        let duration = if self.number.is_multiple_of(2) {
            json!(format!("{}:{:02}", seconds / 60, seconds % 60))
        } else {
            json!(seconds)
        };
        let bpm = if song.tempo.is_multiple_of(2) {
            json!(song.tempo / 2)
        } else {
            json!(f64::from(song.tempo) / 2.0)
        };
        let usual = [
            ("title", json!(song.title)),
            ("bpm", bpm),
            ("duration", duration),
            ("song_url", json!(format!("{origin}/audio/{}.wav", self.id))),
            ("image_url", json!(format!("{origin}/covers/{}.png", self.id))),
            ("tags", json!(song.tags.join(", "))),
        ];
        let mut result: Map<String, Value> =
            usual.into_iter().map(|(field, value)| (field.to_owned(), value)).collect();
        for (field, value) in changes {
            match value {
                Some(value) => result.insert(field.clone(), value.clone()),
                None => result.remove(field),
            };
        }
        result.into()
    }
}

/// A random UUID: 4, its version, in the 13th digit, and two fixed bits, its variant, in the 17th.
fn random_uuid() -> String {
    let bits = fastrand::u128(..);
    let (time, version) = (bits >> 80, 0x4000 | bits >> 64 & 0x0fff);
    let (variant, node) = (0x8000 | bits >> 48 & 0x3fff, bits & 0xffff_ffff_ffff);
    format!("{:08x}-{:04x}-{version:04x}-{variant:04x}-{node:012x}", time >> 16, time & 0xffff)
}

/// `YYYY-MM-DD HH:MM:SS` in UTC, with no zone.
fn utc(moment: SystemTime) -> String {
    let moment = OffsetDateTime::from(moment);
    let (hour, minute, second) = moment.to_hms();
    format!("{} {hour:02}:{minute:02}:{second:02}", moment.date())
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::{random_uuid, utc};

    #[test]
    fn an_id_has_the_shape_of_a_uuid() {
        for _ in 0..1000 {
            let id = random_uuid();
            let shape = id.replace(|digit: char| digit.is_ascii_hexdigit(), "x");
            assert_eq!(shape, "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx");
            assert_eq!(id.as_bytes()[14], b'4', "{id}");
            assert!(b"89ab".contains(&id.as_bytes()[19]), "{id}");
        }
    }

    #[test]
    fn a_time_is_written_as_the_documentation_does() {
        let moment = UNIX_EPOCH + Duration::from_millis(1_771_342_774_999);
        assert_eq!(utc(moment), "2026-02-17 15:39:34");
        assert_eq!(utc(UNIX_EPOCH), "1970-01-01 00:00:00");
    }
}
