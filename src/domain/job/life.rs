//! The life of a job: what is to be done in which state, and which event leads from which state to
//! which.
//!
//! ```text
//! accepted ─▶ announced ─▶ submitting ─▶ running ─▶ completed
//!     │         │    ▲         │  │         │
//! abandoned cancelled └────────┘  └─────────┴─────▶ failed
//! ```
//!
//! An accepted job fails, too, where it is too late to find out whether its first answer stands.

use crate::domain::{
    Cancellation, Charge, Delivery, Failure, FollowUps, Job, MessageAccess, MessageId,
    NewMessageTarget, Shown, Song, State, Timestamp, WhisulJob,
};

/// Something that happens to a job.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// The first answer stands.
    AnswerStands {
        /// The message that it is.
        message: MessageId,
        /// Whether the bot can reach that message without the token.
        access: MessageAccess,
    },
    /// The first answer did not reach Discord, or Discord refused it.
    AnswerFailed,
    /// It is cancelled while it waits: by its requester, a moderator or the owner, or because its
    /// message was deleted.
    Cancelled(Cancellation),
    /// Its turn has come: the prompt is about to be sent.
    TurnCame,
    /// Whisul surely did not take the prompt. It returns to the queue.
    NotTaken,
    /// Whisul took the prompt.
    Taken {
        /// Whisul's name for the job.
        whisul_job: WhisulJob,
        /// When.
        at: Timestamp,
    },
    /// Whisul has finished the song.
    Finished {
        /// The song.
        song: Song,
        /// When.
        at: Timestamp,
    },
    /// There will be no song. Whether its requester pays is settled by [`Job::refunded_before`].
    Failed(Failure),
    /// A new message with the outcome is about to be posted.
    PostBegins(NewMessageTarget),
    /// That message surely was not posted.
    PostFailed,
    /// The outcome is where people can see it.
    Delivered {
        /// Where.
        shown: Shown,
        /// What its requester still gets.
        follow_ups: FollowUps,
    },
    /// The outcome can't be shown to anyone any more.
    DeliveryEnded,
    /// The requester is about to be told that the song is ready: once, even where nobody knows
    /// whether that got through.
    NoticeBegins,
    /// The files are there, or will never be.
    FilesSettled,
}

/// What is to be done next for a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// To find out whether its first answer stands. Nothing is submitted before it does.
    FindAnswer,
    /// To wait for its turn and to submit its prompt.
    TakeTurn,
    /// To settle a submission that was interrupted: it may have been paid for, and is not repeated.
    SettleSubmission,
    /// To ask Whisul for the song until there is an outcome.
    Follow,
    /// To bring its outcome to Discord.
    Deliver,
    /// To tell its requester that the song is ready.
    Notify,
    /// To add the song's files to the message that shows it.
    Attach,
    /// Nothing.
    Rest,
}

impl Job {
    /// What is to be done next, whether the job has just come into its state or was found in it
    /// after a crash.
    pub fn next_step(&self) -> Step {
        match self.state {
            State::Accepted => Step::FindAnswer,
            State::Announced => Step::TakeTurn,
            // The submission itself ends with an event: who finds this state has no part in it.
            State::Submitting => Step::SettleSubmission,
            State::Running { .. } => Step::Follow,
            State::Completed { .. } | State::Failed(_) | State::Abandoned | State::Cancelled(_) => {
                match self.follow_ups {
                    _ if self.awaits_delivery() => Step::Deliver,
                    FollowUps { notice: true, .. } => Step::Notify,
                    FollowUps { files: true, .. } => Step::Attach,
                    _ => Step::Rest,
                }
            }
        }
    }

    /// The job as it is after an event, or `None` where the event means nothing: outcomes and
    /// ended deliveries absorb whatever comes late or twice.
    #[must_use]
    pub fn after(&self, event: Event) -> Option<Self> {
        let mut job = self.clone();
        match (&self.state, event) {
            (State::Accepted, Event::AnswerStands { message, access }) => {
                job.state = State::Announced;
                job.message = Some(message);
                job.place.access = access;
            }
            (State::Accepted, Event::AnswerFailed) => {
                job.state = State::Abandoned;
                job.charge = Charge::None;
            }
            (State::Announced, Event::Cancelled(cancellation)) => {
                job.state = State::Cancelled(cancellation);
                job.charge = Charge::None;
            }
            (State::Announced, Event::TurnCame) => job.state = State::Submitting,
            (State::Submitting, Event::NotTaken) => job.state = State::Announced,
            (State::Submitting, Event::Taken { whisul_job, at }) => {
                job.state = State::Running { whisul_job, since: at };
            }
            (State::Running { since, .. }, Event::Finished { song, at }) => {
                job.state = State::Completed { song, took: at.since(*since) };
            }
            (State::Accepted, Event::Failed(failure @ Failure::TooLate))
            // That a prompt is rejected may turn out only once it is back in the queue.
            | (
                State::Announced,
                Event::Failed(failure @ (Failure::Expired | Failure::Rejected { .. })),
            )
            | (State::Submitting | State::Running { .. }, Event::Failed(failure)) => {
                job.charge = failure.remaining_charge(0);
                job.state = State::Failed(failure);
            }
            (_, Event::PostBegins(post)) if job.awaits_delivery() => {
                job.delivery = Delivery::Posting(post);
            }
            (_, Event::PostFailed) if job.awaits_delivery() => job.delivery = Delivery::Pending,
            (_, Event::Delivered { shown, follow_ups }) if job.awaits_delivery() => {
                job.delivery = Delivery::Delivered;
                job.message = Some(shown.message);
                job.message_channel = Some(shown.channel);
                job.follow_ups = follow_ups;
            }
            (_, Event::DeliveryEnded) if job.awaits_delivery() => {
                job.delivery = Delivery::Undeliverable;
            }
            (_, Event::NoticeBegins) if job.follow_ups.notice => job.follow_ups.notice = false,
            (_, Event::FilesSettled) if job.follow_ups.files => job.follow_ups.files = false,
            _ => return None,
        }
        Some(job)
    }

    /// The same job, just failed, where so many failures were refunded to its requester before it.
    #[must_use]
    pub fn refunded_before(mut self, refunded: u32) -> Self {
        if let State::Failed(failure) = &self.state {
            self.charge = failure.remaining_charge(refunded);
        }
        self
    }

    fn awaits_delivery(&self) -> bool {
        self.has_outcome() && self.state != State::Abandoned && !self.delivery_ended()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;
    use crate::domain::{
        Canceller, ChannelId, JobId, REFUNDS, UserId, fixtures, fixtures::whisul_job,
    };

    fn fresh_job() -> Job {
        fixtures::job(JobId(1), UserId(2))
    }

    fn delivered(follow_ups: FollowUps) -> Event {
        let shown = Shown { message: MessageId(9), channel: ChannelId(3), bare: false };
        Event::Delivered { shown, follow_ups }
    }

    fn any_event() -> impl Strategy<Value = Event> {
        let at = Timestamp::from_millis(0);
        let message = MessageId(9);
        let whisul_job = whisul_job();
        let follow_ups = (any::<bool>(), any::<bool>());
        prop_oneof![
            Just(Event::AnswerStands { message, access: MessageAccess::Channel }),
            Just(Event::AnswerFailed),
            Just(Event::Cancelled(Cancellation::by(Canceller::Requester))),
            Just(Event::TurnCame),
            Just(Event::NotTaken),
            Just(Event::Taken { whisul_job, at }),
            Just(Event::Finished { song: Song::default(), at }),
            Just(Event::Failed(Failure::TooLate)),
            Just(Event::Failed(Failure::UnknownFate)),
            Just(Event::Failed(Failure::Vanished)),
            Just(Event::Failed(Failure::Expired)),
            Just(Event::Failed(Failure::Rejected { reason: None })),
            Just(Event::Failed(Failure::Ended { reason: None })),
            Just(Event::PostBegins(NewMessageTarget::Direct)),
            Just(Event::PostFailed),
            follow_ups.prop_map(|(notice, files)| delivered(FollowUps { notice, files })),
            Just(Event::DeliveryEnded),
            Just(Event::NoticeBegins),
            Just(Event::FilesSettled),
        ]
    }

    fn through(events: impl IntoIterator<Item = Event>) -> Job {
        let step = |job: Job, event| job.after(event).expect("a step of this life");
        events.into_iter().fold(fresh_job(), step)
    }

    #[test]
    fn a_song_goes_all_the_way() {
        let at = Timestamp::from_millis;
        let message = MessageId(9);
        let whisul_job = whisul_job();
        let job = through([
            Event::AnswerStands { message, access: MessageAccess::Channel },
            Event::TurnCame,
            Event::NotTaken,
            Event::TurnCame,
            Event::Taken { whisul_job, at: at(1000) },
            Event::Finished { song: Song::default(), at: at(91_000) },
            delivered(FollowUps { notice: true, files: true }),
            Event::NoticeBegins,
            Event::FilesSettled,
        ]);
        let took = Duration::from_secs(90);
        assert_eq!(job.state, State::Completed { song: Song::default(), took });
        assert!(job.is_settled());
        assert_eq!(job.charge, Charge::Full);
    }

    #[test]
    fn what_ends_before_it_is_submitted_costs_nothing() {
        let announced =
            Event::AnswerStands { message: MessageId(9), access: MessageAccess::Channel };
        let cancelled = Event::Cancelled(Cancellation::by(Canceller::Requester));
        let ends = [
            (vec![], Event::AnswerFailed, "abandoned", Step::Rest),
            (vec![], Event::Failed(Failure::TooLate), "failed", Step::Deliver),
            (vec![announced.clone()], cancelled, "cancelled", Step::Deliver),
            (vec![announced], Event::Failed(Failure::Expired), "failed", Step::Deliver),
        ];
        for (before, end, name, step) in ends {
            let job = through(before.into_iter().chain([end]));
            assert_eq!((job.charge, job.state.name()), (Charge::None, name));
            assert_eq!(job.next_step(), step, "{name}");
        }
    }

    #[test]
    fn a_post_that_failed_may_begin_again_until_the_delivery_ends() {
        let post = NewMessageTarget::Direct;
        let mut job = through([Event::Failed(Failure::TooLate)]);
        for (event, delivery) in [
            (Event::PostBegins(post), Delivery::Posting(post)),
            (Event::PostFailed, Delivery::Pending),
            (Event::PostBegins(post), Delivery::Posting(post)),
            (Event::DeliveryEnded, Delivery::Undeliverable),
        ] {
            job = job.after(event).unwrap();
            assert_eq!(job.delivery, delivery);
        }
        assert!(job.is_settled());
    }

    fn any_failure() -> impl Strategy<Value = Failure> {
        let reason = || prop::option::of("[a-z ]{1,9}");
        prop_oneof![
            Just(Failure::TooLate),
            Just(Failure::Expired),
            reason().prop_map(|reason| Failure::Rejected { reason }),
            Just(Failure::Refused),
            reason().prop_map(|reason| Failure::Generation { reason }),
            Just(Failure::Songless),
            Just(Failure::Vanished),
            Just(Failure::GivenUp),
            reason().prop_map(|reason| Failure::Ended { reason }),
            Just(Failure::UnknownFate),
        ]
    }

    proptest! {
        /// One person fails again and again, in any way: what Whisul took is always charged to the
        /// key, what it surely did not take costs nothing, and what the person can take from the
        /// key without paying for it is bounded.
        #[test]
        fn what_whisul_took_stays_charged_and_few_failures_are_refunded(
            failures in prop::collection::vec((any_failure(), any::<bool>()), 0..30),
        ) {
            let mut refunded = 0;
            for (failure, is_taken) in failures {
                let at = Timestamp::from_millis(0);
                let mut events = vec![
                    Event::AnswerStands { message: MessageId(9), access: MessageAccess::Channel },
                    Event::TurnCame,
                ];
                if is_taken {
                    events.push(Event::Taken { whisul_job: whisul_job(), at });
                }
                let Some(failed) = through(events).after(Event::Failed(failure.clone())) else {
                    continue;
                };
                let job = failed.refunded_before(refunded);
                let free = matches!(
                    failure,
                    Failure::TooLate | Failure::Expired | Failure::Rejected { .. } | Failure::Refused
                );
                prop_assert_eq!(job.charge == Charge::None, free);
                if matches!(failure, Failure::Ended { .. }) {
                    prop_assert_eq!(job.charge, Charge::KeyOnly);
                } else {
                    refunded += u32::from(job.charge == Charge::KeyOnly);
                }
                prop_assert!(refunded <= REFUNDS);
            }
        }
    }

    proptest! {
        /// Any events in any order: an outcome never changes, a charge never comes back, and a
        /// completed song is never refunded.
        #[test]
        fn outcomes_absorb_and_charges_only_fall(
            events in prop::collection::vec(any_event(), 0..40),
        ) {
            let rank = |charge| match charge {
                Charge::Full => 2,
                Charge::KeyOnly => 1,
                Charge::None => 0,
            };
            let mut job = fresh_job();
            for event in events {
                let Some(next) = job.after(event) else { continue };
                prop_assert!(!job.is_settled());
                prop_assert!(rank(next.charge) <= rank(job.charge));
                let fresh = !job.delivery_ended() && next.delivery == Delivery::Delivered;
                prop_assert!(fresh || next.follow_ups.notice <= job.follow_ups.notice, "told once at most");
                prop_assert!(fresh || next.follow_ups.files <= job.follow_ups.files);
                prop_assert!(next.follow_ups.is_empty() || next.delivery == Delivery::Delivered);
                prop_assert_eq!(next.next_step() == Step::Rest, next.is_settled());
                let phases = [next.awaits_turn(), next.is_at_whisul(), next.has_outcome()];
                let by_step = match next.next_step() {
                    Step::FindAnswer | Step::TakeTurn => 0,
                    Step::SettleSubmission | Step::Follow => 1,
                    Step::Deliver | Step::Notify | Step::Attach | Step::Rest => 2,
                };
                prop_assert_eq!(phases, [0, 1, 2].map(|phase| phase == by_step));
                if job.has_outcome() {
                    prop_assert_eq!(&next.state, &job.state);
                    prop_assert_eq!(next.charge, job.charge);
                }
                if matches!(next.state, State::Completed { .. }) || !next.has_outcome() {
                    prop_assert_eq!(next.charge, Charge::Full);
                }
                job = next;
            }
        }
    }
}
