//! The life of a job: what is to be done in which state, and which event leads from which state to
//! which.
//!
//! ```text
//! accepted ─▶ announced ◀─▶ submitting ─▶ running ─▶ completed
//!     │           ├─────▶ cancelled
//! abandoned       └─────────────┴────────────┴────▶ failed
//! ```
//!
//! An accepted job fails, too, if it is too late to find out whether its first response exists.

use crate::domain::{
    Cancellation, Charge, Delivery, Failure, FollowUps, Job, MessageAccess, MessageId,
    NewMessageTarget, Shown, Song, State, Timestamp, WhisulJob,
};

/// Something that happens to a job.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// The first response exists.
    ResponsePosted {
        /// The message that it is.
        message: MessageId,
        /// Whether the bot can reach that message without the token.
        access: MessageAccess,
    },
    /// The first response did not reach Discord, or Discord refused it.
    ResponseFailed,
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
    /// There will be no song. Whether its requester pays is settled by [`Job::with_refund_limit`].
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
pub enum JobStep {
    /// To find out whether its first response exists. Nothing is submitted before it does.
    FindResponse,
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
    pub fn next_step(&self) -> JobStep {
        match self.state {
            State::Accepted => JobStep::FindResponse,
            State::Announced => JobStep::TakeTurn,
            // The submission itself ends with an event. A job is found in this state only after a
            // crash.
            State::Submitting => JobStep::SettleSubmission,
            State::Running { .. } => JobStep::Follow,
            State::Completed { .. } | State::Failed(_) | State::Abandoned | State::Cancelled(_) => {
                match self.follow_ups {
                    _ if self.awaits_delivery() => JobStep::Deliver,
                    FollowUps { notice: true, .. } => JobStep::Notify,
                    FollowUps { files: true, .. } => JobStep::Attach,
                    _ => JobStep::Rest,
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
            (State::Accepted, Event::ResponsePosted { message, access }) => {
                job.state = State::Announced;
                job.message = Some(message);
                job.place.access = access;
            }
            (State::Accepted, Event::ResponseFailed) => {
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

    /// Applies the refund limit to a job that just failed; `refunded` counts earlier refunds.
    #[must_use]
    pub fn with_refund_limit(mut self, refunded: u32) -> Self {
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
mod tests;
