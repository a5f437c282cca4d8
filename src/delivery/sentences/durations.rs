//! What people read about how long things take.

use super::relative;
use crate::domain::{Rough, Span, Timestamp, Unit, Wait};

/// When Whisul began. Nobody may edit a message any more while somebody reads it, so what is said
/// about a running song stays true: nothing here counts down to a time that may pass.
pub fn started(since: Timestamp) -> String {
    format!("Started {}.", relative(since))
}

/// The same, with how long songs usually take.
pub fn takes_usually(since: Timestamp, usual: Span) -> String {
    format!("{} Songs usually take {}.", started(since), span(usual))
}

/// The same for a song that takes longer than nearly all others did.
pub fn takes_longer(since: Timestamp) -> String {
    let started = started(since);
    format!("{started} This one is taking longer than usual. Whisul is still working on it.")
}

/// A duration that nobody knows for sure: "about 4 minutes, at most 9".
pub(super) fn span(Span { typical, most }: Span) -> String {
    let (about, bound) = (Rough::nearest(typical), Rough::at_least(most));
    match bound {
        _ if most <= typical || bound == about => format!("about {}", rough(about)),
        Rough { count, unit } if unit == about.unit => {
            format!("about {}, at most {count}", rough(about))
        }
        _ => format!("about {}, at most {}", rough(about), rough(bound)),
    }
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
    format!("Estimated wait at <t:{}:t>: {}.", at.seconds(), span(*waits))
}
