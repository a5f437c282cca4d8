//! The audit: messages, Whisul's jobs and the bot's database must agree.

use std::{collections::BTreeMap, path::Path};

use sandbox::{Message, SandboxJob};
use sqlx::{Connection as _, Row as _, SqliteConnection, sqlite::SqliteConnectOptions};

use crate::{
    fixture::Fixture,
    load::{Asked, Kind},
};

/// The bot's rows by job id, to compare with messages and Whisul's jobs.
pub(crate) struct Audit(BTreeMap<u64, Row>);

/// The row of a job.
struct Row {
    requester: u64,
    state: String,
    failure: String,
    delivery: String,
    charge: String,
    settled: bool,
}

/// The state of a job that a message shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ShownState {
    /// No outcome yet.
    Progress,
    Song,
    NoSong,
    Cancelled,
    /// The request was refused, so that there is no job.
    LimitExceeded,
}

impl ShownState {
    pub(crate) fn of(message: &Message) -> Self {
        Self::of_json(message.json())
    }

    fn of_json(message: &serde_json::Value) -> Self {
        let text = |pointer| message.pointer(pointer).and_then(serde_json::Value::as_str);
        let footer = text("/embeds/0/footer/text").unwrap_or_default();
        match text("/embeds/0/title") {
            None => Self::LimitExceeded,
            Some("No song this time") => Self::NoSong,
            Some("Cancelled") => Self::Cancelled,
            Some(_) if footer.starts_with("Made in") => Self::Song,
            Some(_) => Self::Progress,
        }
    }

    /// The job state in the database that it corresponds to.
    fn state(self) -> &'static str {
        match self {
            Self::Song => "completed",
            Self::NoSong => "failed",
            Self::Cancelled => "cancelled",
            Self::Progress | Self::LimitExceeded => "",
        }
    }

    fn is_outcome(self) -> bool {
        !self.state().is_empty()
    }
}

/// Whether a requester still waits for the outcome.
pub(crate) fn is_open(asked: &Asked) -> bool {
    let message = asked.invocation.message();
    message
        .is_some_and(|message| !message.deleted && ShownState::of(&message) == ShownState::Progress)
}

impl Audit {
    pub(crate) async fn load(database: &Path) -> Self {
        let options = SqliteConnectOptions::new().filename(database).read_only(true);
        let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
        let rows = sqlx::query("SELECT * FROM jobs").fetch_all(&mut connection).await.unwrap();
        connection.close().await.unwrap();
        let rows = rows.iter().map(|row| {
            let number = |column| u64::try_from(row.get::<i64, _>(column)).unwrap();
            let word = |column| row.get::<Option<String>, _>(column).unwrap_or_default();
            let entry = Row {
                requester: number("requester"),
                state: word("state"),
                failure: word("failure"),
                delivery: word("delivery"),
                charge: word("charge"),
                settled: number("settled") == 1,
            };
            (number("id"), entry)
        });
        Self(rows.collect())
    }

    /// The number of jobs that are not settled.
    pub(crate) fn unsettled(&self) -> usize {
        self.0.values().filter(|row| !row.settled).count()
    }

    /// A job's state and delivery, once it is settled.
    pub(crate) fn end_of(&self, job: u64) -> Option<(String, String)> {
        let row = self.0.get(&job).filter(|row| row.settled)?;
        Some((row.state.clone(), row.delivery.clone()))
    }

    /// Every difference between messages, jobs and rows.
    pub(crate) fn complaints(&self, fixture: &Fixture, asked: &[Asked]) -> Vec<String> {
        let posted = fixture.discord.messages().into_iter().filter(|it| it.interaction.is_none());
        let posted: Vec<(String, Message)> = posted.map(|it| (it.text(), it)).collect();
        let mut at_whisul: BTreeMap<String, Vec<SandboxJob>> = BTreeMap::new();
        for job in fixture.whisul.jobs() {
            at_whisul.entry(job.prompt.clone()).or_default().push(job);
        }
        let mut wrong = Vec::new();
        for asked in asked {
            let case = Case {
                asked,
                row: self.0.get(&asked.invocation.id),
                message: asked.invocation.message(),
                posted: about(&posted, &asked.prompt),
                taken: at_whisul.get(&asked.prompt).map_or(&[], Vec::as_slice),
            };
            let complaints = case.audit();
            let about =
                || format!("job {} ({}, {:?})", asked.invocation.id, asked.prompt, asked.kind);
            wrong.extend(
                complaints.into_iter().map(|complaint| format!("{}: {complaint}", about())),
            );
        }
        wrong.extend(self.audit_charges(fixture));
        wrong.extend(fixture.discord.violations());
        wrong
    }

    /// Once every job is settled, each person is charged for exactly the songs that they got.
    fn audit_charges(&self, fixture: &Fixture) -> Vec<String> {
        let people = fixture.clients.iter().map(sandbox::ChannelClient::person_id);
        let complaint = |person| {
            let own = || self.0.values().filter(|row| row.requester == person);
            let charges = own().filter(|row| row.charge == "full").count();
            let songs = own().filter(|row| row.state == "completed").count();
            let complaint = format!("person {person}: {charges} charges for {songs} songs");
            (charges != songs).then_some(complaint)
        };
        people.filter_map(complaint).collect()
    }

    /// Prints how many jobs ended in which state.
    pub(crate) fn print(&self, asked: &[Asked], fixture: &Fixture) {
        println!(
            "{:5} songs asked for, {} taken in by Whisul",
            asked.len(),
            fixture.whisul.jobs().len()
        );
        let mut ends: BTreeMap<String, usize> = BTreeMap::new();
        for row in self.0.values() {
            let end = format!("{} {} {}", row.state, row.failure, row.delivery);
            *ends.entry(end.replace("  ", " ")).or_default() += 1;
        }
        for (end, count) in ends {
            println!("{count:5} {end}");
        }
    }
}

/// The messages whose text names a prompt.
fn about<'a>(messages: &'a [(String, Message)], prompt: &str) -> Vec<&'a Message> {
    let named = messages.iter().filter(|(text, _)| text.contains(prompt));
    named.map(|(_, message)| message).collect()
}

/// One use of the command, with everything that belongs to it.
struct Case<'a> {
    asked: &'a Asked,
    row: Option<&'a Row>,
    /// The response.
    message: Option<Message>,
    /// Messages about it that are no response to an interaction.
    posted: Vec<&'a Message>,
    /// Whisul's jobs for its prompt.
    taken: &'a [SandboxJob],
}

impl Case<'_> {
    fn audit(&self) -> Vec<String> {
        let mut wrong = Vec::new();
        let mut must = |holds: bool, complaint: &str| {
            if !holds {
                wrong.push(complaint.to_owned());
            }
        };
        must(self.taken.len() <= 1, "Whisul accepted its prompt more than once");
        must(self.posted.len() <= 1, "a message about it was posted twice");
        must(self.asked.invocation.follow_ups().is_empty(), "it has two answers");
        let told = self.message.as_ref().map(ShownState::of);
        let Some(row) = self.row else {
            must(
                matches!(told, None | Some(ShownState::LimitExceeded)),
                "a message shows it, but there is no row",
            );
            must(self.taken.is_empty(), "Whisul accepted its prompt, but there is no row");
            return wrong;
        };
        must(row.settled, "it is not settled");
        for job in self.taken {
            let stood = self.message.as_ref().is_some_and(|it| it.created < job.accepted_at);
            must(stood, "it was submitted before its first response existed");
        }
        must(
            row.state != "completed" || !self.taken.is_empty(),
            "a song is completed that Whisul never accepted",
        );
        must(!self.song_was_refunded(row), "a song that was made is refunded");
        wrong.extend(self.audit_outcome(row));
        wrong
    }

    /// Whether the bot refunded a song that Whisul made and whose fate was known.
    fn song_was_refunded(&self, row: &Row) -> bool {
        let made = !matches!(self.asked.kind, Kind::Fails | Kind::Vanishes);
        made && row.state == "failed" && row.failure != "unknown_fate" && !self.taken.is_empty()
    }

    /// Every job that a message shows has one outcome, in one message.
    fn audit_outcome(&self, row: &Row) -> Vec<String> {
        let shown: Vec<ShownState> = self
            .message
            .iter()
            .chain(self.posted.iter().copied())
            .filter(|message| !message.deleted)
            .map(ShownState::of)
            .collect();
        let outcomes: Vec<ShownState> =
            shown.iter().copied().filter(|told| told.is_outcome()).collect();
        let deleted = self.message.as_ref().is_none_or(|message| message.deleted);
        let mut wrong = Vec::new();
        if outcomes.iter().any(|told| told.state() != row.state) {
            wrong.push(format!("it is {}, but {outcomes:?} is shown", row.state));
        }
        let fits = match (row.state.as_str(), row.delivery.as_str()) {
            ("abandoned", _) => shown.is_empty() || shown == [ShownState::LimitExceeded],
            // A message that only the void token reaches can't be checked: the song comes twice.
            (_, "delivered") if self.asked.by_visitor && outcomes.len() == 2 => true,
            (_, "delivered") => outcomes.len() == 1 || (deleted && outcomes.is_empty()),
            (_, "undeliverable") => outcomes.is_empty() && deleted,
            _ => false,
        };
        if !fits {
            wrong.push(format!("{} and {}, but {shown:?} is shown", row.state, row.delivery));
        }
        let revisions = self.message.iter().flat_map(|message| &message.revisions);
        let told: Vec<ShownState> =
            revisions.map(|revision| ShownState::of_json(&revision.json)).collect();
        let mut outcomes = told.iter().skip_while(|told| !told.is_outcome());
        let first = outcomes.next();
        if !outcomes.all(|told| Some(told) == first) {
            wrong.push(format!("its outcome changed: {told:?}"));
        }
        wrong
    }
}
