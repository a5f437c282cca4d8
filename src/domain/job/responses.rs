//! What the responses of Discord and Whisul mean for a job.

use std::time::Duration;

use crate::domain::{
    Event, Failure, Job, MessageAccess, MessageId, Song, State, Timestamp, WhisulJob,
};

/// What is known about a job's first response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FirstResponse {
    /// The message exists.
    Posted {
        /// The message that it is.
        message: MessageId,
        /// Whether only the requester sees it.
        ephemeral: bool,
    },
    /// Discord refused it, or has none.
    NotPosted,
    /// It existed, until a person deleted it.
    Deleted,
    /// Nobody can tell at present.
    Unknown,
}

/// What became of a submission.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Submission {
    /// Whisul took the prompt.
    Taken(WhisulJob),
    /// Whisul will not take this prompt.
    Rejected {
        /// What Whisul says about it.
        reason: Option<String>,
    },
    /// Whisul answered with something that it doesn't document, and made no job of it.
    Undocumented,
    /// Whisul surely took nothing in; another time it may.
    NotTaken,
    /// Nobody can tell whether Whisul took the prompt.
    UnknownOutcome,
}

/// How a song stands at Whisul.
#[derive(Clone, Debug, PartialEq)]
pub enum Report {
    /// Whisul is composing, or says something that means neither success nor failure.
    Running,
    /// There is a song.
    Completed {
        /// The song.
        song: Song,
        /// How long Whisul worked on it, by its own clock.
        took: Option<Duration>,
    },
    /// Whisul says that the job is over, and names no song and no failure.
    Songless,
    /// There will be no song.
    Failed {
        /// What Whisul says about it.
        reason: Option<String>,
    },
    /// Whisul does not know the job: it has expired, or was lost.
    Vanished,
}

impl Report {
    /// Whether it says that there will be no song although Whisul never said that it failed: then
    /// one report alone proves nothing.
    pub(in crate::domain) fn may_be_mistaken(&self) -> bool {
        matches!(self, Self::Vanished | Self::Songless)
    }
}

impl FirstResponse {
    /// The same, where an earlier try is of unknown outcome: a later one that was refused does not
    /// say that the earlier one does not exist.
    #[must_use]
    pub fn after_unknown(self) -> Self {
        match self {
            Self::NotPosted => Self::Unknown,
            known => known,
        }
    }
}

impl Submission {
    /// What it means for its job.
    pub fn event(self, at: Timestamp) -> Event {
        match self {
            Self::Taken(whisul_job) => Event::Taken { whisul_job, at },
            Self::Rejected { reason } => Event::Failed(Failure::Rejected { reason }),
            Self::Undocumented => Event::Failed(Failure::Undocumented),
            Self::NotTaken => Event::NotTaken,
            // Submitting again could pay twice.
            Self::UnknownOutcome => Event::Failed(Failure::UnknownOutcome),
        }
    }
}

impl Job {
    /// What is known about its first response means this for it; `None` while nothing is known.
    ///
    /// `token_lives` says whether the interaction's token surely lives: this run of the bot took the
    /// interaction in less than 15 minutes ago. No clock that can be wrong may decide that.
    pub fn event_for_response(&self, response: FirstResponse, token_lives: bool) -> Option<Event> {
        match response {
            FirstResponse::Posted { message, ephemeral } => {
                // A message that only its requester sees is out of the bot's reach.
                let access = if ephemeral { MessageAccess::TokenOnly } else { self.place.access };
                Some(Event::ResponsePosted { message, access })
            }
            // A void token finds no response, whether there is one or not.
            FirstResponse::NotPosted if !token_lives => Some(Event::Failed(Failure::TooLate)),
            FirstResponse::NotPosted | FirstResponse::Deleted => Some(Event::ResponseFailed),
            FirstResponse::Unknown => None,
        }
    }

    /// What a report on its song means for it; `None` while the song is being made. `now` is the
    /// time, and `patient` says whether the bot has not watched the song for too long yet.
    ///
    /// Only a report that says "running" ends the patience: outages and downtime don't.
    pub fn event_for_report(&self, report: Report, now: Timestamp, patient: bool) -> Option<Event> {
        let State::Running { since, .. } = &self.state else { return None };
        match report {
            Report::Running if patient => None,
            Report::Running => Some(Event::Failed(Failure::GivenUp)),
            Report::Completed { song, took } => {
                // Whisul knows best when it was done, even if nobody asked for a while.
                let at = took.map_or(now, |took| since.saturating_add(took));
                Some(Event::Finished { song, at })
            }
            Report::Songless => Some(Event::Failed(Failure::Songless)),
            Report::Failed { reason } => Some(Event::Failed(Failure::Generation { reason })),
            Report::Vanished => Some(Event::Failed(Failure::Vanished)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Charge, JobId, UserId, fixtures, fixtures::whisul_job};

    const NOW: Timestamp = Timestamp::from_millis(100_000);

    fn job(state: State) -> Job {
        Job { state, ..fixtures::job(JobId(1), UserId(2)) }
    }

    #[test]
    fn only_an_answer_that_surely_does_not_stand_abandons_a_job() {
        let job = job(State::Accepted);
        let answered = |response, token_lives| job.event_for_response(response, token_lives);
        let too_late = Some(Event::Failed(Failure::TooLate));
        assert_eq!(answered(FirstResponse::NotPosted, true), Some(Event::ResponseFailed));
        assert_eq!(answered(FirstResponse::NotPosted, false), too_late, "it may exist unseen");
        for token_lives in [true, false] {
            assert_eq!(answered(FirstResponse::Deleted, token_lives), Some(Event::ResponseFailed));
            assert_eq!(answered(FirstResponse::Unknown, token_lives), None);
        }
    }

    #[test]
    fn after_an_attempt_of_unknown_fate_a_missing_answer_proves_nothing() {
        assert_eq!(FirstResponse::NotPosted.after_unknown(), FirstResponse::Unknown);
        let posted = FirstResponse::Posted { message: MessageId(9), ephemeral: false };
        for known in [posted, FirstResponse::Deleted, FirstResponse::Unknown] {
            assert_eq!(known.after_unknown(), known);
        }
    }

    #[test]
    fn what_only_its_requester_sees_is_reached_by_the_token_alone() {
        for (ephemeral, access) in
            [(true, MessageAccess::TokenOnly), (false, MessageAccess::Channel)]
        {
            let response = FirstResponse::Posted { message: MessageId(9), ephemeral };
            let event = job(State::Accepted).event_for_response(response, true).unwrap();
            let announced = job(State::Accepted).after(event).unwrap();
            assert_eq!(announced.place.access, access);
        }
    }

    #[test]
    fn a_prompt_is_submitted_again_only_if_whisul_surely_did_not_take_it() {
        for (submission, charge) in [
            (Submission::Taken(whisul_job()), Charge::Full),
            (Submission::Rejected { reason: None }, Charge::None),
            (Submission::Undocumented, Charge::None),
            (Submission::NotTaken, Charge::Full),
            (Submission::UnknownOutcome, Charge::KeyOnly),
        ] {
            let after = job(State::Submitting).after(submission.clone().event(NOW)).unwrap();
            let is_free = submission == Submission::NotTaken;
            assert_eq!(after.awaits_turn(), is_free, "{submission:?}");
            assert_eq!(after.charge, charge, "{submission:?}");
        }
    }

    #[test]
    fn a_song_took_as_long_as_whisul_says() {
        let since = Timestamp::from_millis(10_000);
        let running = job(State::Running { whisul_job: whisul_job(), since });
        let took = |took| {
            let report = Report::Completed { song: Song::default(), took };
            // Whatever the patience: there is a song.
            let event = running.event_for_report(report, NOW, false).unwrap();
            match running.after(event).unwrap().state {
                State::Completed { took, .. } => took,
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(took(Some(Duration::from_secs(61))), Duration::from_secs(61));
        assert_eq!(took(None), Duration::from_secs(90));
        assert_eq!(running.event_for_report(Report::Running, NOW, true), None);
        let given_up = Some(Event::Failed(Failure::GivenUp));
        assert_eq!(running.event_for_report(Report::Running, NOW, false), given_up);
    }
}
