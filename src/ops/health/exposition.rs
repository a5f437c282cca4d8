//! `/metrics`, in Prometheus' text format.

use prometheus::TextEncoder;
use tracing::error;

use super::{Health, snapshot::Snapshot};
use crate::{domain::Obstacle, metrics::Registrar};

/// Everything that was counted, and what is so at this moment.
pub(super) async fn render(health: &Health) -> String {
    let current = Registrar::default();
    describe(&current, &Snapshot::of(health).await);
    let mut families = health.jobs.metrics().families().gather();
    families.extend(current.into_registry().gather());
    TextEncoder::new().encode_to_string(&families).unwrap_or_else(|error| {
        error!(%error, "the metrics can't be written as text");
        String::new()
    })
}

fn describe(to: &Registrar, now: &Snapshot) {
    let version = [(env!("CARGO_PKG_VERSION"), 1.0)];
    to.gauges("build_info", "The version of the program", "version", version);
    let is = |judgement: bool| if judgement { 1.0 } else { 0.0 };
    to.gauge("alive", "Whether /healthz is green", is(now.alive.is_good()));
    to.gauge("ready", "Whether /readyz is green", is(now.ready.is_good()));
    let ages =
        now.ages.iter().filter_map(|(event, age)| Some((*event, age.as_ref()?.as_secs_f64())));
    to.gauges("last_event_age_seconds", "Since this last happened", "event", ages);
    let names = [
        (Obstacle::Unreachable, "unreachable"),
        (Obstacle::Busy, "busy"),
        (Obstacle::BadKey, "bad_key"),
        (Obstacle::OutOfCredit, "out_of_credit"),
    ];
    let help =
        "Whether this keeps songs from Whisul: the circuit breaker is open, or holds prompts";
    let obstacles = names.map(|(obstacle, name)| (name, is(now.obstacle == Some(obstacle))));
    to.gauges("circuit_breaker_open", help, "obstacle", obstacles);
    if let Some(jobs) = &now.jobs {
        #[expect(clippy::cast_precision_loss, reason = "no database holds 2^52 jobs")]
        let jobs = jobs.iter().map(|(state, count)| (state.as_str(), *count as f64));
        to.gauges("jobs", "Unfinished songs, by the state of their job", "state", jobs);
    }
    describe_process(to, now);
}

#[expect(clippy::cast_precision_loss, reason = "bytes and descriptors stay far below 2^52")]
fn describe_process(to: &Registrar, now: &Snapshot) {
    let process = &now.process;
    if let Some(bytes) = process.resident_bytes {
        to.common_gauge("process_resident_memory_bytes", "Memory in use", bytes as f64);
    }
    if let Some(seconds) = process.cpu_seconds {
        to.common_counter("process_cpu_seconds_total", "Processor time used", seconds);
    }
    if let Some(open) = process.open_descriptors {
        to.common_gauge("process_open_fds", "Open files and connections", open as f64);
    }
    if let Some(most) = process.most_descriptors {
        to.common_gauge("process_max_fds", "How many files may be open", most as f64);
    }
}
