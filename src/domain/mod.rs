//! What a job, a prompt and a quota are.
//!
//! Pure rules: no input or output, no clock, no randomness. Whatever time it is comes in as an
//! argument, so that every rule here can be tested by property and simulated by seed.

mod admin;
mod component_action;
#[cfg(test)]
pub(crate) mod fixtures;
mod ids;
mod job;
mod moderation;
mod page;
mod polling;
#[cfg(any(test, fuzzing))]
pub(crate) mod properties;
mod queue;
mod quota;
mod text;
mod time;

pub use admin::{SettingInForce, Source, Stats, rank_before};
pub use component_action::{Action, RunId};
pub use ids::{
    ApplicationId, ChannelId, GuildId, InteractionId, JobId, MessageId, RoleId, UserId, WhisulJob,
    WhisulJobId,
};
pub use job::{
    Cancellation, Canceller, Charge, Delivery, DeliveryRoute, Event, Failure, FirstResponse,
    FollowUpSettings, FollowUps, Job, JobStep, MessageAccess, NewMessageTarget, NextStep,
    PROMPT_MAX, Patience, Place, Prompt, PromptError, REFUNDS, Record, RejectedRoutes, Report,
    RouteOutcome, Shown, Song, SongLength, State, Submission, TokenTrouble, forgotten_before,
};
pub use moderation::{
    ActionOutcome, AdminAction, AuditEntry, BlockedWord, Overrides, Reading, Restriction, Scope,
    WORDS_MAX, WordError,
};
pub use page::{Listed, Page};
pub use polling::PollPlan;
pub use queue::{Estimate, Forecast, Obstacle, Outlook, Queue, QueuePosition, Span, Wait};
pub use quota::{
    Available, Charges, Grant, LastPlaces, Limit, LimitExceeded, Limits, PastCharges, Quota,
    QuotaError, QuotaUsage, Remedy, Requester,
};
pub use text::{SEARCH_MAX, Search, is_blank, link, steers_direction, with_causes};
pub use time::{Rough, Timestamp, Unit, format_duration, parse_count_per_window, parse_duration};
