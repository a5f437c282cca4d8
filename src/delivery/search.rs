//! Finding a message of the bot's own again, when nobody knows whether it was posted.

use serde::Deserialize;

use super::{
    Discord, DiscordError, Posted,
    discord::{PAGE, PostedMessage},
    read::{Identified, or_default, readable},
    sentences,
};
use crate::domain::{Action, ChannelId, JobId, MessageId, RunId};

/// How many pages of messages are looked through.
const PAGES: u32 = 10;

impl Discord {
    /// Looks for the message that shows a job's outcome, back to when its song was asked for.
    /// `always_readable` says that a channel without a single message is empty, and not one whose
    /// history the bot may not read.
    ///
    /// # Errors
    /// [`DiscordError::MessageGone`] when there surely is none; [`DiscordError::NoAccess`] when the
    /// bot can't see far enough to tell.
    pub(super) async fn find_shown(
        &self,
        channel: ChannelId,
        job: JobId,
        always_readable: bool,
    ) -> Result<Posted, DiscordError> {
        self.find(channel, job, always_readable, |message| message.shows(job)).await
    }

    /// Looks for a job's first answer among the messages of its channel, in the same way. `run` is
    /// the run of the bot that gave it, if that is known.
    ///
    /// # Errors
    /// As above.
    pub(super) async fn find_first(
        &self,
        channel: ChannelId,
        job: JobId,
        run: Option<RunId>,
    ) -> Result<Posted, DiscordError> {
        self.find(channel, job, false, |message| message.is_first_of(job, run)).await
    }

    /// A message of the bot's that takes no more edits, if an earlier one has brought the outcome.
    ///
    /// # Errors
    /// [`DiscordError::TooManyEdits`] when it shows how far the job was.
    pub(super) async fn find_outcome(
        &self,
        channel: ChannelId,
        id: MessageId,
        job: JobId,
    ) -> Result<Posted, DiscordError> {
        let message = self.message(channel, id).await?;
        if message.has_outcome_of(job) {
            Ok(message.posted(channel))
        } else {
            Err(DiscordError::TooManyEdits)
        }
    }

    async fn find(
        &self,
        channel: ChannelId,
        job: JobId,
        always_readable: bool,
        fits: impl Fn(&SeenMessage) -> bool,
    ) -> Result<Posted, DiscordError> {
        let mut before = None;
        for page in 0..PAGES {
            let messages = self.messages(channel, before).await?;
            if let Some(found) = messages.iter().find(|message| fits(message)) {
                return Ok(found.posted(channel));
            }
            let Some(last) = messages.last() else {
                let readable = always_readable || page > 0;
                let error =
                    if readable { DiscordError::MessageGone } else { DiscordError::NoAccess };
                return Err(error);
            };
            let MessageId(oldest) = last.posted(channel).message;
            if messages.len() < PAGE || oldest < job.0 {
                return Err(DiscordError::MessageGone);
            }
            before = Some(MessageId(oldest));
        }
        Err(DiscordError::NoAccess)
    }
}

/// A message that somebody posted, as far as it takes to know one of the bot's own.
#[derive(Deserialize)]
pub(super) struct SeenMessage {
    #[serde(flatten)]
    posted: PostedMessage,
    author: Author,
    #[serde(default, deserialize_with = "or_default")]
    content: Option<String>,
    #[serde(default, deserialize_with = "readable")]
    components: Vec<SeenRow>,
    /// The interaction that it answers.
    interaction_metadata: Option<Identified>,
}

#[derive(Deserialize)]
struct Author {
    #[serde(default, deserialize_with = "or_default")]
    bot: bool,
}

/// A row of buttons, or of anything else.
#[derive(Deserialize)]
struct SeenRow {
    #[serde(default, deserialize_with = "readable")]
    components: Vec<SeenButton>,
}

#[derive(Deserialize)]
struct SeenButton {
    #[serde(default, deserialize_with = "or_default")]
    custom_id: Option<String>,
}

impl SeenMessage {
    /// Whether it is the bot's own and shows this job's outcome, in a message for that. What answers
    /// another interaction is the song shown once more.
    fn shows(&self, job: JobId) -> bool {
        let answered = self.interaction_metadata.map(|answered| answered.id.0);
        let of_its_own = answered.is_none_or(|answered| answered == job.0);
        self.author.bot && of_its_own && self.has_outcome_of(job)
    }

    /// Whether it shows this job's outcome: every outcome has a button to ask for the song again, and
    /// no earlier state has. People can't make buttons, and other bots have no reason to make these.
    /// Where Discord rejects buttons, the text begins with the song's number.
    fn has_outcome_of(&self, job: JobId) -> bool {
        let is_bare = self.content.as_deref().is_some_and(|text| sentences::is_bare(text, job));
        is_bare || self.actions().any(|action| action == Action::Again(job))
    }

    /// Whether it is the first answer of this job, given by this run of the bot if that is known: the
    /// only state in which that is looked for has a button to cancel.
    pub(super) fn is_first_of(&self, job: JobId, run: Option<RunId>) -> bool {
        self.actions().any(|action| match action {
            Action::Cancel { job: of, run: by } => of == job && (run.is_none() || by == run),
            _ => false,
        })
    }

    fn actions(&self) -> impl Iterator<Item = Action> {
        let buttons = self.components.iter().flat_map(|row| &row.components);
        buttons.filter_map(|button| Action::parse(button.custom_id.as_deref()?))
    }

    pub(super) fn posted(&self, asked_in: ChannelId) -> Posted {
        self.posted.posted(asked_in)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// A message with a button, in answer to an interaction or not.
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
        let shows = |button, answers, by_bot| seen(button, answers, by_bot).shows(JobId(7));
        assert!(shows("again:7", None, true));
        assert!(shows("again:7", Some("7"), true), "the first answer may show it, too");
        assert!(!shows("again:7", Some("8"), true), "the song was shown once more");
        assert!(!shows("again:8", None, true));
        assert!(!shows("cancel:7", None, true), "it still waited then");
        assert!(!shows("again:7", None, false));
    }

    #[test]
    fn an_outcome_without_buttons_is_known_by_the_songs_number() {
        let shows = |content: &str, job| {
            let message = json!({
                "id": "1", "channel_id": "2", "content": content, "author": { "bot": true },
            });
            serde_json::from_value::<SeenMessage>(message).unwrap().shows(JobId(job))
        };
        for has_song in [true, false] {
            assert!(shows(&sentences::bare(JobId(70), has_song), 70));
            assert!(!shows(&sentences::bare(JobId(70), has_song), 7));
            assert!(!shows(&sentences::bare(JobId(7), has_song), 70));
        }
        assert!(!shows("", 7));
    }

    #[test]
    fn a_first_answer_is_known_by_the_job_and_by_who_gave_it() {
        let first = |button, run| seen(button, Some("7"), true).is_first_of(JobId(7), run);
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
