//! What others were told, and what must be on disk from then on.

use std::collections::BTreeMap;

use serde_json::json;

use crate::{
    requests::Request,
    rows::{JobRow, Rows},
};

/// The number of kinds of facts.
pub(crate) const KINDS: usize = 8;

/// What somebody was told.
pub(crate) struct Told {
    /// The number of events before.
    pub(crate) sent: usize,
    pub(crate) fact: Fact,
}

/// What follows from that for the database.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fact {
    /// A person sees that a job waits or runs.
    Accepted(u64),
    /// A person was told that the quota is used up: they have so many jobs.
    Refused { person: u64, jobs: usize },
    /// Whisul has its prompt.
    Submitted(u64),
    /// Whisul was asked how it stands.
    Running(u64),
    /// People see its outcome.
    Ended(u64),
    /// A message of its own shows its outcome.
    Posted(u64),
    /// An admin was told that this was recorded.
    Recorded(u64),
    /// A person was told that their songs are forgotten.
    Forgotten(u64),
}

/// What is needed to understand requests.
pub(crate) struct Context {
    /// In the end.
    pub(crate) rows: Rows,
    /// Each request for a song: the interaction and the person.
    pub(crate) asked: BTreeMap<u64, u64>,
    /// Prompts by their jobs.
    pub(crate) prompts: BTreeMap<String, u64>,
    /// Jobs by what Whisul calls them.
    pub(crate) whisul_jobs: BTreeMap<String, u64>,
    /// The clicks with which people had their songs forgotten: the interaction and the person.
    pub(crate) forgetting: BTreeMap<u64, u64>,
    /// The songs that a person may ask for.
    pub(crate) quota: usize,
}

/// The type of a response that only says that one will come (Discord docs, Receiving and Responding).
const DEFERRED: u64 = 5;

impl Context {
    /// All that others were told, in order.
    pub(crate) fn told(&self, requests: &[Request]) -> Vec<Told> {
        let mut told = Vec::new();
        // The interactions by their tokens.
        let mut interactions = BTreeMap::new();
        for request in requests {
            let facts = match (request.method.as_str(), &request.parts()[..]) {
                ("POST", ["api", "v10", "interactions", id, token, "callback"]) => {
                    let id = id.parse().unwrap();
                    interactions.insert((*token).to_owned(), id);
                    let is_deferral = request.json()["type"] == json!(DEFERRED);
                    if is_deferral { Vec::new() } else { self.by_response(id, request) }
                }
                (_, ["api", "v10", "webhooks", _, token, ..]) if request.method != "GET" => {
                    let id = interactions.get(*token);
                    id.map_or_else(Vec::new, |id| self.by_response(*id, request))
                }
                ("POST", ["api", "v10", "channels", _, "messages"]) => {
                    let shown = Self::by_message(request);
                    let posted = shown.iter().filter_map(|fact| match fact {
                        Fact::Ended(job) => Some(Fact::Posted(*job)),
                        _ => None,
                    });
                    posted.collect::<Vec<_>>().into_iter().chain(shown).collect()
                }
                ("PATCH", ["api", "v10", "channels", ..]) => Self::by_message(request),
                ("POST", ["api", "generate"]) => {
                    let prompt = request.json()["prompt"].as_str().expect("a prompt").to_owned();
                    vec![Fact::Submitted(self.prompts[&prompt])]
                }
                ("GET", ["api", "jobs", id]) => {
                    let job = self.whisul_jobs.get(*id);
                    job.map(|job| Fact::Running(*job)).into_iter().collect()
                }
                _ => Vec::new(),
            };
            told.extend(facts.into_iter().map(|fact| Told { sent: request.sent, fact }));
        }
        told
    }

    /// What a response to an interaction says.
    fn by_response(&self, interaction: u64, request: &Request) -> Vec<Fact> {
        let mut facts = Self::by_message(request);
        if self.rows.actions.contains(&interaction) {
            facts.push(Fact::Recorded(interaction));
        }
        if let Some(person) = self.forgetting.get(&interaction) {
            facts.push(Fact::Forgotten(*person));
        }
        if let Some(person) = self.asked.get(&interaction)
            && !self.rows.jobs.contains_key(&interaction)
        {
            facts.push(Fact::Refused { person: *person, jobs: self.quota });
        }
        facts
    }

    /// What a song's message says, by its buttons: those of an outcome differ from those before it.
    fn by_message(request: &Request) -> Vec<Fact> {
        let facts = request.buttons().into_iter().filter_map(|(click, job)| match click.as_str() {
            "cancel" => Some(Fact::Accepted(job)),
            "again" => Some(Fact::Ended(job)),
            _ => None,
        });
        facts.collect()
    }
}

impl Fact {
    /// Whether a database holds what follows from it. `end` is what it held in the end.
    pub(crate) fn is_kept(&self, rows: &Rows, end: &Rows) -> bool {
        let is = |job, holds: &dyn Fn(&JobRow) -> bool| rows.jobs.get(job).is_some_and(holds);
        let submitting = |row: &JobRow| row.progress() >= 2;
        match self {
            Self::Accepted(job) => rows.jobs.contains_key(job),
            Self::Submitted(job) => is(job, &submitting),
            Self::Running(job) => is(job, &|row| row.progress() >= 3),
            Self::Ended(job) => is(job, &|row| row.outcome() == end.jobs[job].outcome()),
            Self::Posted(job) => is(job, &|row| row.delivery != "pending"),
            Self::Recorded(action) => rows.actions.contains(action),
            Self::Refused { person, jobs } => {
                let own = rows.jobs.values().filter(|row| row.requester == *person);
                own.count() >= *jobs
            }
            Self::Forgotten(person) => {
                let mut own = rows.jobs.values().filter(|row| row.requester == *person);
                own.all(|row| row.prompt.is_empty())
            }
        }
    }

    /// The name of its kind.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Accepted(_) => "accepted",
            Self::Refused { .. } => "quota used up",
            Self::Submitted(_) => "submitted",
            Self::Running(_) => "running",
            Self::Ended(_) => "outcome",
            Self::Posted(_) => "posted",
            Self::Recorded(_) => "admin action",
            Self::Forgotten(_) => "forgotten",
        }
    }
}
