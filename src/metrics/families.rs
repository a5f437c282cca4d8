//! The families of counters and histograms.

use std::time::Duration;

use prometheus::{HistogramVec, IntCounter, IntCounterVec, Registry, proto::MetricFamily};

use super::Registrar;

/// Seconds: requests, commands and writes.
const SHORT: [f64; 9] = [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 3.0, 10.0];
/// Seconds: what a song waits for.
const LONG: [f64; 10] = [1.0, 5.0, 15.0, 30.0, 60.0, 120.0, 300.0, 900.0, 3600.0, 21600.0];

/// Where a request goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Service {
    /// Discord's REST API.
    Discord,
    /// The Whisul API.
    Whisul,
}

/// A part of a song's way that takes time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum JobStage {
    /// From the command until Whisul takes the prompt.
    Queue,
    /// From then on until there is a song.
    Song,
    /// From the command until the outcome has reached Discord.
    Total,
}

/// All of them.
#[derive(Debug)]
pub(crate) struct Families {
    registry: Registry,
    requests: IntCounterVec,
    request_seconds: HistogramVec,
    usage: Usage,
    jobs: JobOutcomes,
    database_seconds: HistogramVec,
    database_errors: IntCounterVec,
    alerts: IntCounterVec,
}

/// What people do, and what they see of it.
#[derive(Debug)]
struct Usage {
    interactions: IntCounterVec,
    interaction_seconds: HistogramVec,
    refusals: IntCounterVec,
    edits: IntCounter,
    saved_edits: IntCounter,
}

/// What becomes of songs.
#[derive(Debug)]
struct JobOutcomes {
    polls: IntCounterVec,
    ended: IntCounterVec,
    deliveries: IntCounterVec,
    stage_seconds: HistogramVec,
    recovered: IntCounter,
}

impl Default for Families {
    fn default() -> Self {
        let register = Registrar::default();
        Self {
            requests: register.counters(
                "http_requests_total",
                "Requests that left the bot, by service and by the class of the response's status",
                &["service", "outcome"],
            ),
            request_seconds: register.histograms(
                "http_request_duration_seconds",
                "Until the response's status, by service",
                "service",
                &SHORT,
            ),
            usage: Usage::registered(&register),
            jobs: JobOutcomes::registered(&register),
            database_seconds: register.histograms(
                "database_operation_duration_seconds",
                "Operations of the database, by kind; a write includes its turn and its sync to disk",
                "kind",
                &SHORT,
            ),
            database_errors: register.counters(
                "database_errors_total",
                "Operations of the database that failed",
                &["kind"],
            ),
            alerts: register.counters(
                "alerts_total",
                "Alerts for the webhook, by whether it took them",
                &["outcome"],
            ),
            registry: register.into_registry(),
        }
    }
}

impl Usage {
    fn registered(register: &Registrar) -> Self {
        Self {
            interactions: register.counters(
                "interactions_total",
                "Uses of commands, buttons and forms, by what was used",
                &["used"],
            ),
            interaction_seconds: register.histograms(
                "interaction_duration_seconds",
                "Until an interaction was dealt with, its first response included",
                "used",
                &SHORT,
            ),
            refusals: register.counters(
                "quota_refusals_total",
                "Songs refused by a limit",
                &["limit"],
            ),
            edits: register.counter("message_edits_total", "Edits of messages that show progress"),
            saved_edits: register.counter(
                "message_edits_saved_total",
                "Edits left out, since the message would have looked the same",
            ),
        }
    }
}

impl JobOutcomes {
    fn registered(register: &Registrar) -> Self {
        Self {
            polls: register.counters(
                "polls_total",
                "Questions to Whisul about a song, by whether the response could be read",
                &["outcome"],
            ),
            ended: register.counters(
                "jobs_ended_total",
                "Songs asked for that have an outcome, by what that is",
                &["state"],
            ),
            deliveries: register.counters(
                "deliveries_total",
                "Outcomes on their way to Discord, by whether they arrived",
                &["outcome"],
            ),
            stage_seconds: register.histograms(
                "job_stage_duration_seconds",
                "From the command to Whisul's acceptance (queue), from there to the song (song), and \
                 from the command to the delivered outcome (total)",
                "stage",
                &LONG,
            ),
            recovered: register.counter(
                "jobs_recovered_total",
                "Unfinished songs of the run before, taken up at the start",
            ),
        }
    }
}

impl Families {
    /// All that was counted.
    pub(crate) fn gather(&self) -> Vec<MetricFamily> {
        self.registry.gather()
    }

    /// A request has left the bot, and was answered with this status or with none.
    pub(crate) fn requested(&self, service: Service, status: Option<u16>, took: Duration) {
        let service = match service {
            Service::Discord => "discord",
            Service::Whisul => "whisul",
        };
        let outcome = match status {
            None => "no_response",
            Some(429) => "429",
            Some(200..300) => "2xx",
            Some(300..400) => "3xx",
            Some(400..500) => "4xx",
            Some(500..600) => "5xx",
            Some(_) => "other",
        };
        self.requests.with_label_values(&[service, outcome]).inc();
        self.request_seconds.with_label_values(&[service]).observe(took.as_secs_f64());
    }

    /// An interaction has been dealt with. `used` comes from a fixed list.
    pub(crate) fn interaction(&self, used: &str, took: Duration) {
        self.usage.interactions.with_label_values(&[used]).inc();
        self.usage.interaction_seconds.with_label_values(&[used]).observe(took.as_secs_f64());
    }

    /// Whisul was asked how a song is.
    pub(crate) fn polled(&self, is_read: bool) {
        self.jobs.polls.with_label_values(&[if is_read { "read" } else { "failed" }]).inc();
    }

    /// A message was edited to show progress.
    pub(crate) fn edited(&self) {
        self.usage.edits.inc();
    }

    /// An edit was left out.
    pub(crate) fn saved_edit(&self) {
        self.usage.saved_edits.inc();
    }

    /// A limit, by its name, refused a song.
    pub(crate) fn refused(&self, limit: &str) {
        self.usage.refusals.with_label_values(&[limit]).inc();
    }

    /// A job has an outcome: the name of its last state.
    pub(crate) fn ended(&self, state: &str) {
        self.jobs.ended.with_label_values(&[state]).inc();
    }

    /// An outcome has reached Discord, or never will.
    pub(crate) fn delivered(&self, arrived: bool) {
        let outcome = if arrived { "delivered" } else { "undeliverable" };
        self.jobs.deliveries.with_label_values(&[outcome]).inc();
    }

    /// A job has left a stage.
    pub(crate) fn left(&self, stage: JobStage, after: Duration) {
        let stage = match stage {
            JobStage::Queue => "queue",
            JobStage::Song => "song",
            JobStage::Total => "total",
        };
        self.jobs.stage_seconds.with_label_values(&[stage]).observe(after.as_secs_f64());
    }

    /// Jobs of the run before were taken up.
    pub(crate) fn recovered(&self, jobs: usize) {
        self.jobs.recovered.inc_by(u64::try_from(jobs).unwrap_or(u64::MAX));
    }

    /// The database has done something, or failed to.
    pub(crate) fn database(&self, is_write: bool, succeeded: bool, took: Duration) {
        let kind = if is_write { "write" } else { "read" };
        self.database_seconds.with_label_values(&[kind]).observe(took.as_secs_f64());
        if !succeeded {
            self.database_errors.with_label_values(&[kind]).inc();
        }
    }

    /// The webhook has taken an alert, or never will.
    pub(crate) fn alerted(&self, was_taken: bool) {
        let outcome = if was_taken { "delivered" } else { "failed" };
        self.alerts.with_label_values(&[outcome]).inc();
    }
}
