//! The plan for a prompt.

use std::time::Duration;

use serde_json::Value;

use super::Raw;

/// How long a song takes and how it ends.
///
/// Until then, the job is `running`.
#[derive(Clone, Debug)]
pub struct Plan {
    pub(super) takes: Takes,
    /// The status while it takes its time.
    pub(super) status: String,
    pub(super) outcome: Outcome,
    /// The response to the prompt, and those to polls while it takes its time and afterwards, where
    /// they are not as usual.
    pub(super) accepted: Option<Raw>,
    pub(super) running: Option<Raw>,
    pub(super) ended: Option<Raw>,
    /// The status and the JSON with which the prompt itself is refused.
    pub(super) refusal: Option<(u16, String)>,
}

/// When a job ends.
#[derive(Clone, Copy, Debug)]
pub(super) enum Takes {
    /// As long as the sandbox's rules say.
    AsUsual,
    Exactly(Duration),
    UntilTold,
}

/// How a job ends.
#[derive(Clone, Debug)]
pub(super) enum Outcome {
    /// The usual result with these fields replaced, or left out where there is no value.
    Song(Vec<(String, Option<Value>)>),
    /// Completed with this as the whole result.
    Result(Value),
    Fails(Option<String>),
    Vanishes,
    /// This as the whole answer.
    Answer(Value),
}

impl Plan {
    /// A song is made from the prompt.
    #[must_use]
    pub fn song() -> Self {
        Self::ending(Outcome::Song(Vec::new()))
    }

    /// The job fails, with or without a reason.
    #[must_use]
    pub fn fails(reason: Option<&str>) -> Self {
        Self::ending(Outcome::Fails(reason.map(str::to_owned)))
    }

    /// The job is unknown afterwards (404), as one whose result has expired.
    #[must_use]
    pub fn vanishes() -> Self {
        Self::ending(Outcome::Vanishes)
    }

    /// A song is made, and meanwhile the job has a status that the documentation doesn't know.
    #[must_use]
    pub fn unknown_status(status: &str) -> Self {
        Self { status: status.to_owned(), ..Self::song() }
    }

    /// The job is answered with exactly this afterwards.
    #[must_use]
    pub fn answer(answer: Value) -> Self {
        Self::ending(Outcome::Answer(answer))
    }

    /// The prompt is taken in, and this is the response to it.
    #[must_use]
    pub fn accepted_as(self, raw: Raw) -> Self {
        Self { accepted: Some(raw), ..self }
    }

    /// Polls are answered like this while the job takes its time.
    #[must_use]
    pub fn running_as(self, raw: Raw) -> Self {
        Self { running: Some(raw), ..self }
    }

    /// Polls are answered like this afterwards.
    #[must_use]
    pub fn ended_as(self, raw: Raw) -> Self {
        Self { ended: Some(raw), ..self }
    }

    /// The prompt is not taken: it is answered with this status and JSON, as by a firewall that
    /// dislikes its words.
    #[must_use]
    pub fn refused(status: u16, json: &str) -> Self {
        Self { refusal: Some((status, json.to_owned())), ..Self::song() }
    }

    /// Takes this long.
    #[must_use]
    pub fn takes(mut self, duration: Duration) -> Self {
        self.takes = Takes::Exactly(duration);
        self
    }

    /// Takes until [`WhisulSandbox::finish`](super::WhisulSandbox::finish).
    #[must_use]
    pub fn until_told(mut self) -> Self {
        self.takes = Takes::UntilTold;
        self
    }

    /// Completes with this as the whole `result`, whatever it is.
    #[must_use]
    pub fn result(mut self, result: Value) -> Self {
        self.outcome = Outcome::Result(result);
        self
    }

    /// Completes with the usual `result`, in which this field has this value.
    #[must_use]
    pub fn with(self, field: &str, value: Value) -> Self {
        self.changing(field, Some(value))
    }

    /// Completes with the usual `result`, in which this field is missing.
    #[must_use]
    pub fn without(self, field: &str) -> Self {
        self.changing(field, None)
    }

    fn ending(outcome: Outcome) -> Self {
        Self {
            takes: Takes::AsUsual,
            status: "running".to_owned(),
            outcome,
            accepted: None,
            running: None,
            ended: None,
            refusal: None,
        }
    }

    fn changing(mut self, field: &str, value: Option<Value>) -> Self {
        let change = (field.to_owned(), value);
        match &mut self.outcome {
            Outcome::Song(changes) => changes.push(change),
            other => *other = Outcome::Song(vec![change]),
        }
        self
    }
}

/// A song that takes as long as the rules say.
impl Default for Plan {
    fn default() -> Self {
        Self::song()
    }
}
