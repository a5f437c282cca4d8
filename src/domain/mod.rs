//! What a job, a prompt and a quota are.
//!
//! Pure rules: no input or output, no clock, no randomness. Whatever time it is comes in as an
//! argument, so that every rule here can be tested by property and simulated by seed.

mod action;
mod admin_action;
mod answers;
mod cancellation;
mod delivery_route;
mod estimate;
mod failure;
#[cfg(test)]
pub(crate) mod fixtures;
mod follow_ups;
mod history;
mod ids;
mod job;
mod life;
mod link;
mod outage;
mod overrides;
mod page;
mod patience;
mod prompt;
#[cfg(any(test, fuzzing))]
pub(crate) mod properties;
mod queue;
mod quota;
mod quota_usage;
mod record;
mod rough;
mod search;
mod setting;
mod song;
mod stats;
mod text;
mod time;
mod waiting;
mod words;

pub use action::{Action, RunId};
pub use admin_action::{ActionOutcome, AdminAction, AuditEntry, Scope, WORDS_MAX};
pub use answers::{FirstAnswer, Report, Submission};
pub use cancellation::{Cancellation, Canceller};
pub use delivery_route::{
    DeliveryRoute, NewMessageTarget, NextStep, RejectedRoutes, RouteOutcome, TokenTrouble,
};
pub use estimate::{Estimate, Outlook, Span};
pub use failure::{Failure, REFUNDS};
pub use follow_ups::{FollowUpSettings, FollowUps, Shown};
pub use history::forgotten_before;
pub use ids::{
    ApplicationId, ChannelId, GuildId, JobId, MessageId, RoleId, UserId, WhisulJob, WhisulJobId,
};
pub use job::{Charge, Delivery, Job, MessageAccess, Place, State};
pub use life::{Event, Step};
pub use link::link;
pub use outage::Obstacle;
pub use overrides::{Grant, Overrides, Restriction};
pub use page::{Listed, Page};
pub use patience::Patience;
pub use prompt::{PROMPT_MAX, Prompt, PromptError};
pub use queue::{Queue, QueuePosition};
pub use quota::{Charges, Limit, Limits, Quota, QuotaError, Refusal, Remedy, Requester};
pub use quota_usage::{Available, QuotaUsage};
pub use record::Record;
pub use rough::{Rough, Unit};
pub use search::{SEARCH_MAX, Search};
pub use setting::{Setting, Source};
pub use song::{Song, SongLength};
pub use stats::{Stats, rank_before};
pub use text::{is_blank, steers_direction, with_causes};
pub use time::{Timestamp, format_duration, parse_duration};
pub use waiting::{Forecast, Wait};
pub use words::{BlockedWord, Reading, WordError};
