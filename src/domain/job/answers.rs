//! What the answers of Discord and Whisul mean for a job.

use std::time::Duration;

use crate::domain::{
    Event, Failure, Job, MessageAccess, MessageId, Song, State, Timestamp, WhisulJob,
};

/// What is known about a job's first answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FirstAnswer {
    /// It stands.
    Stands {
        /// The message that it is.
        message: MessageId,
        /// Whether only the requester sees it.
        ephemeral: bool,
    },
    /// Discord refused it, or has none.
    Missing,
    /// It stood, until a person deleted it.
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
    Refused,
    /// Whisul surely took nothing in; another time it may.
    NotTaken,
    /// Nobody can tell whether Whisul took the prompt.
    Unknown,
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

impl FirstAnswer {
    /// The same, where an earlier try is of unknown fate: a later one that was refused does not
    /// say that the earlier one does not stand.
    #[must_use]
    pub fn after_unknown(self) -> Self {
        match self {
            Self::Missing => Self::Unknown,
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
            Self::Refused => Event::Failed(Failure::Refused),
            Self::NotTaken => Event::NotTaken,
            // Submitting again could pay twice.
            Self::Unknown => Event::Failed(Failure::UnknownFate),
        }
    }
}

impl Job {
    /// What is known about its first answer means this for it; `None` while nothing is known.
    ///
    /// `token_lives` says whether the interaction's token surely lives: this run of the bot took the
    /// interaction in less than 15 minutes ago. No clock that can be wrong may decide that.
    pub fn answered(&self, answer: FirstAnswer, token_lives: bool) -> Option<Event> {
        match answer {
            FirstAnswer::Stands { message, ephemeral } => {
                // A message that only its requester sees is out of the bot's reach.
                let access = if ephemeral { MessageAccess::TokenOnly } else { self.place.access };
                Some(Event::AnswerStands { message, access })
            }
            // A void token finds no answer, whether one stands or not.
            FirstAnswer::Missing if !token_lives => Some(Event::Failed(Failure::TooLate)),
            FirstAnswer::Missing | FirstAnswer::Deleted => Some(Event::AnswerFailed),
            FirstAnswer::Unknown => None,
        }
    }

    /// What a report on its song means for it; `None` while the song is being made. `now` is the
    /// time, and `patient` says whether the bot has not watched the song for too long yet.
    ///
    /// Only a report that says "running" ends the patience: outages and downtime don't.
    pub fn reported(&self, report: Report, now: Timestamp, patient: bool) -> Option<Event> {
        let State::Running { since, .. } = &self.state else { return None };
        match report {
            Report::Running if patient => None,
            Report::Running => Some(Event::Failed(Failure::GivenUp)),
            Report::Completed { song, took } => {
                // Whisul knows best when it was done, even if nobody asked for a while.
                let at = took.map_or(now, |took| since.after(took));
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
        let answered = |answer, token_lives| job.answered(answer, token_lives);
        let too_late = Some(Event::Failed(Failure::TooLate));
        assert_eq!(answered(FirstAnswer::Missing, true), Some(Event::AnswerFailed));
        assert_eq!(answered(FirstAnswer::Missing, false), too_late, "it may stand unseen");
        for token_lives in [true, false] {
            assert_eq!(answered(FirstAnswer::Deleted, token_lives), Some(Event::AnswerFailed));
            assert_eq!(answered(FirstAnswer::Unknown, token_lives), None);
        }
    }

    #[test]
    fn after_an_attempt_of_unknown_fate_a_missing_answer_proves_nothing() {
        assert_eq!(FirstAnswer::Missing.after_unknown(), FirstAnswer::Unknown);
        let stands = FirstAnswer::Stands { message: MessageId(9), ephemeral: false };
        for known in [stands, FirstAnswer::Deleted, FirstAnswer::Unknown] {
            assert_eq!(known.after_unknown(), known);
        }
    }

    #[test]
    fn what_only_its_requester_sees_is_reached_by_the_token_alone() {
        for (ephemeral, access) in
            [(true, MessageAccess::TokenOnly), (false, MessageAccess::Channel)]
        {
            let answer = FirstAnswer::Stands { message: MessageId(9), ephemeral };
            let event = job(State::Accepted).answered(answer, true).unwrap();
            let announced = job(State::Accepted).after(event).unwrap();
            assert_eq!(announced.place.access, access);
        }
    }

    #[test]
    fn a_prompt_is_submitted_again_only_if_whisul_surely_did_not_take_it() {
        for (submission, charge) in [
            (Submission::Taken(whisul_job()), Charge::Full),
            (Submission::Rejected { reason: None }, Charge::None),
            (Submission::Refused, Charge::None),
            (Submission::NotTaken, Charge::Full),
            (Submission::Unknown, Charge::KeyOnly),
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
            let event = running.reported(report, NOW, false).unwrap();
            match running.after(event).unwrap().state {
                State::Completed { took, .. } => took,
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(took(Some(Duration::from_secs(61))), Duration::from_secs(61));
        assert_eq!(took(None), Duration::from_secs(90));
        assert_eq!(running.reported(Report::Running, NOW, true), None);
        let given_up = Some(Event::Failed(Failure::GivenUp));
        assert_eq!(running.reported(Report::Running, NOW, false), given_up);
    }
}
