//! The audit: what people see, what Whisul took in and what the bot wrote down must agree.

use std::{collections::BTreeMap, path::Path};

use sandbox::{Message, SandboxJob};
use sqlx::{Connection as _, Row as _, SqliteConnection, sqlite::SqliteConnectOptions};

use crate::{
    load::{Asked, Kind},
    town::Town,
};

/// The bot's rows, by job.
pub(crate) struct Books(BTreeMap<u64, Row>);

/// What the bot wrote down about a job.
struct Row {
    requester: u64,
    state: String,
    failure: String,
    delivery: String,
    charge: String,
    settled: bool,
}

/// What a message tells of its song.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Told {
    /// Nothing final.
    Progress,
    Song,
    NoSong,
    Cancelled,
    /// That there is no job.
    Refusal,
}

impl Told {
    pub(crate) fn by(message: &Message) -> Self {
        Self::by_json(message.json())
    }

    fn by_json(message: &serde_json::Value) -> Self {
        let text = |pointer| message.pointer(pointer).and_then(serde_json::Value::as_str);
        let footer = text("/embeds/0/footer/text").unwrap_or_default();
        match text("/embeds/0/title") {
            None => Self::Refusal,
            Some("No song this time") => Self::NoSong,
            Some("Cancelled") => Self::Cancelled,
            Some(_) if footer.starts_with("Made in") => Self::Song,
            Some(_) => Self::Progress,
        }
    }

    /// The state of which it tells.
    fn state(self) -> &'static str {
        match self {
            Self::Song => "completed",
            Self::NoSong => "failed",
            Self::Cancelled => "cancelled",
            Self::Progress | Self::Refusal => "",
        }
    }

    fn is_outcome(self) -> bool {
        !self.state().is_empty()
    }
}

/// Whether somebody still waits.
pub(crate) fn is_open(asked: &Asked) -> bool {
    let message = asked.invocation.message();
    message.is_some_and(|message| !message.deleted && Told::by(&message) == Told::Progress)
}

impl Books {
    pub(crate) async fn open(database: &Path) -> Self {
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

    /// How many jobs still have something left to do.
    pub(crate) fn unsettled(&self) -> usize {
        self.0.values().filter(|row| !row.settled).count()
    }

    /// A job's state and delivery, once it is settled.
    pub(crate) fn end_of(&self, job: u64) -> Option<(String, String)> {
        let row = self.0.get(&job).filter(|row| row.settled)?;
        Some((row.state.clone(), row.delivery.clone()))
    }

    /// Everything that is not as promised.
    pub(crate) fn audit(&self, town: &Town, asked: &[Asked]) -> Vec<String> {
        let posted = town.discord.messages().into_iter().filter(|it| it.interaction.is_none());
        let posted: Vec<(String, Message)> = posted.map(|it| (it.text(), it)).collect();
        let mut at_whisul: BTreeMap<String, Vec<SandboxJob>> = BTreeMap::new();
        for job in town.whisul.jobs() {
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
        wrong.extend(self.audit_charges(town));
        wrong.extend(town.discord.violations());
        wrong
    }

    /// With every job settled, each person is charged for the songs that they have.
    fn audit_charges(&self, town: &Town) -> Vec<String> {
        let people = town.seats.iter().map(sandbox::Seat::person_id);
        let complaint = |person| {
            let own = || self.0.values().filter(|row| row.requester == person);
            let charges = own().filter(|row| row.charge == "full").count();
            let songs = own().filter(|row| row.state == "completed").count();
            let complaint = format!("person {person}: {charges} charges for {songs} songs");
            (charges != songs).then_some(complaint)
        };
        people.filter_map(complaint).collect()
    }

    /// Prints how many jobs came to which end.
    pub(crate) fn print(&self, asked: &[Asked], town: &Town) {
        println!(
            "{:5} songs asked for, {} taken in by Whisul",
            asked.len(),
            town.whisul.jobs().len()
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

/// One use of the command, seen from all sides.
struct Case<'a> {
    asked: &'a Asked,
    row: Option<&'a Row>,
    /// The answer.
    message: Option<Message>,
    /// Messages about it that answer nothing.
    posted: Vec<&'a Message>,
    /// What Whisul made of its prompt.
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
        must(self.taken.len() <= 1, "Whisul took its prompt more than once");
        must(self.posted.len() <= 1, "a message about it was posted twice");
        must(self.asked.invocation.follow_ups().is_empty(), "it has two answers");
        let told = self.message.as_ref().map(Told::by);
        let Some(row) = self.row else {
            must(matches!(told, None | Some(Told::Refusal)), "people were told of it, no row is");
            must(self.taken.is_empty(), "Whisul took its prompt, and no row tells of it");
            return wrong;
        };
        must(row.settled, "it is not settled");
        for job in self.taken {
            let stood = self.message.as_ref().is_some_and(|it| it.created < job.accepted_at);
            must(stood, "it was submitted before its first answer stood");
        }
        must(row.state != "completed" || !self.taken.is_empty(), "a song came from nowhere");
        must(!self.is_betrayed(row), "a song that was made is refunded");
        wrong.extend(self.audit_outcome(row));
        wrong
    }

    /// Whether Whisul made the song and the bot, which knew of it, calls it failed.
    fn is_betrayed(&self, row: &Row) -> bool {
        let made = !matches!(self.asked.kind, Kind::Fails | Kind::Vanishes);
        made && row.state == "failed" && row.failure != "unknown_fate" && !self.taken.is_empty()
    }

    /// Every job that people were told about has one outcome, in one place.
    fn audit_outcome(&self, row: &Row) -> Vec<String> {
        let shown: Vec<Told> = self
            .message
            .iter()
            .chain(self.posted.iter().copied())
            .filter(|message| !message.deleted)
            .map(Told::by)
            .collect();
        let outcomes: Vec<Told> = shown.iter().copied().filter(|told| told.is_outcome()).collect();
        let deleted = self.message.as_ref().is_none_or(|message| message.deleted);
        let mut wrong = Vec::new();
        if outcomes.iter().any(|told| told.state() != row.state) {
            wrong.push(format!("it is {}, but {outcomes:?} is shown", row.state));
        }
        let fits = match (row.state.as_str(), row.delivery.as_str()) {
            ("abandoned", _) => shown.is_empty() || shown == [Told::Refusal],
            // What stands where only a void token reached can't be looked at.
            (_, "delivered") if self.asked.by_visitor && outcomes.len() == 2 => true,
            (_, "delivered") => outcomes.len() == 1 || (deleted && outcomes.is_empty()),
            (_, "undeliverable") => outcomes.is_empty() && deleted,
            _ => false,
        };
        if !fits {
            wrong.push(format!("{} and {}, but {shown:?} is shown", row.state, row.delivery));
        }
        let revisions = self.message.iter().flat_map(|message| &message.revisions);
        let told: Vec<Told> = revisions.map(|revision| Told::by_json(&revision.json)).collect();
        let mut outcomes = told.iter().skip_while(|told| !told.is_outcome());
        let first = outcomes.next();
        if !outcomes.all(|told| Some(told) == first) {
            wrong.push(format!("its outcome changed: {told:?}"));
        }
        wrong
    }
}
