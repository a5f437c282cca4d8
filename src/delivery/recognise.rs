//! Which messages are the bot's own about a job: by their buttons, not by what they say.

use crate::{
    discord_api::SeenMessage,
    domain::{Action, JobId, RunId},
};

/// Whether a message is the bot's own and shows this job's outcome, in a message for that. What answers
/// another interaction is the song shown once more.
pub(super) fn shows(message: &SeenMessage, job: JobId) -> bool {
    let of_its_own = message.answered().is_none_or(|answered| answered == job.0);
    message.is_by_bot() && of_its_own && has_outcome_of(message, job)
}

/// Whether a message shows this job's outcome: every outcome has a button to ask for the song
/// again, and no earlier state has. People can't make buttons, and other bots have no reason to
/// make these. Where Discord rejects buttons, the message names the job's id instead.
pub(super) fn has_outcome_of(message: &SeenMessage, job: JobId) -> bool {
    let mut actions = actions(message).peekable();
    if actions.peek().is_none() {
        return message.content().is_some_and(|content| names(content, job));
    }
    actions.any(|action| action == Action::Again(job))
}

/// Whether a text contains a job's id, whatever else it says.
fn names(text: &str, job: JobId) -> bool {
    let id = job.to_string();
    text.split(|c: char| !c.is_ascii_digit()).any(|number| number == id)
}

/// Whether a message is the first response of this job, given by this run of the bot if that is
/// known: the only state in which that is looked for has a button to cancel.
pub(super) fn is_first_of(message: &SeenMessage, job: JobId, run: Option<RunId>) -> bool {
    actions(message).any(|action| match action {
        Action::Cancel { job: of, run: by } => of == job && (run.is_none() || by == run),
        _ => false,
    })
}

fn actions(message: &SeenMessage) -> impl Iterator<Item = Action> {
    message.custom_ids().filter_map(Action::parse)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::messages::text;

    /// A message with a button, in response to an interaction or not.
    fn seen(button: &str, answers: Option<&str>, by_bot: bool) -> SeenMessage {
        let metadata = answers.map(|id| json!({ "id": id }));
        serde_json::from_value(json!({
            "id": "1",
            "channel_id": "2",
            "content": "",
            "author": { "bot": by_bot },
            "components": [{ "components": [{ "url": "https://a.example" }, { "custom_id": button }] }],
            "interaction_metadata": metadata,
        }))
        .unwrap()
    }

    #[test]
    fn an_outcome_is_known_by_its_own_button() {
        let shown = |button, answers, by_bot| shows(&seen(button, answers, by_bot), JobId(7));
        assert!(shown("again:7", None, true));
        assert!(shown("again:7", Some("7"), true), "the first response may show it, too");
        assert!(!shown("again:7", Some("8"), true), "the song was shown once more");
        assert!(!shown("again:8", None, true));
        assert!(!shown("cancel:7", None, true), "it still waited then");
        assert!(!shown("again:7", None, false));
    }

    #[test]
    fn an_outcome_without_buttons_is_known_by_the_jobs_id_in_any_sentence() {
        let shows = |content: &str, job| {
            let message = json!({
                "id": "1", "channel_id": "2", "content": content, "author": { "bot": true },
            });
            shows(&serde_json::from_value(message).unwrap(), JobId(job))
        };
        for has_song in [true, false] {
            assert!(shows(&text::bare(JobId(70), has_song), 70));
            assert!(!shows(&text::bare(JobId(70), has_song), 7));
            assert!(!shows(&text::bare(JobId(7), has_song), 70));
        }
        assert!(shows("Das Lied 70 ist fertig.", 70));
        assert!(!shows("", 7));
    }

    #[test]
    fn a_first_answer_is_known_by_the_job_and_by_who_gave_it() {
        let first = |button, run| is_first_of(&seen(button, Some("7"), true), JobId(7), run);
        let run = Some(RunId(0x2a));
        assert!(first("cancel:7:0000002a", run));
        assert!(first("cancel:7:0000002a", None), "an earlier run gave it");
        assert!(first("cancel:7", None), "an older version gave it");
        assert!(!first("cancel:7:0000002b", run), "another process gave it");
        assert!(!first("cancel:7", run), "another process of an older version gave it");
        assert!(!first("cancel:8:0000002a", run));
        assert!(!first("again:7", run));
    }
}
