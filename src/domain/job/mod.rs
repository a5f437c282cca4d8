//! A job: one request for a song, from the command to the delivered message.

mod cancellation;
mod charge;
mod delivery;
mod failure;
mod history;
mod life;
mod patience;
mod prompt;
mod record;
mod responses;
mod song;

pub use cancellation::{Cancellation, Canceller};
pub use charge::Charge;
pub use delivery::{
    Delivery, DeliveryRoute, FollowUpSettings, FollowUps, NewMessageTarget, NextStep,
    RejectedRoutes, RouteOutcome, Shown, TokenTrouble,
};
pub use failure::{Failure, REFUNDS};
pub use history::forgotten_before;
pub use life::{Event, JobStep};
pub use patience::Patience;
pub use prompt::{PROMPT_MAX, Prompt, PromptError};
pub use record::Record;
pub use responses::{FirstResponse, Report, Submission};
pub use song::{Song, SongLength};

use std::time::Duration;

use secrecy::SecretString;

use crate::domain::{
    ApplicationId, ChannelId, GuildId, JobId, MessageId, QueuePosition, Timestamp, UserId,
    WhisulJob,
};

/// How long an interaction's token can be used (Discord docs, Receiving and Responding).
const TOKEN_LIFETIME: Duration = Duration::from_mins(15);

/// Everything the bot knows about one request for a song.
#[derive(Clone, Debug)]
pub struct Job {
    /// Which one. Also when it was asked for, by Discord's clock.
    pub id: JobId,
    /// Who asked.
    pub requester: UserId,
    /// Where they asked.
    pub place: Place,
    /// For what.
    pub prompt: Prompt,
    /// The job whose message it was asked for with, by a button.
    pub origin: Option<JobId>,
    /// When its turn comes, among those who wait: in which round of turns.
    pub round: u32,
    /// How far it is.
    pub state: State,
    /// What it takes from the quotas.
    pub charge: Charge,
    /// The bot's message about it, once that exists.
    pub message: Option<MessageId>,
    /// The channel of that message, once it shows the outcome.
    pub message_channel: Option<ChannelId>,
    /// Whether the outcome has reached Discord. Means nothing before there is an outcome.
    pub delivery: Delivery,
    /// What its requester still gets after the outcome has reached Discord.
    pub follow_ups: FollowUps,
}

/// Where a job was asked for, and by which ways its message can be reached.
#[derive(Clone, Debug)]
pub struct Place {
    /// The server; `None` in direct messages.
    pub guild: Option<GuildId>,
    /// The channel.
    pub channel: ChannelId,
    /// Whether the bot itself can write in that channel.
    pub access: MessageAccess,
    /// The application that the interaction was made with.
    pub application: ApplicationId,
    /// The interaction's token: for 15 minutes, anyone who has it can edit the response.
    /// `None` once it is of no more use.
    pub token: Option<SecretString>,
    /// The size of one file that may be sent there, in bytes (Discord docs, Interaction Object:
    /// `attachment_size_limit`).
    pub attachment_limit: u32,
}

/// Whether a message can be edited once its interaction's token is void.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessageAccess {
    /// The bot is in the channel and can use the channel's own endpoints.
    Channel,
    /// Only the token reaches the message: the bot is not there (user-installed), or only its
    /// requester can see the response.
    TokenOnly,
}

/// The states of a job. Each is on disk before the step that follows from it is taken.
#[derive(Clone, Debug, PartialEq)]
pub enum State {
    /// Checked, charged and written down; nobody has been answered yet.
    Accepted,
    /// The first response exists; the job waits in the queue.
    Announced,
    /// The prompt is about to be, or has been, sent to Whisul.
    Submitting,
    /// Whisul took it and is composing.
    Running {
        /// Whisul's name for it.
        whisul_job: WhisulJob,
        /// When Whisul took it.
        since: Timestamp,
    },
    /// There is a song.
    Completed {
        /// The song.
        song: Song,
        /// How long Whisul took.
        took: Duration,
    },
    /// There will be no song.
    Failed(Failure),
    /// The first response was never posted, so that nobody waits for it.
    Abandoned,
    /// It was cancelled while it waited.
    Cancelled(Cancellation),
}

impl State {
    /// Its name, for the log.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Announced => "announced",
            Self::Submitting => "submitting",
            Self::Running { .. } => "running",
            Self::Completed { .. } => "completed",
            Self::Failed(_) => "failed",
            Self::Abandoned => "abandoned",
            Self::Cancelled(_) => "cancelled",
        }
    }
}

impl Job {
    /// A job as it begins: accepted and charged in full.
    pub fn accepted(
        id: JobId,
        requester: UserId,
        place: Place,
        prompt: Prompt,
        round: u32,
    ) -> Self {
        Self {
            id,
            requester,
            place,
            prompt,
            origin: None,
            round,
            state: State::Accepted,
            charge: Charge::Full,
            message: None,
            message_channel: None,
            delivery: Delivery::Pending,
            follow_ups: FollowUps::default(),
        }
    }

    /// The same, asked for with a button of another job's message.
    #[must_use]
    pub fn stemming_from(mut self, origin: Option<JobId>) -> Self {
        self.origin = origin;
        self
    }

    /// Its place in the order of turns.
    pub fn queue_position(&self) -> QueuePosition {
        QueuePosition { round: self.round, job: self.id }
    }

    /// Whether its turn has yet to come.
    pub fn awaits_turn(&self) -> bool {
        matches!(self.state, State::Accepted | State::Announced)
    }

    /// Whether its song is, or may be, at Whisul.
    pub fn is_at_whisul(&self) -> bool {
        matches!(self.state, State::Submitting | State::Running { .. })
    }

    /// Whether its outcome is known and will not change.
    pub fn has_outcome(&self) -> bool {
        match self.state {
            State::Completed { .. } | State::Failed(_) | State::Abandoned | State::Cancelled(_) => {
                true
            }
            State::Accepted | State::Announced | State::Submitting | State::Running { .. } => false,
        }
    }

    /// Whether nothing is left to do for it.
    pub fn is_settled(&self) -> bool {
        let ended = self.delivery_ended() && self.follow_ups.is_empty();
        self.state == State::Abandoned || (self.has_outcome() && ended)
    }

    /// Whether its outcome has reached Discord, or never will.
    pub(in crate::domain) fn delivery_ended(&self) -> bool {
        matches!(self.delivery, Delivery::Delivered | Delivery::Undeliverable)
    }

    /// When its interaction's token becomes void.
    pub fn token_expires_at(&self) -> Timestamp {
        self.id.created_at().saturating_add(TOKEN_LIFETIME)
    }
}
