//! What a receiver gets: the JSON that `docs/alerts.md` describes.

use serde::Serialize;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use super::alert::Alert;

/// The body of an alert. The outer form is that of Standard Webhooks.
#[derive(Debug, Serialize)]
pub(super) struct AlertBody {
    r#type: String,
    timestamp: String,
    data: AlertData,
    /// The sentence where Discord's webhooks look for it,
    content: &'static str,
    /// and where those of Slack and its kin do.
    text: &'static str,
    /// Discord pings nobody, whatever the sentence says.
    allowed_mentions: AllowedMentions,
}

#[derive(Debug, Serialize)]
struct AlertData {
    cause: &'static str,
    state: &'static str,
    message: &'static str,
    bot: &'static str,
    version: &'static str,
}

#[derive(Debug, Serialize)]
struct AllowedMentions {
    parse: [&'static str; 0],
}

impl AlertBody {
    pub(super) fn of(Alert { cause, state, at }: Alert) -> Self {
        let message = cause.sentence(state);
        let nanos = i128::from(at.millis()) * 1_000_000;
        let at = OffsetDateTime::from_unix_timestamp_nanos(nanos).ok();
        Self {
            r#type: format!("alert.{}", state.name()),
            // A clock that is thousands of years off has no such form.
            timestamp: at.and_then(|at| at.format(&Rfc3339).ok()).unwrap_or_default(),
            data: AlertData {
                cause: cause.name(),
                state: state.name(),
                message,
                bot: env!("CARGO_PKG_NAME"),
                version: env!("CARGO_PKG_VERSION"),
            },
            content: message,
            text: message,
            allowed_mentions: AllowedMentions { parse: [] },
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::{
        domain::Timestamp,
        ops::alerts::cause::{AlertCause, AlertState},
    };

    #[test]
    fn a_payload_is_the_one_of_the_documentation() {
        let at = Timestamp::from_millis(1_764_507_600_250);
        let alert = Alert { cause: AlertCause::KeyRefused, state: AlertState::Started, at };
        let payload = serde_json::to_value(AlertBody::of(alert)).unwrap();
        let page = include_str!("../../../docs/alerts.md");
        let example = page.split("```json\n").nth(1).unwrap().split("```").next().unwrap();
        let example = example.replace("0.1.0", env!("CARGO_PKG_VERSION"));
        assert_eq!(payload, serde_json::from_str::<serde_json::Value>(&example).unwrap());
    }

    #[test]
    fn the_documentation_names_every_cause() {
        let page = include_str!("../../../docs/alerts.md");
        let names: BTreeSet<_> = AlertCause::ALL.into_iter().map(AlertCause::name).collect();
        assert_eq!(names.len(), AlertCause::ALL.len());
        for name in names {
            assert!(page.contains(&format!("| `{name}` |")), "{name}");
        }
    }

    #[test]
    fn what_people_are_told_fits_into_a_message_of_discords() {
        for cause in AlertCause::ALL {
            for state in [AlertState::Started, AlertState::Ended, AlertState::Happened] {
                assert!(cause.sentence(state).len() <= 2000);
            }
        }
    }
}
