//! What people read about how long things take.

use super::relative;
use crate::domain::{Rough, Span, Timestamp, Unit, Wait};

/// When Whisul began. Nobody may edit a message any more while somebody reads it, so what is said
/// about a running song stays true: nothing here counts down to a time that may pass.
pub fn started(since: Timestamp) -> String {
    format!("Started {}.", relative(since))
}

/// The same, with how long songs usually take. Nothing promises the longer time: one in five takes
/// longer.
pub fn takes_usually(since: Timestamp, usual: Span) -> String {
    let (about, bound) = span(usual);
    let bound = bound.map(|bound| format!("; most are done within {bound}")).unwrap_or_default();
    format!("{} Songs usually take about {about}{bound}.", started(since))
}

/// The same for a song that takes longer than nearly all others did.
pub fn takes_longer(since: Timestamp) -> String {
    let started = started(since);
    format!("{started} This one is taking longer than usual. Whisul is still working on it.")
}

/// A duration that nobody knows for sure: "4 minutes", and "9" or "2 hours", which some exceed.
fn span(Span { typical, most }: Span) -> (String, Option<String>) {
    let (about, bound) = (Rough::nearest(typical), Rough::at_least(most));
    let bound = match bound {
        _ if most <= typical || bound == about => None,
        Rough { count, unit } if unit == about.unit => Some(count.to_string()),
        _ => Some(rough(bound)),
    };
    (rough(about), bound)
}

fn rough(Rough { count, unit }: Rough) -> String {
    let unit = match unit {
        Unit::Second => "second",
        Unit::Minute => "minute",
        Unit::Hour => "hour",
    };
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {unit}{plural}")
}

/// How long somebody waits in line. The time of day says from when on, so that this stays true.
pub fn wait(Wait { at, span: waits, .. }: &Wait) -> String {
    let (about, bound) = span(*waits);
    let bound = bound.map(|bound| format!(", rarely more than {bound}")).unwrap_or_default();
    format!("About {about} to wait{bound} (estimated at <t:{}:t>).", at.seconds())
}
